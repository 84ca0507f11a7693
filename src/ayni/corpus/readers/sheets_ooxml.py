"""The sheets of an .xlsx workbook as rows of text.

    for name, rows in read_xlsx(archive): ...        "Hoja 1", [["Id", "Texto"], ["1", "Se aprobó la ley."]]

Shared and inline strings without phonetic guides; numbers as they were typed (15 digits, as Excel keeps them); dates by the cell's format.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import parse_xml, read_member

CELLS = 5_000_000  # of one sheet, the empty ones before a filled one counted
EPOCH_1900 = datetime(1899, 12, 30)  # Excel's day 60 never was; days after it are right so
_COLUMNS = 16_384  # ECMA-376
_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])  # built-in formats, ECMA-376 part 1, 18.8.30
_QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)


def read_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[list[str]]]]:
    """Each worksheet's name and its rows; a row that the file leaves out is an empty list."""
    book = parse_xml(read_member(archive, "xl/workbook.xml"), "xl/workbook.xml")
    strings = _read_strings(archive)
    dates = _read_dates(archive)
    old = any(each.get("date1904") in ("1", "true") for each in book.iter("{*}workbookPr"))
    epoch = datetime(1904, 1, 1) if old else EPOCH_1900
    targets = _read_targets(archive)
    for sheet in book.iter("{*}sheet"):
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        target = targets.get(link, "")
        if "worksheets/" in target:
            root = parse_xml(read_member(archive, target), target)
            yield str(sheet.get("name", "")), _read_rows(root, strings, dates, epoch)


def _read_targets(archive: zipfile.ZipFile) -> dict[str, str]:
    name = "xl/_rels/workbook.xml.rels"
    links = parse_xml(read_member(archive, name), name)
    return {
        link.get("Id", ""): posixpath.normpath(posixpath.join("xl", link.get("Target", "").removeprefix("/xl/")))
        for link in links
        if link.get("TargetMode") != "External"
    }


def _read_strings(archive: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    return [_read_string(item) for item in parse_xml(read_member(archive, name), name).iterchildren("{*}si")]


def _read_string(item: Any) -> str:
    """The runs of a string, without the guides to its pronunciation."""
    texts = [each.text or "" for each in item.iter("{*}t") if not each.getparent().tag.endswith("}rPh")]
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)) if code[1] < "D8" else "", "".join(texts))


def _read_dates(archive: zipfile.ZipFile) -> frozenset[str]:
    """Numbers of the cell styles that show dates."""
    name = "xl/styles.xml"
    if name not in archive.namelist():
        return frozenset()
    root = parse_xml(read_member(archive, name), name)
    own = {each.get("numFmtId"): _QUOTED.sub("", each.get("formatCode", "")) for each in root.iter("{*}numFmt")}
    is_date = {key for key, code in own.items() if re.search(r"[dyhs]|m{3}", code, re.IGNORECASE)} | {str(each) for each in _DATES}
    styles = root.find("{*}cellXfs")
    return frozenset(str(place) for place, each in enumerate(styles if styles is not None else ()) if each.get("numFmtId") in is_date)


def _read_rows(root: Any, strings: list[str], dates: frozenset[str], epoch: datetime) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for element in root.iter("{*}row"):
        number = _read_int(element.get("r"), len(rows) + 1)
        row: list[str] = []
        for cell in element.iterchildren("{*}c"):
            place = _find_column(cell.get("r", ""), len(row))
            row += [""] * (place - len(row))
            row.append(_read_cell(cell, strings, dates, epoch))
        cells += len(row) + max(0, number - len(rows))
        if cells > CELLS:
            raise Unreadable("the sheet has more cells than are allowed", why=f"limit {CELLS}")
        rows += [[] for _ in range(number - 1 - len(rows))]
        rows.append(row)
    _spread_merged(root, rows)
    return rows


def _read_int(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 9 else otherwise


def _find_column(reference: str, otherwise: int) -> int:
    """AB7 -> 27. A reference that goes back or too far is not believed."""
    letters = reference.rstrip("0123456789")
    place = 0
    for letter in letters[:4].upper():
        place = 26 * place + ord(letter) - 64
    return place - 1 if otherwise < place <= _COLUMNS else otherwise


def _read_cell(cell: Any, strings: list[str], dates: frozenset[str], epoch: datetime) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _read_string(cell).strip()
    value = (cell.findtext("{*}v") or "").strip()
    if kind == "s":
        place = _read_int(value, -1)
        return strings[place].strip() if 0 <= place < len(strings) else ""
    if kind == "b":
        return {"1": "true", "0": "false"}.get(value, value)
    if kind == "e":
        return ""  # #N/A is no word of anybody
    return read_number(value, cell.get("s", "0") in dates, epoch) if kind == "n" else value


def read_number(value: str, is_date: bool, epoch: datetime) -> str:
    """A number with as many digits as Excel keeps, or the date that it stands for; what is none as it stands."""
    try:
        number = float(value)
        if not is_date:
            return f"{number:.15g}"
        moment = epoch + timedelta(seconds=round(number * 86_400))
    except (ValueError, OverflowError):
        return value
    if number < 1:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}" if number == int(number) else f"{moment:%Y-%m-%d %H:%M:%S}"


def _spread_merged(root: Any, rows: list[list[str]]) -> None:
    """Give a cell that is merged over rows to each of them; over columns it stands once."""
    left = CELLS
    for each in root.iter("{*}mergeCell"):
        found = re.fullmatch(r"([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})", each.get("ref", ""))
        if found is None:
            continue
        column, first, last = _find_column(found[1], 0), int(found[2]), min(int(found[3]), len(rows))
        if not 0 < first <= len(rows) or column >= len(rows[first - 1]):
            continue
        left -= max(0, last - first) * (column + 1)
        if left < 0:
            raise Unreadable("the sheet has more merged cells than are allowed", why=f"limit {CELLS}")
        for row in filter(any, rows[first:last]):
            row += [""] * (column + 1 - len(row))
            row[column] = row[column] or rows[first - 1][column]
