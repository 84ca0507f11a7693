"""Plain text and Markdown, in UTF-8 or an older code page.

[Piece(text=..., title=first heading)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode


class PlainReader:
    """.txt and .md: the file is one document."""

    name = "plain"
    suffixes = (".txt", ".text", ".md", ".markdown", ".rst")

    def probe(self, path: Path, head: bytes) -> bool:
        """Anything without NUL bytes may be text, but not XML of a kind that no reader knows."""
        return bool(head) and b"\0" not in head and not head.lstrip().startswith(b"<")

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """One document; a Markdown heading on the first line is its title."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        text, _ = decode(data, str(options.get("encoding", "")))
        first = text.lstrip().split("\n", 1)[0].strip()
        yield Piece(text=text, title=first.lstrip("# ").strip() if first.startswith("#") else "")


READER = PlainReader()
