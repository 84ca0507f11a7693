"""The count of both directions: what is said of each document, and, over all parts, of each item and each benchmark.

    tally = Tally(index, common_mask);  rows = tally.add(hits, ids) ...;  tally.conclude(clean=0.0, full=0.8) -> [Overlap, ...]

Arrays of the size of the benchmarks and of one part's hits; nothing of the size of the corpus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ayni.core.formats.benchmark import Example, Overlap
from ayni.corpus.overlap.index import Index
from ayni.text.overlap import Numbers

COLUMNS = {"benchmark": "string", "item": "string", "shared_ngrams": "int64", "share": "double", "items": "int64"}
_EXAMPLES = 5


def count_documents(grams: int, hits: Iterable[tuple[Any, npt.NDArray[np.bool_]]]) -> Numbers:
    """In how many documents each n-gram stands; of each part its hits, and which of its documents count (copies do not)."""
    counts = np.zeros(grams, np.int64)
    for found, counted in hits:
        counts += np.bincount(found["gram"][counted[found["row"]]], minlength=grams)
    return counts


class Tally:
    """Takes the parts' hits in turn."""

    def __init__(self, index: Index, common: npt.NDArray[np.bool_]) -> None:
        self._index, self._common = index, common
        self._names, self._benchmarks = index.names()
        items = index.about.num_rows
        self._seen = np.zeros(index.grams, np.bool_)  # n-grams that stand in a document
        self._documents = np.zeros(items, np.int64)  # documents that share an n-gram with the item
        self._of_benchmark = np.zeros(len(self._names), np.int64)
        self._best = np.zeros(items, np.int64)  # n-grams that the document named below shares
        self._where: dict[int, str] = {}

    def add(self, hits: Any, ids: pa.Array) -> list[pa.Array]:
        """One part: its columns of notes, a row a document."""
        rows, grams = hits["row"].astype(np.int64), hits["gram"]
        self._seen[grams] = True
        counts = ~self._common[grams]
        rows, grams = rows[counts], grams[counts]
        places, items = self._index.list_members(grams)
        total = max(1, self._index.about.num_rows)
        pairs, shared = np.unique(rows[places] * total + items, return_counts=True)
        rows, items = pairs // total, pairs % total
        self._note(rows, items, shared, ids)
        return self._choose(rows, items, shared, len(ids))

    def _note(self, rows: Numbers, items: Numbers, shared: Numbers, ids: pa.Array) -> None:
        width = max(1, len(self._names))
        self._documents += np.bincount(items, minlength=self._documents.size)
        self._of_benchmark += np.bincount(np.unique(rows * width + self._benchmarks[items]) % width, minlength=width)[: len(self._names)]
        for row, item, number in zip(rows.tolist(), items.tolist(), shared.tolist(), strict=True):
            if number > self._best[item]:
                self._best[item], self._where[item] = number, ids[row].as_py()

    def _choose(self, rows: Numbers, items: Numbers, shared: Numbers, documents: int) -> list[pa.Array]:
        """Of each document the item of which it has the largest share; of equal ones the most n-grams, then the first."""
        share = shared / self._index.ngrams()[items]
        order = np.lexsort((items, -shared, -share, rows))
        rows, items, shared, share = rows[order], items[order], shared[order], share[order]
        hit, firsts, number = np.unique(rows, return_index=True, return_counts=True)
        at = np.full(documents, -1, np.int64)
        at[hit] = np.arange(hit.size)
        chosen, best = pa.array(at, mask=at < 0), pa.array(items[firsts])
        columns = [self._index.about[name].combine_chunks().take(best) for name in ("source", "origin")]
        columns += [
            pa.array(values.astype(kind)) for values, kind in ((shared[firsts], np.int64), (share[firsts], float), (number, np.int64))
        ]
        return [column.take(chosen) for column in columns]

    def conclude(self, clean: float, full: float) -> list[Overlap]:
        """Of each benchmark, how much of it stands in the documents."""
        counts = self._count_grams(self._seen & ~self._common)
        dismissed = self._count_grams(self._seen & self._common)
        return [
            self._describe(number, name, np.flatnonzero(self._benchmarks == number), counts, dismissed, clean, full)
            for number, name in enumerate(self._names)
        ]

    def _count_grams(self, mask: npt.NDArray[np.bool_]) -> Numbers:
        """Of each item, how many of its n-grams are in `mask`."""
        _, items = self._index.list_members(np.flatnonzero(mask))
        return np.bincount(items, minlength=self._index.about.num_rows)

    def _describe(self, number: int, name: str, items: Numbers, counts: Numbers, dismissed: Numbers, clean: float, full: float) -> Overlap:
        ngrams = self._index.ngrams()[items]
        asked, found = ngrams > 0, counts[items]
        share = found / np.maximum(ngrams, 1)
        is_full, is_clean = asked & (found > 0) & (share >= full), asked & (share <= clean)
        is_clean &= ~is_full
        about = self._index.about.take(pa.array(items))
        order = [int(place) for place in np.lexsort((items, -found, -share)) if found[place]][:_EXAMPLES]
        return Overlap(
            name=name,
            languages=dict(sorted(Counter(about["language"].to_pylist()).items())),
            licenses=dict(sorted(Counter(about["license"].to_pylist()).items())),
            items=len(items),
            short=int((~asked).sum()),
            clean=int(is_clean.sum()),
            partial=int((asked & ~is_clean & ~is_full).sum()),
            full=int(is_full.sum()),
            common_only=int(((found == 0) & (dismissed[items] > 0)).sum()),
            ngrams=int(ngrams.sum()),
            ngrams_found=int(found.sum()),
            ngrams_common=int(dismissed[items].sum()),
            documents=int(self._of_benchmark[number]),
            examples=tuple(
                Example(
                    about["origin"][place].as_py(),
                    round(float(share[place]), 4),
                    int(self._documents[items[place]]),
                    self._where[int(items[place])],
                )
                for place in order
            ),
        )
