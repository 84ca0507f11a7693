"""The sheets of an .ods workbook as rows of text.

    for name, rows in read_ods(archive): ...        "Hoja 1", [["Id", "Texto"], ["1", "Se aprobó la ley."]]

Repeated rows and cells are written out as often as they say where they hold something, within a limit; dates come as their values.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import parse_xml, read_member
from ayni.corpus.readers.opendocument import OFFICE, TABLE, TEXT, read_inline
from ayni.corpus.readers.sheets_ooxml import CELLS


def read_ods(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[list[str]]]]:
    """Each table's name and its rows."""
    root = parse_xml(read_member(archive, "content.xml"), "content.xml")
    for table in root.iter(f"{TABLE}table"):
        yield str(table.get(f"{TABLE}name", "")), _read_rows(table)


def _read_rows(table: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    merged: dict[int, tuple[int, str]] = {}  # column -> rows that a cell above still covers, and its text
    cells = 0
    for element in table.iter(f"{TABLE}table-row"):
        row = _read_row(element, merged)
        times = _count(element, "rows")
        cells += max(1, len(row)) * (times if any(row) else 1)
        if cells > CELLS:
            raise Unreadable("the sheet has more cells than are allowed", why=f"limit {CELLS}")
        rows += [list(row) for _ in range(times if any(row) else 1)]
    return rows


def _read_row(element: Any, merged: dict[int, tuple[int, str]]) -> list[str]:
    row: list[str] = []
    for cell in element.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        place = len(row)
        covered = cell.tag == f"{TABLE}covered-table-cell"
        text = _read_cell(cell)
        left, above = merged.get(place, (0, ""))
        if covered and left:
            merged[place] = (left - 1, above)
            text = text or above
        spanned = cell.get(f"{TABLE}number-rows-spanned", "1")
        if not covered and text and spanned.isdecimal() and int(spanned[:7]) > 1:
            merged[place] = (int(spanned[:7]) - 1, text)
        times = _count(cell, "columns")
        if text and times > CELLS:
            raise Unreadable("a cell repeats more often than is allowed", why=f"{times} times; limit {CELLS}")
        row += [text] * (times if text else min(times, 1024))  # empty cells up to the last column are filling
    while row and not row[-1]:
        row.pop()
    return row


def _read_cell(cell: Any) -> str:
    date = cell.get(f"{OFFICE}date-value")
    if date:
        return str(date).removesuffix("T00:00:00").replace("T", " ")
    return "\n".join(filter(None, (read_inline(each)[0] for each in cell.iterchildren(f"{TEXT}p"))))


def _count(element: Any, what: str) -> int:
    times = element.get(f"{TABLE}number-{what}-repeated", "1")
    return int(times[:9]) if times.isdecimal() else 1
