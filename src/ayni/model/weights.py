"""Loading a model folder into torch, the one way in which rooms do it: float32, scaled dot-product attention, no chatter.

model = load_model(folder)      a transformers Llama in evaluation mode
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def load_model(folder: Path) -> Any:
    """The folder's model in float32. transformers' own bar stays silent: the stage has one."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa").eval()
