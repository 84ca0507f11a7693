"""R data (.rda, .RData, .rds): data frames as tables, vectors of text as rows; read as bytes, no R code is run.

    cons_1974: data.frame(line, text, ...)     records cons_1974/1, ...;  options = { text = "text", join = ["year"] }: one document

rdata_values.py reads R's serialization; only what can hold text is kept of it. Formulas, functions and environments are passed
over. The ASCII form, and what is cut off, is unreadable.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import MEMBER_BYTES, RATIO
from ayni.corpus.readers.rdata_values import Value, read_value
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.rows import Table, make_pieces

_OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
_SIGNS = (b"RDX2\n", b"RDX3\n", b"X\n")


class RdataReader:
    """.rda, .rdata, .rds: one document a row of every data frame, or an element of every vector of texts."""

    name = "rdata"
    suffixes = (".rda", ".rdata", ".rds")

    def probe(self, path: Path, head: bytes) -> bool:
        """The signature of an uncompressed file; a compressed one is told by its suffix."""
        return head.startswith(_SIGNS[:2])

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Yield documents object by object."""
        data = _unpack(path)
        if not data.startswith(_SIGNS):
            raise Unreadable("not R data in its binary form", offset=0, why=f"first bytes {data[:8]!r}")
        workspace = data.startswith(b"RDX")
        tables = list(_find_tables("", read_value(data[5:] if workspace else data)))
        if not tables:
            raise Unreadable("no text in the R data", offset=0, why="neither data frames nor vectors of text")
        for table in tables:
            yield from make_pieces(table, options)


def _unpack(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(8)
        stream.seek(0)
        opener: Any = next((opener for sign, opener in _OPENERS.items() if head.startswith(sign)), None)
        limit = min(MEMBER_BYTES, RATIO * max(size, 4096))
        try:
            data = bytes(opener(stream).read(limit + 1)) if opener else stream.read(limit + 1)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise Unreadable("the file is damaged or cut off", offset=size, why=str(error)) from error
    if len(data) > limit:
        raise Unreadable("the file swells beyond the limits", why=f"{size} to more than {limit} bytes")
    return data


def _find_tables(name: str, value: Value) -> Iterator[Table]:
    """The tables in a value: data frames, vectors of text, and those inside lists."""
    classes = value.attributes.get("class")
    names = value.attributes.get("names")
    labels = [str(each) for each in names.items] if names else []
    if value.kind == "list" and classes and "data.frame" in classes.items:
        rows = zip(*map(_plain, value.items), strict=False)
        yield Table(labels, ((str(number), list(row)) for number, row in enumerate(rows, 1)), name)
    elif value.kind == "list":
        for place, item in enumerate(value.items):
            label = labels[place] if place < len(labels) and labels[place] else str(place + 1)
            yield from _find_tables(f"{name}.{label}" if name else label, item)
    elif value.kind == "text" and any(value.items):
        yield Table(["text"], ((str(number), [item]) for number, item in enumerate(value.items, 1) if item), name)


def _plain(column: Value) -> list[Any]:
    """A column's cells; those of a factor are its levels'."""
    levels = column.attributes.get("levels")
    if levels is None:
        return [item if not isinstance(item, Value) else "; ".join(map(str, item.items)) for item in column.items]
    return [levels.items[item - 1] if isinstance(item, int) and 0 < item <= len(levels.items) else None for item in column.items]


READER = RdataReader()
