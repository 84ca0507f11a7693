"""Plain text and Markdown, in UTF-8 or an older code page.

[Piece(text=..., title=<front matter or first heading>, date=..., url=..., country=...)]
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.front_matter import describe, split_front_matter
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_MARKDOWN = (".md", ".markdown")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE = 8 << 20  # characters; the longest line of 18,000 real files has 58,075 bytes
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class PlainReader:
    """.txt and .md: the file is one document."""

    name = "plain"
    suffixes = (".txt", ".text", ".md", ".markdown", ".rst")

    def probe(self, path: Path, head: bytes) -> bool:
        """Anything without NUL bytes may be text, but not XML of a kind that no reader knows, nor what only calls itself XML."""
        if path.suffix.lower() == ".xml":
            return False
        return head.startswith(_WIDE) or (bool(head) and b"\0" not in head and not head.lstrip().startswith(b"<"))

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """One document. Raises Unreadable where there is no text."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        text = decode(data, str(options.get("encoding", "")))[0]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        markdown = path.suffix.lower() in _MARKDOWN
        fields, body = split_front_matter(text)
        if markdown and "<!--" in body:
            body = _COMMENT.sub("", body)
        if not body.strip():
            raise Unreadable("the file holds no text", offset=len(data), why="nothing but front matter" if fields else "")
        if len(body) > _LINE and max(map(len, body.split("\n"))) > _LINE:
            raise Unreadable("a line without an end", offset=0, why=f"more than {_LINE} characters; nobody writes so")
        about = describe(fields)
        about["title"] = about.get("title") or _first_heading(body)
        yield Piece(text=body, **about)


def _first_heading(body: str) -> str:
    """The text of a Markdown heading on the first line that has any."""
    first = body.lstrip()[:1000].split("\n", 1)[0].strip()
    return first.strip("# ").strip("*_") if re.match("#{1,6} ", first) else ""


READER = PlainReader()
