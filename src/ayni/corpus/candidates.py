"""What may go into a mix: the kept documents as columns, without their texts, and one reason for each that stays out.

    rows = read_candidates(documents, picks, [notes, duplicates])
    rows.exclude("license", ~np.isin(rows.license, allowed))       the first reason that holds is the one that is counted

Texts are looked at part by part for their length only, so memory grows with the number of documents, not with their size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks

Codes = npt.NDArray[np.int32]
_NAMES = ("source", "language", "country", "domain", "license", "license_evidence")
_RIGHTS = ("releasable", "commercial")
_UNKNOWN = ("", "und")


@dataclass(frozen=True)
class Column:
    """Strings of which few differ: a code a row, and the value of each code."""

    codes: Codes
    values: tuple[str, ...]

    def __getitem__(self, row: int) -> str:
        return self.values[self.codes[row]]

    def isin(self, values: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Which rows have one of these values."""
        wanted = np.array([value in values for value in self.values], dtype=np.bool_)
        return wanted[self.codes] if len(self.values) else np.zeros(len(self.codes), np.bool_)


@dataclass
class Candidates:
    """Kept documents in order; `work` numbers (source, group), `cluster` numbers the copies of one text."""

    ids: pa.Array
    bytes: npt.NDArray[np.int64]
    source: Column
    language: Column
    country: Column
    domain: Column
    license: Column
    license_evidence: Column
    group: Column
    work: Codes
    cluster: Codes
    rights: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)  # releasable, commercial; empty without such notes
    reasons: list[str] = field(default_factory=lambda: [""])
    reason: Codes = field(init=False)  # place in `reasons`; 0 while nothing keeps the document out

    def __post_init__(self) -> None:
        self.reason = np.zeros(len(self.bytes), np.int32)

    def __len__(self) -> int:
        return len(self.bytes)

    def exclude(self, reason: str, rows: npt.NDArray[np.bool_]) -> None:
        """Keep these rows out, but for those that stay out already; the reason is counted even where it takes none."""
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.reason[rows & (self.reason == 0)] = self.reasons.index(reason)

    def allowed(self) -> npt.NDArray[np.bool_]:
        """Rows that nothing keeps out."""
        return self.reason == 0

    def count_excluded(self) -> tuple[dict[str, int], dict[str, int]]:
        """Documents and bytes by reason."""
        documents = np.bincount(self.reason, minlength=len(self.reasons))
        sizes = np.bincount(self.reason, weights=self.bytes, minlength=len(self.reasons))
        names = list(enumerate(self.reasons))[1:]
        return {name: int(documents[at]) for at, name in names}, {name: int(sizes[at]) for at, name in names}


def read_candidates(documents: Documents, picks: Picks, notes: Sequence[Notes] = ()) -> Candidates:
    """The documents that the selection kept. Raises FormatError where picks or notes are not aligned with the documents."""
    table = pa.concat_tables(_read_parts(documents, notes))
    rules = pq.read_table(picks.path / "picks.parquet", columns=["id", "keep"])
    if not rules["id"].equals(table["id"]):
        raise FormatError("the picks are not of these documents", mend="select again")
    table = table.filter(rules["keep"]).combine_chunks()
    columns: dict[str, Any] = {name: _encode(table[name]) for name in (*_NAMES, "group")}
    works = columns["source"].codes.astype(np.int64) * max(1, len(columns["group"].values)) + columns["group"].codes
    return Candidates(
        ids=table["id"].combine_chunks(),
        bytes=table["bytes"].to_numpy().astype(np.int64),
        work=_number(works),
        cluster=_number_clusters(table),
        rights={name: table[name].to_numpy(zero_copy_only=False).astype(np.bool_) for name in _RIGHTS if name in table.column_names},
        **columns,
    )


def _read_parts(documents: Documents, notes: Sequence[Notes]) -> Iterator[pa.Table]:
    """Part by part: the columns, the length of the texts, and of the notes the language found and the cluster of copies."""
    found = _open_notes(documents, notes, "language")
    copies = _open_notes(documents, notes, "duplicates")
    rights = _open_notes(documents, notes, "rights")
    for number, part in enumerate(documents.parts()):
        table = pq.read_table(part, columns=["id", "text", "group", *_NAMES])
        size = pc.cast(pc.binary_length(table["text"]), pa.int64())
        table = table.drop_columns(["text"]).append_column("bytes", size)
        language, cluster = table["language"], pa.nulls(table.num_rows, pa.string())
        if found:
            heard = _read_aligned(found[number], table["id"], "language")
            language = pc.if_else(pc.equal(language, ""), pc.fill_null(heard, ""), language)
        if copies:
            names = pq.read_schema(copies[number]).names
            cluster = _read_aligned(copies[number], table["id"], "cluster" if "cluster" in names else "copy_of").cast(pa.string())
        table = table.set_column(table.schema.get_field_index("language"), "language", language)
        for name in _RIGHTS if rights else ():
            table = table.append_column(name, pc.fill_null(_read_aligned(rights[number], table["id"], name), False))
        yield table.append_column("cluster", cluster)


def _open_notes(documents: Documents, notes: Sequence[Notes], scorer: str) -> list[Any]:
    for artifact in notes:
        if scorer in artifact.scorers():
            parts = artifact.parts(scorer)
            if len(parts) != len(documents.parts()):
                raise FormatError(f"the notes '{scorer}' are not of these documents", why="they have another number of parts")
            return parts
    return []


def _read_aligned(path: Any, ids: pa.ChunkedArray, column: str) -> pa.ChunkedArray:
    table = pq.read_table(path, columns=["id", column])
    if not table["id"].equals(ids):
        raise FormatError(f"{path.parent.name}/{path.name} is not aligned with the documents", mend="annotate again")
    return table[column]


def _encode(column: pa.ChunkedArray) -> Column:
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return Column(encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32), tuple(encoded.dictionary.to_pylist()))


def _number(values: Any) -> Codes:
    """0, 1, 2, ... for the values that differ."""
    return np.unique(values, return_inverse=True)[1].astype(np.int32)


def _number_clusters(table: pa.Table) -> Codes:
    """One number for all copies of a text: its cluster's name, else the copy that stays, else the document's own id."""
    return _encode(pc.coalesce(table["cluster"], table["id"])).codes


def is_unknown(language: str) -> bool:
    """Whether nothing states or finds a language."""
    return language in _UNKNOWN
