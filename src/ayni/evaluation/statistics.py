"""Paired bootstrap of a difference in bits per byte.

    paired_interval(bytes, base_nats, model_nats, seed=1)     -> (delta, low, high)

Pages are drawn with replacement, the same pages for both models; the interval is the 2.5th to 97.5th percentile of
10,000 draws (Efron and Tibshirani 1993, percentile method), widened where needed to hold the estimate itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

DRAWS = 10_000


def bits_per_byte(nats: Sequence[float], sizes: Sequence[int]) -> float:
    """Bits per UTF-8 byte of texts with these nats and sizes."""
    return sum(nats) / math.log(2) / max(1, sum(sizes))


def paired_interval(sizes: Sequence[int], base: Sequence[float], model: Sequence[float], seed: int) -> tuple[float, float, float]:
    """Difference (model - base) in bits per byte and its 95% interval; with one page the interval is infinite in neither
    direction but spans the sign-flipped difference, so that a single page never counts as proof.
    """
    size, gap = np.array(sizes, dtype=float), (np.array(model) - np.array(base)) / math.log(2)
    delta = float(gap.sum() / max(1.0, size.sum()))
    if len(size) < 2:
        return delta, min(delta, -delta), max(delta, -delta)
    draws = np.random.Generator(np.random.PCG64(seed)).integers(0, len(size), (DRAWS, len(size)))
    deltas = gap[draws].sum(axis=1) / size[draws].sum(axis=1)
    low, high = np.quantile(deltas, [0.025, 0.975])
    return delta, min(float(low), delta), max(float(high), delta)
