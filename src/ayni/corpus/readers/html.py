"""Web pages: encoding by mark, declaration and statistics; the main text by trafilatura, without menus and footers.

[Piece(text=..., title=..., language=<html lang>, date=...)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import MissingExtra, Unreadable
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_LANG = re.compile(r"<html[^>]{0,400}\blang\s*=\s*[\"']?([A-Za-z-]+)", re.IGNORECASE)
_HEAD = 4096


class HtmlReader:
    """.html: one document a page."""

    name = "html"
    suffixes = (".html", ".htm", ".xhtml")

    def probe(self, path: Path, head: bytes) -> bool:
        """A doctype or an html element near the beginning."""
        return re.search(rb"<!doctype html|<html[\s>]", head[:_HEAD], re.IGNORECASE) is not None

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Decode, extract, keep title, date and language."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        declared = _CHARSET.search(data[:_HEAD])
        page, _ = decode(data, declared.group(1).decode("ascii") if declared else "")
        yield extract(page)


def extract(page: str) -> Piece:
    """The main text of a decoded page. Raises Unreadable where there is none."""
    try:
        import trafilatura
    except ImportError as error:
        raise MissingExtra("trafilatura cannot be imported", why=str(error), mend="pip install 'ayni[corpus]'") from error
    found = trafilatura.bare_extraction(
        page,
        include_comments=False,
        include_tables=True,
        favor_precision=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},  # else a year in the text becomes its date
    )
    body = found.as_dict() if found is not None else {}
    if not body.get("text"):
        raise Unreadable("no main text in the page", offset=0, why="nothing but page furniture, or not HTML")
    language = _LANG.search(page[:_HEAD])
    tag = language.group(1).split("-")[0].lower() if language else ""
    return Piece(text=body["text"], title=body.get("title") or "", date=body.get("date") or "", language=tag)


READER = HtmlReader()
