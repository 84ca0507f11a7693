"""Spreadsheets (.xlsx, .ods): every sheet a table whose rows are documents, with the options of all tables (rows.py).

    options = {text = "Text", title = "Headline", sheets = ["Hoja1"]}       {header = false} where no row has the columns' names

Read from the XML directly: no formulae are computed, no macros, no external parts. A cell merged over rows counts in each of them;
dates are written YYYY-MM-DD. Lines above the table are a document of their own. Sources: ECMA-376 part 1, 18; ODF 1.3 part 3, 9.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import open_zip
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.rows import Table, make_pieces
from ayni.corpus.readers.sheets_odf import read_ods
from ayni.corpus.readers.sheets_ooxml import read_xlsx

_PREAMBLE = 20  # rows above a table's names that are looked at
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Cells = list[str]


class SpreadsheetReader:
    """.xlsx, .xlsm, .ods; the binary .xls is named with its conversion."""

    name = "spreadsheet"
    suffixes = (".xlsx", ".xlsm", ".ods", ".xls")

    def probe(self, path: Path, head: bytes) -> bool:
        """A zip archive that names the folder of a workbook early, or ODF's media type."""
        return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"opendocument.spreadsheet" in head)

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Rows of every sheet; sheets without cells are passed over."""
        with path.open("rb") as stream:
            if stream.read(8) == _OLE:
                why = "the binary format before 2007, or an encrypted workbook"
                raise Unreadable("an .xls workbook", offset=0, why=why, mend="libreoffice --headless --convert-to xlsx FILE")
        with open_zip(path) as archive:
            sheets = [(name, rows) for name, rows in _read_sheets(archive) if any(any(row) for row in rows)]
        wanted = options.get("sheets")
        if not sheets:
            raise Unreadable("the workbook has no cells", offset=0)
        for name, rows in sheets:
            if not wanted or name in wanted:
                yield from _read_sheet(name if len(sheets) > 1 else "", rows, options)


def _read_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[Cells]]]:
    return read_ods(archive) if "content.xml" in archive.namelist() else read_xlsx(archive)


def _read_sheet(name: str, rows: Sequence[Cells], options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
    """The lines above the table as one document, then the table's rows under the names of its columns."""
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    width = max(len(row) for _, row in numbered)
    first = _find_names(numbered, width) if options.get("header", True) else 0
    above = "\n".join(" | ".join(filter(None, row)) for _, row in numbered[:first])
    if above:
        yield Piece(text=above, record=f"{name}/0" if name else "0")
    names = _name_columns(numbered[first][1], width) if options.get("header", True) else []
    body = numbered[first + bool(names) :]
    if body:
        cells = ((str(number), (dict(zip(names, row, strict=False)) if names else row)) for number, row in body)
        yield from make_pieces(Table(names, cells, name=name), options)


def _find_names(rows: Sequence[tuple[int, Cells]], width: int) -> int:
    """The first row that is as full as the fullest of the first ones: what stands above it is a title."""
    filled = [sum(map(bool, row)) for _, row in islice(rows, _PREAMBLE)]
    return 0 if width < 2 else filled.index(next(count for count in filled if count > max(filled) / 2))


def _name_columns(row: Sequence[str], width: int) -> list[str]:
    """Names that are all there and all different."""
    names: list[str] = []
    for place in range(width):
        name = (row[place] if place < len(row) else "") or f"column {place + 1}"
        names.append(name if name not in names else f"{name} {place + 1}")
    return names


READER = SpreadsheetReader()
