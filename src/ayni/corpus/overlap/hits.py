"""Hits of one part of documents: which n-grams of the benchmarks stand in which document. A part's hits depend on it and the index.

hits.npy        rows of HIT, each once, sorted by row
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ayni.corpus.copies.traces import read_batches
from ayni.text.overlap import Finder, Grams

HIT = np.dtype([("row", np.uint32), ("gram", np.int64)])
_MEMORY = 256_000_000  # bytes; a sixteenth of it is read at a time


def find_hits(item: dict[str, Any]) -> dict[str, int]:
    """Write the hits of one part; returns the number of its documents and of the hits."""
    finder = Finder(Grams.load(Path(item["index"])))
    several, start = [np.empty(0, HIT)], 0
    for batch in read_batches(Path(item["part"]), ("text",), _MEMORY):
        rows, grams = finder.find(batch["text"])
        found = np.empty(rows.size, HIT)
        found["row"], found["gram"] = rows + start, grams
        several.append(found)
        start += batch.num_rows
    hits = np.concatenate(several)
    np.save(Path(item["folder"]) / "hits.npy", hits, allow_pickle=False)
    return {"documents": start, "hits": len(hits)}
