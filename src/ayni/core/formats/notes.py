"""Notes: what scorers say of every document, row-aligned with the documents' parts, one scorer a file.

    notes/language/part-00000.parquet ...     `id` and the scorer's columns; null where the scorer abstained
    metadata of every part                    scorer, version, digest of the packs or weights that it used

Example:  Notes(path).scorers() -> ["language", "quality"];  Notes(path).parts("quality")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.formats.artifact import Artifact
from ayni.core.formats.documents import Documents

SPANS = pa.list_(
    pa.struct([("start", pa.int32()), ("end", pa.int32()), ("language", pa.string()), ("confidence", pa.float32())])
)  # offsets in code points
MARKS = pa.list_(
    pa.struct([("type", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("country", pa.string()), ("valid", pa.bool_())])
)  # offsets in code points; `valid` is null where the type has no check digit
TYPES = {
    "string": pa.string(),
    "double": pa.float64(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "json": pa.string(),
    "spans": SPANS,
    "marks": MARKS,
}


def make_schema(columns: Mapping[str, str]) -> pa.Schema:
    """`id` and a scorer's columns; `columns` maps names to types (string, double, int64, bool, json, spans, marks)."""
    return pa.schema([pa.field("id", pa.string(), nullable=False), *(pa.field(name, TYPES[kind]) for name, kind in columns.items())])


def write_part(path: Path, table: pa.Table, header: Mapping[str, str]) -> None:
    """Write one part of one scorer's notes (deterministic bytes)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(dict(header)), path, compression="zstd", write_statistics=False)


def read_columns(path: Path, names: Sequence[str]) -> dict[str, list[Any]]:
    """Some columns of one parquet part, as lists."""
    table = pq.read_table(path, columns=list(names))
    return {name: table[name].to_pylist() for name in names}


class Notes(Artifact, kind="notes"):
    """The columns of one scorer or of several."""

    def scorers(self) -> list[str]:
        """The names of the scorers, sorted."""
        return sorted(folder.name for folder in (self.path / "notes").iterdir() if folder.is_dir())

    def parts(self, scorer: str = "") -> list[Path]:
        """The parquet parts of a scorer, in order; without a name, of the only one. Raises FormatError where there are several."""
        names = self.scorers()
        if not scorer and len(names) != 1:
            raise FormatError("notes of several scorers", why=f"there are: {', '.join(names)}", mend="name one")
        return sorted((self.path / "notes" / (scorer or names[0])).glob("part-*.parquet"))

    def part_path(self, scorer: str, number: int) -> Path:
        """Where part `number` of a scorer lies."""
        return self.path / "notes" / scorer / f"part-{number:05}.parquet"

    def header(self, scorer: str = "") -> dict[str, str]:
        """Scorer, version and digest of its assets."""
        metadata = pq.read_schema(self.parts(scorer)[0]).metadata or {}
        return {key.decode(): value.decode() for key, value in metadata.items() if not key.startswith(b"ARROW:")}

    def check(self) -> None:
        """There is a part, and all parts of a scorer are of one version."""
        for scorer in self.scorers():
            headers = {tuple(sorted((pq.read_schema(part).metadata or {}).items())) for part in self.parts(scorer)}
            if len(headers) != 1:
                raise FormatError("notes need parts of one scorer and version", why=f"'{scorer}' has {len(headers)}")

    def check_aligned(self, documents: Documents) -> None:
        """Raise FormatError unless the ids equal the documents' ids, row by row."""
        for scorer in self.scorers():
            for ours, theirs in zip(self.parts(scorer), documents.parts(), strict=True):
                if not pq.read_table(ours, columns=["id"])["id"].equals(pq.read_table(theirs, columns=["id"])["id"]):
                    raise FormatError(f"{scorer}/{ours.name} is not aligned with the documents", mend="annotate again")

    def counts(self) -> dict[str, object]:
        """The scorers, their versions and the number of rows."""
        names = self.scorers()
        rows = sum(pq.ParquetFile(part).metadata.num_rows for part in self.parts(names[0])) if names else 0
        return {"scorers": {name: self.header(name) for name in names}, "rows": rows}
