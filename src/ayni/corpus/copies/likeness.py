"""Likeness: the true Jaccard similarity of the documents of a pair, over the sets of their shingles, a range of pairs a task.

    sets.bin  places.npy  rows.npy       of a part: the sets of its documents that stand in a pair, one after another
    edges.npy                            of a range: rows of EDGE, the pairs that are alike, sorted, with the flags of the pairs

Sets are read from the files of their parts one by one; the last ones read are kept within a share of the memory.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ayni.corpus.copies.candidates import EXACT, LAW, merge_pairs
from ayni.corpus.copies.traces import find_place, read_batches

EDGE = np.dtype([("one", np.uint64), ("other", np.uint64), ("flags", np.uint8), ("similarity", np.float64)])
_OBJECT = 512  # bytes that an array in a dictionary takes beside its values, the allocator's slack with them
_LAW_SIZE = 50  # shingles of a law whose containment says something


def find_rows(folders: list[str], low: int, high: int) -> npt.NDArray[np.uint64]:
    """Numbers of the documents from `low` on and below `high` that stand in a pair."""
    several = [np.empty(0, np.uint64)]
    for folder in folders:
        stored = np.load(Path(folder) / "documents.npy", mmap_mode="r", allow_pickle=False)
        begin, end = np.searchsorted(stored, np.array([low, high], np.uint64))
        several.append(np.array(stored[begin:end]))
    return np.unique(np.concatenate(several))


def gather_part(item: dict[str, Any]) -> int:
    """Write the sets of the documents of one part that stand in a pair; returns their number."""
    from ayni.text.shingles import gather_sets

    folder = Path(item["folder"])
    rows = find_rows(item["candidates"], *item["span"]).astype(np.int64) - item["span"][0]
    places = [0]
    with (folder / "sets.bin").open("wb") as stream:
        for texts in _take_texts(item["part"], rows, item["memory"]):
            for each in gather_sets(texts):
                stream.write(each.tobytes())
                places.append(places[-1] + each.size)
    np.save(folder / "places.npy", np.array(places, np.int64), allow_pickle=False)
    np.save(folder / "rows.npy", rows, allow_pickle=False)
    return len(rows)


def _take_texts(part: str, rows: npt.NDArray[np.int64], memory: int) -> Iterator[pa.ChunkedArray]:
    start = 0
    for batch in read_batches(Path(part), ["text"], memory) if len(rows) else ():
        begin, end = np.searchsorted(rows, [start, start + batch.num_rows])
        if begin < end:
            yield batch["text"].take(pa.array(rows[begin:end] - start))
        start += batch.num_rows


class _Sets:
    """The sets of all parts, read as they are asked for; `memory` bytes of them are kept."""

    def __init__(self, folders: list[str], bases: list[int], memory: int) -> None:
        self.folders, self.bases, self.memory = folders, bases, memory
        self.kept: OrderedDict[int, npt.NDArray[np.uint32]] = OrderedDict()
        self.size = 0
        self.indexes: OrderedDict[int, tuple[Any, Any]] = OrderedDict()

    def read(self, document: int) -> npt.NDArray[np.uint32]:
        """The sorted set of one document."""
        if document in self.kept:
            self.kept.move_to_end(document)
            return self.kept[document]
        part = bisect_right(self.bases, document) - 1
        rows, places = self._index(part)
        place = int(np.searchsorted(rows, document - self.bases[part]))
        begin, end = int(places[place]), int(places[place + 1])
        found = np.fromfile(f"{self.folders[part]}/sets.bin", np.uint32, end - begin, offset=4 * begin)
        self.kept[document] = found
        self.size += found.nbytes + _OBJECT
        while self.size > self.memory and len(self.kept) > 2:
            self.size -= self.kept.popitem(last=False)[1].nbytes + _OBJECT
        return found

    def _index(self, part: int) -> tuple[Any, Any]:
        if part not in self.indexes:
            folder = Path(self.folders[part])
            rows, places = (np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ("rows", "places"))
            self.indexes[part] = (rows, places)
            if len(self.indexes) > 64:
                self.indexes.popitem(last=False)
        self.indexes.move_to_end(part)
        return self.indexes[part]


def compare_range(item: dict[str, Any]) -> int:
    """Write the edges of one range of pairs; returns the number of pairs that were compared."""
    from ayni.text.kernels.shingles import count_common

    pairs = merge_pairs([_read_pairs(Path(folder) / "pairs.npy", *item["range"]) for folder in item["candidates"]])
    edges = np.empty(len(pairs), EDGE)
    for field in ("one", "other", "flags"):
        edges[field] = pairs[field]
    edges["similarity"] = 1.0
    alike = (pairs["flags"] & EXACT) > 0
    sets = _Sets(item["sets"], item["bases"], item["memory"] // 8)
    for at in np.flatnonzero(~alike).tolist():
        one, other = sets.read(int(pairs["one"][at])), sets.read(int(pairs["other"][at]))
        small, common = min(one.size, other.size), count_common(one, other)
        similarity = common / (one.size + other.size - common)
        law = bool(pairs["flags"][at] & LAW) and small >= _LAW_SIZE and common >= item["containment"] * small
        edges["similarity"][at] = similarity
        alike[at] = law or similarity >= item["similarity"]
    np.save(Path(item["folder"]) / "edges.npy", edges[alike], allow_pickle=False)
    return len(pairs)


def _read_pairs(path: Path, low: int, high: int) -> npt.NDArray[Any]:
    rows = np.load(path, mmap_mode="r", allow_pickle=False)
    begin, end = (find_place(rows, value, "one") for value in (low, high))
    return np.array(rows[begin:end])
