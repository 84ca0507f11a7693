"""Layers compiled by torch's inductor: norms, rotations and casts become one pass over the numbers instead of one each.

    compile_layers(model)

All layers share one piece of code, and every length of a part has its own, whichever came first, so that a run that is taken up again
computes with the same as before. It takes half a minute once, and a C++ compiler.
"""

from __future__ import annotations

import shutil
from typing import Any

from ayni.core.errors import InputError
from ayni.training.losses import find_llama


def compile_layers(model: Any) -> None:
    """Compile each layer at its first use."""
    if not any(map(shutil.which, ("g++", "clang++"))):
        raise InputError(
            "`compile` finds no C++ compiler", why="neither g++ nor clang++ is here", mend="install one, or set compile = false"
        )
    import torch._inductor.config

    torch._inductor.config.cpp_cache_precompile_headers = False  # a run that is killed leaves half a header for the next, which fails
    for layer in find_llama(model).model.layers:
        layer.compile(dynamic=False)
