"""Memory that is freed stays with the process, so that the big tensors of the next step find it in place.

    with kept_memory():
        ...                  the steps

glibc gives a block of more than 32 MB back to the system as soon as it is freed; the system hands it out again page by page, filled
with zeros. Logits are that large, and so are gradients of embeddings. Other systems' C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_TRIM, _SEPARATE = -1, -4  # <malloc.h>: M_TRIM_THRESHOLD, bytes; M_MMAP_MAX, how many blocks may be had from the system one by one
_USUAL = {_TRIM: 128 << 10, _SEPARATE: 65536}  # glibc's own
_KEPT = {_TRIM: (1 << 31) - 1, _SEPARATE: 0}


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep what is freed; at the end, give it back."""
    library: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallopt"):
        yield
        return
    try:
        for name, value in _KEPT.items():
            library.mallopt(name, value)
        yield
    finally:
        for name, value in _USUAL.items():
            library.mallopt(name, value)
        library.malloc_trim(0)
