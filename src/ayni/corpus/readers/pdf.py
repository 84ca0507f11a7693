"""PDF by its text layer: recurring headers, footers and page numbers go, words cut at line ends are joined.

[Piece(text=..., title=...)]; without a text layer: Unreadable
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ayni.core.errors import MissingExtra, Unreadable
from ayni.corpus.readers.reader import Bad, Piece

_EDGE = 3  # lines at the top and the bottom of a page in which furniture is looked for
_NUMBER = re.compile(r"^\W*(?:p[áa]g(?:ina)?\.?\s*)?\d{1,4}(?:\s*(?:de|/)\s*\d{1,4})?\W*$", re.IGNORECASE)
_ITEM = re.compile(r"^(?:\d{1,3}[.)]\s|[IVXLC]{1,5}[.)]\s|[•·▪–—-]\s)")  # a numbered heading or a list item begins anew
_END = re.compile(r"[.:;?!»”\")\]]\s*$")


class PdfReader:
    """.pdf: one document a file."""

    name = "pdf"
    suffixes = (".pdf",)

    def probe(self, path: Path, head: bytes) -> bool:
        """The signature, which may stand a little after the beginning."""
        return b"%PDF-" in head[:1024]

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Read every page, drop furniture, flow lines into paragraphs."""
        pages, title = _read_pages(path)
        if not any(line.strip() for page in pages for line in page):
            raise Unreadable("no text layer", offset=0, why=f"{len(pages)} pages of images; OCR is not in this reader")
        yield Piece(text=flow([line for page in drop_furniture(pages) for line in page]), title=title)


def _read_pages(path: Path) -> tuple[list[list[str]], str]:
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtra("pypdfium2 is not installed", why=str(error), mend="pip install 'ayni[corpus]'") from error
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("not a readable PDF", offset=0, why=str(error)) from error
    try:
        pages = [page.get_textpage().get_text_bounded().splitlines() for page in document]
        return pages, str(document.get_metadata_dict().get("Title", ""))
    except pypdfium2.PdfiumError as error:
        raise Unreadable("a page of the PDF cannot be read", why=str(error)) from error
    finally:
        document.close()


def drop_furniture(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Without page numbers, and without lines that recur, but for digits, at the edge of half of the pages."""
    edges = Counter(shape for page in pages for shape in {_shape(line) for line in [*page[:_EDGE], *page[-_EDGE:]]})
    recurring = {shape for shape, times in edges.items() if len(pages) > 1 and times >= max(2, len(pages) / 2)}

    def is_furniture(place: int, line: str, length: int) -> bool:
        at_edge = place < _EDGE or place >= length - _EDGE
        return at_edge and (bool(_NUMBER.match(line.strip())) or _shape(line) in recurring)

    return [[line for place, line in enumerate(page) if not is_furniture(place, line, len(page))] for page in pages]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip().casefold())


def flow(lines: Sequence[str]) -> str:
    """Lines to paragraphs: a hyphen at a line's end joins a word, a full line without a full stop goes on."""
    widths = sorted(len(line) for line in lines if line.strip())
    usual = widths[int(0.8 * (len(widths) - 1))] if widths else 0
    paragraphs: list[str] = []
    going_on = False
    for raw in lines:
        line = raw.replace("\ufffe", "-").replace("\u00ad", "-").strip()
        if not line:
            going_on = False
            continue
        if going_on and re.search(r"[^\W\d_]-$", paragraphs[-1]) and line[0].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + line
        elif going_on and not _ITEM.match(line):
            paragraphs[-1] += " " + line
        else:
            paragraphs.append(line)
        going_on = len(line) > 0.6 * usual and not (_END.search(line) and len(line) < 0.9 * usual)
    return "\n".join(paragraphs)


READER = PdfReader()
