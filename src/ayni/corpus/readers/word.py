"""Word documents (.docx): paragraphs and table rows, in the order in which they stand.

    [Piece(text=..., title=<core property>)]

Read from word/document.xml directly: no macros, no external parts. Source: ECMA-376, WordprocessingML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import open_zip, parse_xml, read_member
from ayni.corpus.readers.reader import Bad, Piece

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


class WordReader:
    """.docx: one document a file."""

    name = "word"
    suffixes = (".docx",)

    def probe(self, path: Path, head: bytes) -> bool:
        """A zip archive that names WordprocessingML's folder early."""
        return head.startswith(b"PK\x03\x04") and b"word/" in head

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Paragraphs as lines; cells of a table row apart by a bar."""
        with open_zip(path) as archive:
            body = parse_xml(read_member(archive, "word/document.xml"), "word/document.xml").find(f"{_W}body")
            title = ""
            if "docProps/core.xml" in archive.namelist():
                title = parse_xml(read_member(archive, "docProps/core.xml"), "docProps/core.xml").findtext(_TITLE) or ""
        lines = [line for child in (body if body is not None else []) for line in _read_block(child)]
        text = "\n".join(lines).strip()
        if not text:
            raise Unreadable("the document holds no text", offset=0)
        yield Piece(text=text, title=title)


def _read_block(element: Any) -> Iterator[str]:
    if element.tag == f"{_W}p":
        yield _read_paragraph(element)
    elif element.tag == f"{_W}tbl":
        for row in element.iter(f"{_W}tr"):
            yield " | ".join(" ".join(_read_paragraph(each) for each in cell.iter(f"{_W}p")) for cell in row.findall(f"{_W}tc"))
    elif element.tag == f"{_W}sdt":
        for child in element.iter(f"{_W}p"):
            yield _read_paragraph(child)


def _read_paragraph(element: Any) -> str:
    marks = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
    return "".join(each.text or "" if each.tag == f"{_W}t" else marks.get(each.tag, "") for each in element.iter())


READER = WordReader()
