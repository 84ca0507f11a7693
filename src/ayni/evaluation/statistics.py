"""Paired cluster bootstrap of a difference in bits per byte.

    paired_interval(bytes, base_nats, model_nats, works, seed=1)     -> (delta, low, high)

Works, not pages, are drawn with replacement, for pages of one work resemble each other; the same draw serves both models. The
interval is the 2.5th to 97.5th percentile of 10,000 draws (Efron and Tibshirani 1993), widened where needed to hold the estimate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ayni.core.formats.scores import MINIMUM_WORKS

DRAWS = 10_000


def bits_per_byte(nats: Sequence[float], sizes: Sequence[int]) -> float:
    """Bits per UTF-8 byte of texts with these nats and sizes."""
    return sum(nats) / math.log(2) / max(1, sum(sizes))


def paired_interval(
    sizes: Sequence[int], base: Sequence[float], model: Sequence[float], works: Sequence[str], seed: int
) -> tuple[float, float, float]:
    """Difference (model - base) in bits per byte and its 95% interval over works.

    Fewer than MINIMUM_WORKS works are no sample: the interval then spans the sign-flipped difference, so that it never
    counts as proof.
    """
    names = sorted(set(works))
    place = np.array([names.index(work) for work in works])
    size = np.bincount(place, weights=np.array(sizes, dtype=float))
    gap = np.bincount(place, weights=(np.array(model) - np.array(base)) / math.log(2))
    delta = float(gap.sum() / max(1.0, size.sum()))
    if len(names) < MINIMUM_WORKS:
        return delta, min(delta, -delta), max(delta, -delta)
    draws = np.random.Generator(np.random.PCG64(seed)).integers(0, len(names), (DRAWS, len(names)))
    deltas = gap[draws].sum(axis=1) / size[draws].sum(axis=1)
    low, high = np.quantile(deltas, [0.025, 0.975])
    return delta, min(float(low), delta), max(float(high), delta)
