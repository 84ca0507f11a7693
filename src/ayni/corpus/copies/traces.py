"""Traces of the documents of one part: by which keys they may meet their copies, and what decides which copy stays.

    exact.npy  law.npy  band.npy       rows of KEY, sorted by key
    about.parquet                      id, source, version (a date), law (a hash of its name, or 0), bytes: a row a document

A part's traces depend on the part alone: a partner's new file costs its own part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ayni.corpus.copies.laws import DOMAINS, date_version, hash_name, is_division, name_law

BANDS = 20  # of 5 bins each: a pair of similarity 0.8 is missed once in 2,800 times, (1 - 0.8^5)^20
KINDS = ("exact", "law", "band")
# a document's key; its row in the part; its shingles, repeated ones too; equal for two documents of the same shingles
KEY = np.dtype([("key", np.uint64), ("row", np.uint32), ("size", np.uint32), ("mark", np.uint64)])
_BATCH = 1024  # documents at a time, at most
_ABOUT = pa.schema([("id", pa.string()), ("source", pa.string()), ("version", pa.string()), ("law", pa.uint64()), ("bytes", pa.int64())])
_COLUMNS = ("id", "text", "title", "country", "domain", "source", "url", "date")

Keys = npt.NDArray[Any]


def trace_part(item: dict[str, Any]) -> dict[str, int]:
    """Write the traces of one part; returns the number of its documents and the bytes of its keys."""
    folder = Path(item["folder"])
    digests = pq.read_table(item["fingerprints"], columns=["text_digest"])["text_digest"].to_pylist()
    found: dict[str, list[Keys]] = {kind: [np.empty(0, KEY)] for kind in KINDS}
    about: list[pa.Table] = [_ABOUT.empty_table()]
    start = 0
    for batch in read_batches(Path(item["part"]), _COLUMNS, item["memory"]):
        names = np.array([int(value, 16) for value in digests[start : start + batch.num_rows]], np.uint64)
        keys, facts = _trace_batch(batch, names, item["shortest"])
        for kind, rows in keys.items():
            rows["row"] += np.uint32(start)
            found[kind].append(rows)
        about.append(facts)
        start += batch.num_rows
    pq.write_table(pa.concat_tables(about), folder / "about.parquet", compression="zstd", write_statistics=False)
    size = 0
    for kind, several in found.items():
        rows = np.concatenate(several)
        np.save(folder / f"{kind}.npy", rows[np.argsort(rows["key"], kind="stable")], allow_pickle=False)
        size += rows.nbytes
    return {"documents": start, "bytes": size}


def read_batches(part: Path, columns: Sequence[str], memory: int) -> Iterator[pa.Table]:
    """Some columns of a part, so many rows at a time that on the average a sixteenth of the memory holds them."""
    file = pq.ParquetFile(part)
    known = file.metadata
    size = sum(known.row_group(place).total_byte_size for place in range(known.num_row_groups)) // max(1, known.num_rows)
    rows = max(1, min(_BATCH, memory // 16 // max(1, size)))
    for batch in file.iter_batches(batch_size=rows, columns=list(columns), use_threads=False):
        yield pa.Table.from_batches([batch])


def _trace_batch(table: pa.Table, digests: npt.NDArray[np.uint64], shortest: int) -> tuple[dict[str, Keys], pa.Table]:
    from ayni.text.kernels.shingles import band
    from ayni.text.shingles import sign_texts

    signed = sign_texts(table["text"], shortest)
    long_enough = np.flatnonzero(signed.sizes >= shortest)
    keys = np.empty((long_enough.size, BANDS), np.uint64)
    band(signed.bins, long_enough, BANDS, keys)
    laws, named, versions = _read_laws(table)
    named &= signed.sizes >= shortest
    rows = {
        "exact": (digests, np.arange(table.num_rows)),
        "law": (laws[named], np.flatnonzero(named)),
        "band": (keys.ravel(), np.repeat(long_enough, BANDS)),
    }
    found = {kind: _make_keys(values, places, signed.sizes, signed.marks) for kind, (values, places) in rows.items()}
    lengths = pc.cast(pc.binary_length(table["text"]), pa.int64())
    return found, pa.table([table["id"], table["source"], versions, laws, lengths], schema=_ABOUT)


def _read_laws(table: pa.Table) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_], list[str]]:
    """Of each document the hash of its law's name, or 0; whether that is a name by which versions meet; the date of its version."""
    laws, named = np.zeros(table.num_rows, np.uint64), np.zeros(table.num_rows, np.bool_)
    versions = table["date"].to_pylist()
    for row, domain in enumerate(table["domain"].to_pylist()):
        if domain in DOMAINS:
            text = table["text"][row].as_py()
            name = name_law(table["country"][row].as_py(), table["title"][row].as_py(), table["url"][row].as_py(), text)
            laws[row], named[row], versions[row] = hash_name(name), not is_division(name), date_version(text, versions[row])
    return laws, named, versions


def _make_keys(values: npt.NDArray[Any], rows: npt.NDArray[Any], sizes: npt.NDArray[Any], marks: npt.NDArray[Any]) -> Keys:
    keys = np.empty(len(values), KEY)
    keys["key"], keys["row"], keys["size"], keys["mark"] = values, rows, sizes[rows], marks[rows]
    return keys


def find_range(path: Path, low: int, high: int) -> tuple[int, int]:
    """From and to: the rows whose key is at least `low` and below `high`, of a file that is sorted by key."""
    rows = np.load(path, mmap_mode="r", allow_pickle=False)
    return find_place(rows, low), find_place(rows, high)


def read_range(path: Path, low: int, high: int) -> Keys:
    """Those rows."""
    begin, end = find_range(path, low, high)
    return np.array(np.load(path, mmap_mode="r", allow_pickle=False)[begin:end])


def find_place(rows: Keys | Sequence[Any], value: int, field: str = "key") -> int:
    """Where the first row whose field is not below `value` stands; reads a few rows only."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if int(rows[middle][field]) < value:
            low = middle + 1
        else:
            high = middle
    return low
