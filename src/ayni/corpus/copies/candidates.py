"""Candidates: pairs of documents that share a key, one task a range of keys, so that no task holds more than its share.

    pairs.npy        rows of PAIR, sorted by `one`: one < other, numbers of documents over all parts; flags EXACT, LAW

Documents that share a key are all compared where they are few; of many, each with the REACH that follow it in the order of their
size (similar sets are of similar size). Documents of the very same shingles count once there, linked in a chain.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ayni.corpus.copies.traces import KEY, KINDS, find_range

PAIR = np.dtype([("one", np.uint64), ("other", np.uint64), ("flags", np.uint8)])
EXACT, LAW = 1, 2  # flags: the same fingerprint, so nothing is left to compare; the same country and title of a law
REACH = 48
_FLAGS = {"exact": EXACT, "law": LAW, "band": 0}
_WHOLE = 1 << 64


def cut_ranges(bytes_of_keys: int, memory: int) -> list[int]:
    """Bounds of ranges of keys, each of which takes a twentieth of the memory.

    Of a row of 24 bytes there are at the peak, in `_pair_up`: the row and its document's number, the order, the columns in that order,
    those of them that are shared, and as many pairs: 170 bytes; the rest is for the allocator's slack.
    """
    number = max(1, -(-20 * bytes_of_keys // memory))
    return [_WHOLE * place // number for place in range(number + 1)]


def pair_range(item: dict[str, Any]) -> int:
    """Write the pairs that meet in one range of keys; returns their number. `traces`: folders in the order of the parts."""
    low, high = item["range"]
    found = []
    for kind in KINDS:
        rows = _gather(item["traces"], item["bases"], kind, low, high)
        if len(rows[0]):
            found.append(_pair_up(*rows, _FLAGS[kind]))
    pairs = merge_pairs(found)
    np.save(Path(item["folder"]) / "pairs.npy", pairs, allow_pickle=False)
    documents = np.unique(np.concatenate([pairs[side][(pairs["flags"] & EXACT) == 0] for side in ("one", "other")]))
    np.save(Path(item["folder"]) / "documents.npy", documents, allow_pickle=False)
    return len(pairs)


def _gather(traces: list[str], bases: list[int], kind: str, low: int, high: int) -> tuple[npt.NDArray[Any], npt.NDArray[np.uint64]]:
    """The rows of a range of keys, of all parts, and the numbers of their documents."""
    paths = [Path(folder) / f"{kind}.npy" for folder in traces]
    spans = [find_range(path, low, high) for path in paths]
    number = sum(end - begin for begin, end in spans)
    rows, documents, at = np.empty(number, KEY), np.empty(number, np.uint64), 0
    for path, (begin, end), base in zip(paths, spans, bases, strict=False):
        if end > begin:
            here = slice(at, at + end - begin)
            rows[here] = np.load(path, mmap_mode="r", allow_pickle=False)[begin:end]
            documents[here] = rows["row"][here].astype(np.uint64) + np.uint64(base)
            at = here.stop
    return rows, documents


def _pair_up(rows: npt.NDArray[Any], documents: npt.NDArray[np.uint64], flags: int) -> npt.NDArray[Any]:
    from ayni.text.kernels.pairs import list_pairs

    order = np.lexsort((documents, rows["mark"], rows["size"], rows["key"]))
    keys = rows["key"][order]
    shared = np.zeros(len(keys), np.bool_)
    shared[1:] = keys[1:] == keys[:-1]
    shared[:-1] |= shared[1:]
    order, keys = order[shared], keys[shared]
    marks, sizes, documents = rows["mark"][order], rows["size"][order], documents[order]
    ends = np.empty((0, 2), np.uint64)
    for _ in range(2):  # once to count, once to fill
        number = list_pairs(keys, marks, sizes, documents, flags == EXACT, REACH, ends)
        ends = ends if len(ends) == number else np.empty((number, 2), np.uint64)
    pairs = np.empty(len(ends), PAIR)
    pairs["one"], pairs["other"], pairs["flags"] = ends.min(axis=1), ends.max(axis=1), flags
    return pairs


def merge_pairs(several: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """All pairs, each once with the flags of all, sorted."""
    pairs = np.concatenate([np.empty(0, PAIR), *several])
    if not len(pairs):
        return pairs
    pairs = pairs[np.lexsort((pairs["other"], pairs["one"]))]
    new = np.ones(len(pairs), np.bool_)
    new[1:] = (pairs["one"][1:] != pairs["one"][:-1]) | (pairs["other"][1:] != pairs["other"][:-1])
    starts = np.flatnonzero(new)
    merged = pairs[starts]
    merged["flags"] = np.bitwise_or.reduceat(pairs["flags"], starts)
    return merged


def cut_documents(pairs: list[str], bases: list[int], memory: int, width: int) -> list[tuple[int, int]]:
    """Ranges of `one` such that the pairs of each range, of all files, take a twentieth of the memory: at the peak, in `merge_pairs`,
    there are five times as many bytes. `width`: bytes a pair.
    """
    total = sum(_length(path) for path in pairs)
    number = max(1, -(-20 * total * width // memory))
    if number == 1:
        return [(0, bases[-1])]
    samples = np.sort(
        np.concatenate([np.load(path, mmap_mode="r", allow_pickle=False)["one"][:: max(1, total // 65536)] for path in pairs])
    )
    cuts = sorted({0, bases[-1], *(int(samples[len(samples) * place // number]) for place in range(1, number))})
    return list(pairwise(cuts))


def _length(path: str) -> int:
    return len(np.load(path, mmap_mode="r", allow_pickle=False))
