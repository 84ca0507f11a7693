"""Rotary frequencies of Llama 3.1 and later: long waves are stretched, so that the context may grow, as GGUF and config.json write it.

    factors = stretch(rope_parameters, 128)        float32 (64,): what llama.cpp divides each frequency by, its `rope_freqs.weight`
    recognise(factors, 500_000.0)                  the rope_parameters of a published model whose factors these are, or None

Source: `_compute_llama3_parameters` of transformers and `rope_freqs` of llama.cpp's converter describe the same rule.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

_PUBLISHED = (8.0, 32.0)  # Llama 3.1 and 3.3; Llama 3.2


def stretch(rope: dict[str, Any], head: int) -> npt.NDArray[np.float32]:
    """The factor of each of the head's frequencies; `rope` has rope_theta and the fields of rope_type llama3."""
    waves = 2 * math.pi * rope["rope_theta"] ** (np.arange(0, head, 2, dtype=np.float64) / head)
    turns = rope["original_max_position_embeddings"] / waves  # how often a wave turns within the old context
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    between = np.clip((turns - low) / (high - low), 0.0, 1.0)
    return (1.0 / ((1.0 - between) / rope["factor"] + between)).astype(np.float32)


def recognise(factors: npt.NDArray[Any], theta: float) -> dict[str, Any] | None:
    """GGUF has the factors only; the rule that made them is found among those that were published."""
    for factor in _PUBLISHED:
        rope = {
            "rope_type": "llama3",
            "rope_theta": theta,
            "factor": factor,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        }
        if np.allclose(factors, stretch(rope, 2 * len(factors)), rtol=1e-4):
            return rope
    return None
