"""Vectors of tokens from the company that they keep: what `similar_rows` compares new tokens with old ones by.

    vectors = count_vectors([ids, ids, ...], size=65_152)           float32 (size, 128)

Co-occurrence with others within a window, weighted by nearness, as positive pointwise mutual information with smoothed contexts, and the
leading singular vectors of that matrix times the root of their values (Levy, Goldberg & Dagan 2015): alike to skip-gram vectors, in
seconds, without a trainer. Old and new tokens must both occur, so a share of the text is split by the old tokenizer too.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

_WINDOW = 4
_SMOOTHED = 0.75
_ROUNDS = 4  # of the randomised decomposition (Halko, Martinsson & Tropp 2011)

Ids = npt.NDArray[np.integer]


def count_vectors(texts: Iterable[Ids], size: int, *, dimensions: int = 128, least: int = 4, seed: int = 0) -> npt.NDArray[np.float32]:
    """Vectors (size, dimensions) of all ids below `size`; zeros for those seen fewer than `least` times."""
    import torch

    pairs, weights, seen = _count_pairs(texts, size)
    rows, columns = pairs // size, pairs % size
    kept = (seen[rows] >= least) & (seen[columns] >= least) & (rows != columns)
    rows, columns, weights = rows[kept], columns[kept], weights[kept]
    context = np.bincount(columns, weights, size) ** _SMOOTHED
    strength = np.log(weights * context.sum() / np.maximum(np.bincount(rows, weights, size)[rows] * context[columns], 1e-12))
    kept = strength > 0
    places = torch.from_numpy(np.stack([rows[kept], columns[kept]]))
    found = torch.from_numpy(strength[kept].astype(np.float32))
    matrix = torch.sparse_coo_tensor(places, found, (size, size), is_coalesced=True, check_invariants=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        left, values, _ = torch.svd_lowrank(matrix, q=min(dimensions, size), niter=_ROUNDS)
    return np.asarray((left * values.sqrt()).numpy(), np.float32)


def _count_pairs(texts: Iterable[Ids], size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Sorted pairs (left * size + right, both ways round), their weights, and how often every token stands there."""
    several, weights = [], []
    seen = np.zeros(size, np.int64)
    for ids in texts:
        row = ids.astype(np.int64)
        seen += np.bincount(row, minlength=size)
        for distance in range(1, min(_WINDOW + 1, len(row))):
            left, right = row[:-distance], row[distance:]
            several += [left * size + right, right * size + left]
            weights += [np.full(2 * len(left), 1.0 / distance)]
    if not several:
        return np.empty(0, np.int64), np.empty(0), seen
    pairs, places = np.unique(np.concatenate(several), return_inverse=True)
    return pairs, np.bincount(places, np.concatenate(weights)).astype(np.float64), seen
