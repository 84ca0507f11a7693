"""Loading a model folder into torch, the one way in which rooms do it: float32, scaled dot-product attention, no chatter.

model = load_model(folder)      a transformers Llama in evaluation mode
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

THREADS = 2  # how sums are split over threads shows in their last digits, so the number is fixed, whatever the machine has


def load_model(folder: Path, threads: int = THREADS) -> Any:
    """The folder's model in float32; torch computes with so many threads from here on. transformers' own bar stays silent."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    torch.set_num_threads(threads)
    logging.disable_progress_bar()
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa").eval()
