"""The index of all benchmarks: small beside the corpus, so it is made once, in one piece, and every worker reads it.

    keys.npy begins.npy ends.npy letters.npy lengths.npy     the n-grams (text/overlap.py)
    members.npy                                              rows of MEMBER: an n-gram and an item that has it, sorted
    items.parquet                                            source, origin, language, license, words, ngrams: a row an item

An item is a document of the benchmarks' artifact; its number is its place over all parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ayni.text.overlap import Grams, Numbers, gather_grams

_COLUMNS = ("source", "origin", "language", "license")


@dataclass(frozen=True)
class Index:
    """Of g n-grams and i items: the items of n-gram g are items[firsts[g] : firsts[g + 1]]; `about` has a row an item."""

    firsts: Numbers
    items: Numbers
    about: pa.Table
    grams: int

    @classmethod
    def load(cls, folder: Path) -> Index:
        """From the folder that `index_benchmarks` wrote."""
        members = np.load(folder / "members.npy", allow_pickle=False)
        grams = int(Grams.load(folder).keys.size)
        firsts = np.searchsorted(members["gram"], np.arange(grams + 1))
        return cls(firsts, np.ascontiguousarray(members["text"]), pq.read_table(folder / "items.parquet"), grams)

    def ngrams(self) -> Numbers:
        """How many n-grams each item has."""
        found: Numbers = self.about["ngrams"].to_numpy()
        return found

    def names(self) -> tuple[list[str], npt.NDArray[Any]]:
        """The benchmarks, in the order of their items, and the number of each item's benchmark."""
        coded = self.about["source"].combine_chunks().dictionary_encode()
        return coded.dictionary.to_pylist(), coded.indices.to_numpy()

    def list_members(self, grams: Numbers) -> tuple[Numbers, Numbers]:
        """For some n-grams: the places in `grams`, repeated for every item that has the n-gram, and those items."""
        sizes = self.firsts[grams + 1] - self.firsts[grams]
        places = np.repeat(np.arange(grams.size), sizes)
        within = np.arange(places.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return places, self.items[np.repeat(self.firsts[grams], sizes) + within]


def index_benchmarks(item: dict[str, Any]) -> dict[str, int]:
    """Write the index of the parts of benchmarks; returns the number of items and of n-grams."""
    table = pa.concat_tables([pq.read_table(part, columns=[*_COLUMNS, "text"]) for part in item["parts"]])
    grams, members, words = gather_grams(table["text"], item["words"], item["shortest"])
    folder = Path(item["folder"])
    grams.save(folder)
    np.save(folder / "members.npy", members, allow_pickle=False)
    counts = np.bincount(members["text"], minlength=table.num_rows).astype(np.int64)
    about = table.select(_COLUMNS).append_column("words", pa.array(words)).append_column("ngrams", pa.array(counts))
    pq.write_table(about, folder / "items.parquet", compression="zstd", write_statistics=False)
    return {"items": table.num_rows, "grams": int(grams.keys.size)}
