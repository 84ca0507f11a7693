"""Notes: what one scorer says of every document, row-aligned with the documents' parts.

notes/part-00000.parquet ...     `id` and the scorer's columns; null where the scorer abstained
metadata of every part           scorer, version, digest of the packs or weights that it used
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

TYPES = {"string": pa.string(), "double": pa.float64(), "int64": pa.int64(), "bool": pa.bool_(), "json": pa.string()}


def write_part(
    path: Path, ids: Sequence[str], rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], header: Mapping[str, str]
) -> None:
    """Write one part; `columns` maps names to types (string, double, int64, bool, json), missing values are null."""
    schema = pa.schema([pa.field("id", pa.string(), nullable=False), *(pa.field(name, TYPES[kind]) for name, kind in columns.items())])
    values = {"id": list(ids), **{name: [row.get(name) for row in rows] for name in columns}}
    table = pa.table(values, schema=schema).replace_schema_metadata(dict(header))
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", write_statistics=False)


def read_columns(path: Path, names: Sequence[str]) -> dict[str, list[Any]]:
    """Some columns of one parquet part, as lists."""
    table = pq.read_table(path, columns=list(names))
    return {name: table[name].to_pylist() for name in names}


class Notes(Artifact, kind="notes"):
    """One scorer's columns."""

    def parts(self) -> list[Path]:
        """The parquet parts, in order."""
        return sorted((self.path / "notes").glob("part-*.parquet"))

    def header(self) -> dict[str, str]:
        """Scorer, version and digest of its assets."""
        metadata = pq.read_schema(self.parts()[0]).metadata or {}
        return {key.decode(): value.decode() for key, value in metadata.items() if not key.startswith(b"ARROW:")}

    def check(self) -> None:
        """There is a part, and all parts are of one scorer."""
        headers = {tuple(sorted((pq.read_schema(part).metadata or {}).items())) for part in self.parts()}
        if len(headers) != 1:
            raise FormatError("notes need parts of one scorer and version", why=f"found {len(headers)}")

    def check_aligned(self, documents: Documents) -> None:
        """Raise FormatError unless the ids equal the documents' ids, row by row."""
        for ours, theirs in zip(self.parts(), documents.parts(), strict=True):
            if read_columns(ours, ["id"]) != read_columns(theirs, ["id"]):
                raise FormatError(f"{ours.name} is not aligned with the documents", mend="annotate again")

    def counts(self) -> dict[str, object]:
        """The scorer's name and the number of rows."""
        return {**self.header(), "rows": sum(pq.ParquetFile(part).metadata.num_rows for part in self.parts())}
