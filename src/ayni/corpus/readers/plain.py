"""Plain text and Markdown, in UTF-8 or an older code page; fortune files, a saying a document.

    [Piece(text=..., title=<front matter or first heading>, date=..., url=..., country=...)]
    Dicho uno.\\n%\\nDicho dos.\\n       -> Piece("Dicho uno.", record="1"), Piece("Dicho dos.", record="2")

A fortune file has lines that are nothing but a per cent sign (strfile(1)): at least _MARKS of them, and short texts between.
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
_MARK = re.compile(r"^%[ \t]*$", re.MULTILINE)
_MARKS = 2
_SAYING = 4000  # characters, the mean between two marks; the real files have 150 to 400
_LINE = 8 << 20  # characters; the longest line of 18,000 real files has 58,075 bytes
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class PlainReader:
    """.txt and .md: the file is one document; .fortunes: many."""

    name = "plain"
    suffixes = (".txt", ".text", ".md", ".markdown", ".rst", ".fortunes")

    def probe(self, path: Path, head: bytes) -> bool:
        """Anything without NUL bytes may be text, but not XML of a kind that no reader knows."""
        return head.startswith(_WIDE) or (bool(head) and b"\0" not in head and not head.lstrip().startswith(b"<"))

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """One document, or one a saying. Raises Unreadable where there is no text."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        text = decode(data, str(options.get("encoding", "")))[0]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        markdown = path.suffix.lower() in _MARKDOWN
        if not markdown and _is_fortune_file(text):
            yield from _read_sayings(text)
            return
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


def _is_fortune_file(text: str) -> bool:
    marks = len(_MARK.findall(text)) if "\n%" in text else 0
    return marks >= _MARKS and len(text) <= _SAYING * marks and "\\begin{" not in text  # LaTeX comments out blank lines so


def _read_sayings(text: str) -> Iterator[Piece]:
    found = False
    for number, saying in enumerate(_MARK.split(text), 1):
        if saying.strip():
            found = True
            yield Piece(text=saying.strip("\n").rstrip(), record=str(number))
    if not found:
        raise Unreadable("the file holds no text", offset=0, why="nothing but marks")


READER = PlainReader()
