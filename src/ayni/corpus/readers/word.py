"""Word documents (.docx): paragraphs with the numbers of their lists, table rows, text boxes; notes after the text.

    [Piece(text="Circular 4\\nArtículo 1. ...\\nn1 | n2", title=<core property>)]

Read from the XML directly: no macros, no external parts. Of tracked changes what was inserted stands and what was deleted does not;
headers, footers, comments and hidden text are left out. Source: ECMA-376 part 1, 17 (WordprocessingML). The binary .doc is named
with its conversion.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import open_zip, parse_xml, read_member
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.word_lists import Lists, W, read_lists

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
_LEFT_OUT = {f"{W}del", f"{W}moveFrom", f"{_MC}Fallback", f"{W}pPr", f"{W}rPr", f"{W}instrText", f"{W}delText"}
_HIDING = ("1", "true", "on", None)
_DEPTH = 100  # of tables and text boxes in one another


class WordReader:
    """.docx, .docm: one document a file; the binary .doc is named with its conversion."""

    name = "word"
    suffixes = (".docx", ".docm", ".dotx", ".doc")

    def probe(self, path: Path, head: bytes) -> bool:
        """A zip archive that names WordprocessingML's folder early, or the container of the old binary formats."""
        return (head.startswith(b"PK\x03\x04") and b"word/" in head) or head.startswith(_OLE)

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """The body's blocks in order, then footnotes and endnotes in the order of their marks."""
        with path.open("rb") as stream:
            if stream.read(8) == _OLE:
                why = "the binary format before 2007, or an encrypted document"
                raise Unreadable("an old Office file", offset=0, why=why, mend="libreoffice --headless --convert-to docx FILE")
        with open_zip(path) as archive:
            body = parse_xml(read_member(archive, "word/document.xml"), "word/document.xml").find(f"{W}body")
            core = _read_part(archive, "docProps/core.xml")
            lists = read_lists(_read_part(archive, "word/numbering.xml"), _read_part(archive, "word/styles.xml"))
            lines = [] if body is None else [*_read_blocks(body, lists, 0), *_read_notes(archive, body, lists)]
        text = "\n".join(filter(None, lines)).strip()
        if not text:
            raise Unreadable("the document holds no text", offset=0)
        title = "" if core is None else (core.findtext(f"{_DC}title") or "").strip()
        yield Piece(text=text, title=title)  # the properties' language is the locale of a desk, not the text's


def _read_part(archive: zipfile.ZipFile, name: str) -> Any:
    return parse_xml(read_member(archive, name), name) if name in archive.namelist() else None


def _read_blocks(parent: Any, lists: Lists, depth: int) -> Iterator[str]:
    """Lines of the paragraphs and tables below an element."""
    if depth > _DEPTH:
        raise Unreadable("the document is nested too deeply", why=f"limit {_DEPTH}")
    for element in parent.iterchildren("*"):
        if element.tag == f"{W}p":
            text, boxes = _read_paragraph(element)
            yield lists.number(element) + text if text else ""
            for box in boxes:
                yield from _read_blocks(box, lists, depth + 1)
        elif element.tag == f"{W}tr":
            if element.find(f"{W}trPr/{W}del") is None:
                cells = [cell for cell in element.iter(f"{W}tc") if _owns(element, cell)]
                yield " | ".join(" ".join(filter(None, _read_blocks(cell, lists, depth + 1))) for cell in cells)
        elif element.tag not in _LEFT_OUT:
            yield from _read_blocks(element, lists, depth + 1)


def _owns(row: Any, cell: Any) -> bool:
    """Whether a cell is the row's, and not that of a table inside a cell."""
    return next(cell.iterancestors(f"{W}tr"), None) is row


def _read_paragraph(element: Any) -> tuple[str, list[Any]]:
    """A paragraph's text, and the text boxes that are anchored in it."""
    out: list[str] = []
    boxes: list[Any] = []
    stack = [element]
    while stack:
        each = stack.pop()
        if each.tag in _LEFT_OUT or (each.tag == f"{W}r" and _is_hidden(each)):
            continue
        if each.tag == f"{W}txbxContent":
            boxes.append(each)
        elif each.tag == f"{W}t":
            out.append(each.text or "")
        else:
            out.append(_MARKS.get(each.tag, ""))
            stack += reversed(list(each.iterchildren("*")))
    return "".join(out).strip(), boxes


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val") in _HIDING


def _read_notes(archive: zipfile.ZipFile, body: Any, lists: Lists) -> Iterator[str]:
    """Footnotes, then endnotes; those whose mark was deleted are left out with it."""
    for kind in ("footnote", "endnote"):
        root = _read_part(archive, f"word/{kind}s.xml")
        notes = {} if root is None else {note.get(f"{W}id"): note for note in root.iterchildren(f"{W}{kind}")}
        for mark in body.iter(f"{W}{kind}Reference"):
            note = notes.pop(mark.get(f"{W}id"), None)
            if note is not None and next(mark.iterancestors(f"{W}del", f"{W}moveFrom"), None) is None:
                yield " ".join(filter(None, _read_blocks(note, lists, 0)))


READER = WordReader()
