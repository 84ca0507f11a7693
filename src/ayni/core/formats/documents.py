"""Documents: parquet parts, one row a document; the text that everything else speaks about.

    documents/part-00000.parquet ...     columns of SCHEMA, ids unique
    quarantine.jsonl                     what could not be read: source, origin, reason, offset

Example:  for document in Documents(path).rows(): print(document.id, document.country)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow as pa
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


@dataclass(frozen=True)
class Quarantined:
    """A file or record that could not be read, why, and where."""

    source: str
    origin: str
    reason: str
    offset: int | None = None


SCHEMA = pa.schema([pa.field(field.name, pa.string(), nullable=False) for field in fields(Document)])


def identify(source: str, origin: str) -> str:
    """A document's id: the first 16 hex digits of SHA-256 over source and origin."""
    return hashlib.sha256(f"{source}\0{origin}".encode()).hexdigest()[:16]


def write_part(path: Path, documents: Iterable[Document]) -> int:
    """Write one parquet part (deterministic bytes); returns the number of rows."""
    rows = [asdict(document) for document in documents]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", write_statistics=False)
    return len(rows)


def read_part(path: Path) -> Iterator[Document]:
    """Read one parquet part row by row."""
    for batch in pq.ParquetFile(path).iter_batches(batch_size=1024):
        for row in batch.to_pylist():
            yield Document(**row)


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

    def check(self) -> None:
        """Every part has the schema; no id stands twice."""
        seen: set[str] = set()
        for part in self.parts():
            if pq.read_schema(part).remove_metadata() != SCHEMA:
                raise FormatError(f"{part.name} has other columns than documents have", mend="read it again")
            ids = pq.read_table(part, columns=["id"])["id"].to_pylist()
            doubled = next((name for name in ids if name in seen or seen.add(name)), None)  # type: ignore[func-returns-value]
            if doubled is not None:
                raise FormatError(f"document id {doubled} stands twice", why=f"second time in {part.name}")

    def counts(self) -> dict[str, object]:
        """Documents and UTF-8 bytes, in all and by language and country; quarantined files."""
        by_language: dict[str, int] = {}
        by_country: dict[str, int] = {}
        by_license: dict[str, int] = {}
        number = size = 0
        for row in self.rows():
            number += 1
            size += len(row.text.encode())
            for table, key in ((by_language, row.language), (by_country, row.country), (by_license, row.license)):
                table[key] = table.get(key, 0) + 1
        return {
            "documents": number,
            "bytes": size,
            "quarantined": len(self.quarantine()),
            "by_language": dict(sorted(by_language.items())),
            "by_country": dict(sorted(by_country.items())),
            "by_license": dict(sorted(by_license.items())),
        }
