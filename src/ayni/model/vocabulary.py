"""New rows of a model's embeddings, for tokens that its vocabulary gained.

    rows = mean_rows(old_rows, pieces)                      each new row the mean of its old pieces' rows
    rows = similar_rows(old_rows, pieces, vectors)          weighted by likeness in vectors of all tokens, as FOCUS does

Shapes: old_rows (old, width); pieces: for each new token, the old ids into which the old tokenizer splits it; vectors
(old + new, dimensions). Source of the second: Dobler & de Melo 2023 (FOCUS); its weights are sparsemax, ours a softmax of the
ten most alike. The new rows of an untied output layer are made by the same call on its own rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
_NEAREST = 10
_SHARPNESS = 10.0


def mean_rows(old: Rows, pieces: Sequence[Sequence[int]]) -> Rows:
    """The mean of the pieces' rows."""
    return np.stack([old[list(ids)].mean(axis=0) for ids in pieces]).astype(np.float32)


def similar_rows(old: Rows, pieces: Sequence[Sequence[int]], vectors: Rows) -> Rows:
    """Rows of the old tokens that are most alike in `vectors`; the mean of the pieces where a token has no vector."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    known = np.flatnonzero(np.linalg.norm(vectors[: len(old)], axis=1) > 0)
    rows = mean_rows(old, pieces)
    for place in range(len(pieces)):
        vector = unit[len(old) + place]
        if len(known) < _NEAREST or not vector.any():
            continue
        likeness = unit[known] @ vector
        nearest = np.argsort(-likeness, kind="stable")[:_NEAREST]
        weight = np.exp(_SHARPNESS * (likeness[nearest] - likeness[nearest[0]]))
        rows[place] = (weight / weight.sum()) @ old[known[nearest]]
    return rows
