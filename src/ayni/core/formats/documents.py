"""Documents: parquet parts, one row a document; the text that everything else speaks about.

    documents/part-00000.parquet ...     columns of SCHEMA, ids unique
    quarantine.jsonl                     what could not be read: source, origin, reason, offset

Example:  for document in Documents(path).rows(): print(document.id, document.country)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.files import write_atomic
from ayni.core.formats.artifact import Artifact


@dataclass(frozen=True)
class Document:
    """One document. Empty strings mean "not stated"; nothing is guessed here."""

    id: str  # identify(source, origin): stable over versions of the text
    text: str
    title: str = ""
    language: str = ""  # as the source states it: BCP 47 / ISO 639-3 (es, pt, nah, ote)
    country: str = ""  # ISO 3166-1 alpha-2
    domain: str = ""  # law, government, education, literature, library, news, ...
    source: str = ""  # the recipe's name for where it came from
    license: str = ""  # SPDX identifier, or "" when none is stated
    license_evidence: str = ""  # where the licence is stated
    url: str = ""
    date: str = ""  # ISO 8601, as precise as known
    origin: str = ""  # file inside the source, and record: "ar/a.csv#12"
    group: str = ""  # the larger work that it is a piece of; held-out splits never cut a group
    derivation: str = ""  # how the text was had where it was not simply read: "OCR of 3 of 12 pages, tesseract 5.3.0 spa+por"
    consent: str = ""  # where consent is recorded, in the contributor's words: "acta 12/2026 of the assembly"
    terms: str = ""  # a community's terms, by their labels: "TK NC, TK A" (localcontexts.org)


@dataclass(frozen=True)
class Quarantined:
    """A file or record that could not be read, why, and where."""

    source: str
    origin: str
    reason: str
    offset: int | None = None


SCHEMA = pa.schema([pa.field(field.name, pa.string(), nullable=False) for field in fields(Document)])


_ROWS_A_GROUP = 16_384  # so that a part is read row by row in bounded memory


def identify(source: str, origin: str) -> str:
    """A document's id: the first 16 hex digits of SHA-256 over source and origin."""
    return hashlib.sha256(f"{source}\0{origin}".encode()).hexdigest()[:16]


def make_table(documents: Iterable[Document]) -> pa.Table:
    """Documents as an Arrow table of SCHEMA."""
    rows = list(documents)
    return pa.table([[getattr(row, name) for row in rows] for name in SCHEMA.names], schema=SCHEMA)


def list_documents(table: pa.Table) -> list[Document]:
    """The rows of an Arrow table of SCHEMA."""
    return [Document(*row) for row in zip(*(table[name].to_pylist() for name in SCHEMA.names), strict=True)]


def write_part(path: Path, documents: Iterable[Document] | pa.Table) -> int:
    """Write one parquet part (deterministic bytes); returns the number of rows."""
    table = documents if isinstance(documents, pa.Table) else make_table(documents)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", write_statistics=False, row_group_size=_ROWS_A_GROUP)
    return int(table.num_rows)


def read_table(path: Path) -> pa.Table:
    """One parquet part as an Arrow table."""
    return pq.read_table(path, schema=SCHEMA)


def read_part(path: Path) -> Iterator[Document]:
    """Read one parquet part row by row."""
    for batch in pq.ParquetFile(path).iter_batches(batch_size=1024):
        yield from list_documents(pa.Table.from_batches([batch]))


def write_quarantine(path: Path, rows: Iterable[Quarantined]) -> None:
    """Write the quarantine list as JSON lines."""
    write_atomic(path, "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows))


def read_quarantine(path: Path) -> list[Quarantined]:
    """Read a quarantine list; a missing file is an empty list."""
    if not path.exists():
        return []
    return [Quarantined(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


class Documents(Artifact, kind="documents"):
    """A folder of document parts and its quarantine."""

    def parts(self) -> list[Path]:
        """The parquet parts, in order."""
        return sorted((self.path / "documents").glob("part-*.parquet"))

    def rows(self) -> Iterator[Document]:
        """Every document, in order."""
        for part in self.parts():
            yield from read_part(part)

    def quarantine(self) -> list[Quarantined]:
        """What could not be read."""
        return read_quarantine(self.path / "quarantine.jsonl")

    def table(self, columns: Sequence[str]) -> pa.Table:
        """Some columns of all parts, in order; leave `text` out where memory counts."""
        return pa.concat_tables([pq.read_table(part, columns=list(columns)) for part in self.parts()])

    def check(self) -> None:
        """Every part has the schema; no id stands twice."""
        for part in self.parts():
            if pq.read_schema(part).remove_metadata() != SCHEMA:
                raise FormatError(f"{part.name} has other columns than documents have", mend="read it again")
        doubled = next((row["values"] for row in pc.value_counts(self.table(["id"])["id"]).to_pylist() if row["counts"] > 1), None)
        if doubled is not None:
            raise FormatError(f"document id {doubled} stands twice", why="two records of one file, or two files, have one name")

    def counts(self) -> dict[str, object]:
        """Documents and UTF-8 bytes, in all and by language, country and licence; quarantined files."""
        number = size = 0
        tables: dict[str, dict[str, int]] = {"language": {}, "country": {}, "license": {}}
        for part in self.parts():
            rows = pq.read_table(part, columns=["text", *tables])
            number += rows.num_rows
            size += pc.sum(pc.binary_length(rows["text"])).as_py() or 0
            for column, table in tables.items():
                for row in pc.value_counts(rows[column]).to_pylist():
                    table[row["values"]] = table.get(row["values"], 0) + row["counts"]
        by = {f"by_{column}": dict(sorted(table.items())) for column, table in tables.items()}
        return {"documents": number, "bytes": size, "quarantined": len(self.quarantine()), **by}
