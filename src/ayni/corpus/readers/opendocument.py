"""OpenDocument texts (.odt): headings, paragraphs, list items and table rows as lines; notes after the text.

    [Piece(text="Ley de aguas\\nArtículo 1. ...", title="Ley de aguas")]

Headers and footers stand in another member and are not read; deleted text of tracked changes and comments are left out.
Source: ODF 1.3 part 3, 5 and 6. Spreadsheets are read by spreadsheet.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import open_zip, parse_xml, read_member
from ayni.corpus.readers.reader import Bad, Piece

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, _DRAW = (f"{_NAMES}{name}:1.0}}" for name in ("office", "text", "table", "drawing"))
_DC = "{http://purl.org/dc/elements/1.1/}"
_LEFT_OUT = {f"{TEXT}tracked-changes", f"{OFFICE}annotation", f"{TEXT}note-citation", f"{TEXT}sequence-decls", f"{OFFICE}forms"}
_BREAK = "\0"  # no XML holds it
_MARKS = {f"{TEXT}tab": " ", f"{TEXT}s": " ", f"{TEXT}line-break": _BREAK}
_DEPTH = 200  # of tables, frames and lists in one another


class OpenDocumentReader:
    """.odt and .ott: one document a file."""

    name = "opendocument"
    suffixes = (".odt", ".ott")

    def probe(self, path: Path, head: bytes) -> bool:
        """A zip archive whose first member states the media type."""
        return head.startswith(b"PK\x03\x04") and b"opendocument.text" in head[:200]

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """The body's blocks in order, then its notes."""
        with open_zip(path) as archive:
            members = archive.namelist()
            root = parse_xml(read_member(archive, "content.xml"), "content.xml")
            meta = parse_xml(read_member(archive, "meta.xml"), "meta.xml") if "meta.xml" in members else None
        body = root.find(f"{OFFICE}body/{OFFICE}text")
        notes: list[str] = []
        lines = [] if body is None else list(_read_blocks(body, notes, 0))
        text = "\n".join(filter(None, [*lines, *notes])).strip()
        if not text:
            raise Unreadable("the document holds no text", offset=0)
        title = "" if meta is None else (meta.findtext(f".//{_DC}title") or "").strip()
        yield Piece(text=text, title=title)  # the properties' language is the locale of a desk, not the text's


def _read_blocks(parent: Any, notes: list[str], depth: int) -> Iterator[str]:
    """Lines of the blocks below an element."""
    if depth > _DEPTH:
        raise Unreadable("the document is nested too deeply", why=f"limit {_DEPTH}")
    for element in parent.iterchildren("*"):
        if element.tag in _LEFT_OUT:
            continue
        if element.tag in (f"{TEXT}p", f"{TEXT}h"):
            line, boxes = read_inline(element, notes)
            yield line
            for box in boxes:
                yield from _read_blocks(box, notes, depth + 1)
        elif element.tag == f"{TABLE}table-row":
            cells = element.iterchildren(f"{TABLE}table-cell")
            yield " | ".join(" ".join(filter(None, _read_blocks(cell, notes, depth + 1))) for cell in cells)
        elif element.tag == f"{TEXT}list-item":
            lines = list(filter(None, _read_blocks(element, notes, depth + 1)))
            yield from [f"- {lines[0]}" if not lines[0].startswith("- ") else lines[0], *lines[1:]] if lines else []
        else:
            yield from _read_blocks(element, notes, depth + 1)


def read_inline(element: Any, notes: list[str] | None = None) -> tuple[str, list[Any]]:
    """A paragraph's text, and the text boxes that are anchored in it. The text of notes goes to `notes`."""
    out: list[str] = []
    boxes: list[Any] = []
    stack: list[Any] = [element]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            out.append(each)
        elif each.tag == f"{TEXT}note":
            body = each.find(f"{TEXT}note-body")
            if notes is not None and body is not None:
                notes.append(" ".join("".join(body.itertext()).split()))
        elif each.tag == f"{_DRAW}text-box":
            boxes.append(each)
        elif each.tag not in _LEFT_OUT:
            out.append(_MARKS.get(each.tag, ""))
            for child in reversed(list(each.iterchildren("*"))):
                stack += [text for text in (child.tail,) if text] + [child]
            if each.text:
                out.append(each.text)
    return "\n".join(" ".join(line.split()) for line in "".join(out).split(_BREAK)), boxes


READER = OpenDocumentReader()
