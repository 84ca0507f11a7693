"""Parquet: the rows of its groups as those of any table; nested columns are read as JSON is.

options = { text = "text", id = "url" }      as for tables (rows.py)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.rows import Table, make_pieces

_BATCH = 1024  # rows in memory at a time
_SIGN = b"PAR1"


class ParquetReader:
    """.parquet: one document a row, or as many as the options say."""

    name = "parquet"
    suffixes = (".parquet",)

    def probe(self, path: Path, head: bytes) -> bool:
        """The signature."""
        return head.startswith(_SIGN)

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Yield documents row by row, batch by batch."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            file = pq.ParquetFile(path)
            if not file.metadata.num_rows:
                raise Unreadable("the table has no rows", offset=0)
            yield from make_pieces(Table(file.schema_arrow.names, _read(file)), options)
        except (pa.ArrowException, OSError) as error:
            raise Unreadable("not a readable Parquet file", offset=path.stat().st_size, why=str(error)[:200]) from error


def _read(file: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH):
        for row in batch.to_pylist():
            number += 1
            yield str(number), row


READER = ParquetReader()
