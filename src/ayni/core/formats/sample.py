"""Sample: the text that a tokenizer is made from, and the text, of other works, that it is measured on.

    train.parquet  heldout.parquet       columns of SCHEMA
    sample.json                          bytes by set and language, and what was left out and why

Example:  for row in Sample(path).rows("heldout"): print(row.language, row.pair)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact

SETS = ("train", "heldout")
_GROUP = 8192  # rows


@dataclass(frozen=True)
class SampleRow:
    """One document; `work` is what was never cut between the sets, `pair` is the same in texts that say the same ("" alone)."""

    id: str
    text: str
    language: str
    country: str
    domain: str
    source: str
    work: str
    pair: str


SCHEMA = pa.schema([pa.field(field.name, pa.string(), nullable=False) for field in fields(SampleRow)])


class Sample(Artifact, kind="sample"):
    """Text for a tokenizer, in two sets."""

    def write(self, rows: dict[str, Iterable[SampleRow]], left_out: dict[str, int]) -> None:
        """Write both sets; `left_out` counts documents by reason."""
        sizes = {name: _write_rows(self.path / f"{name}.parquet", rows[name]) for name in SETS}
        write_json(self.path / "sample.json", {"bytes": sizes, "left_out": left_out})

    def rows(self, name: str) -> Iterator[SampleRow]:
        """The rows of `train` or `heldout`, in order, in bounded memory."""
        for batch in pq.ParquetFile(self.path / f"{name}.parquet").iter_batches(batch_size=1024):
            for body in batch.to_pylist():
                yield SampleRow(**body)

    def bytes(self) -> dict[str, dict[str, int]]:
        """UTF-8 bytes by set and language."""
        body: dict[str, dict[str, int]] = read_json(self.path / "sample.json")["bytes"]
        return body

    def check(self) -> None:
        """The columns are there, and no work is in both sets."""
        works = []
        for name in SETS:
            file = self.path / f"{name}.parquet"
            if pq.read_schema(file).remove_metadata() != SCHEMA:
                raise FormatError(f"{file.name} has other columns than a sample has", mend="sample again")
            works.append(set(pq.read_table(file, columns=["work"])["work"].to_pylist()))
        if both := works[0] & works[1]:
            raise FormatError(f"{len(both)} works are in both sets", why=f"first: {min(both)}")

    def counts(self) -> dict[str, object]:
        """Bytes by set and language; documents left out."""
        body: dict[str, Any] = read_json(self.path / "sample.json")
        return body


def _write_rows(path: Path, rows: Iterable[SampleRow]) -> dict[str, int]:
    """Write a set, so many rows at a time; returns its bytes by language."""
    sizes: Counter[str] = Counter()
    left = iter(rows)
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", write_statistics=False) as writer:
        while group := list(islice(left, _GROUP)):
            writer.write_table(pa.Table.from_pylist([asdict(row) for row in group], schema=SCHEMA), row_group_size=_GROUP)
            for row in group:
                sizes[row.language] += len(row.text.encode())
    return dict(sorted(sizes.items()))
