"""EPUB books: the chapters of the spine, in order, as one document each of the same group.

    [Piece(text=..., title=..., record="1", group=<the file>), ...]

Source: EPUB 3.3 (W3C): META-INF/container.xml names the package, its spine the reading order.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import open_zip, parse_xml, read_member
from ayni.corpus.readers.reader import Bad, Piece

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "dt", "dd", "blockquote", "pre", "figcaption", "caption"}
_DC = "{http://purl.org/dc/elements/1.1/}"


class EpubReader:
    """.epub: one document a chapter."""

    name = "epub"
    suffixes = (".epub",)

    def probe(self, path: Path, head: bytes) -> bool:
        """The mimetype member stands first, by the standard."""
        return b"application/epub+zip" in head[:128]

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Every chapter with text; a chapter that cannot be read is a bad record."""
        with open_zip(path) as archive:
            container = parse_xml(read_member(archive, "META-INF/container.xml"), "META-INF/container.xml")
            root = next((each.get("full-path") for each in container.iter("{*}rootfile")), None)
            if root is None:
                raise Unreadable("the book names no package document", why="META-INF/container.xml has no rootfile")
            package = parse_xml(read_member(archive, root), root)
            stated = next((each.text or "" for each in package.iter(f"{_DC}language")), "").split("-")[0].lower()
            language = stated if re.fullmatch("[a-z]{2,3}", stated) else ""  # "C", a locale's name, stands in real books
            book = next((each.text or "" for each in package.iter(f"{_DC}title")), "")
            found = 0
            for place, name in enumerate(_list_chapters(package, root), 1):
                try:
                    text, title = _read_chapter(parse_xml(read_member(archive, name), name))
                except Unreadable as error:
                    yield Bad(str(place), str(error), error.offset)
                    continue
                if text:
                    found += 1
                    yield Piece(text=text, title=title or book, language=language, record=str(place))
        if not found:
            raise Unreadable("the book holds no text", offset=0)


def _list_chapters(package: Any, root: str) -> list[str]:
    """Names of the spine's members; a path that leaves the archive is refused."""
    items = {each.get("id"): each for each in package.iter("{*}item")}
    names = []
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(root), unquote(item.get("href") or "")))
        if name.startswith(("../", "/")):
            raise Unreadable("the book points outside of itself", why=f"chapter at '{name}'")
        names.append(name)
    return names


def _read_chapter(tree: Any) -> tuple[str, str]:
    blocks = []
    title = ""
    for element in tree.iter("{*}*"):
        tag = element.tag.rpartition("}")[2]
        nested = any(parent.tag.rpartition("}")[2] in _BLOCKS for parent in element.iterancestors() if isinstance(parent.tag, str))
        if tag in _BLOCKS and not nested:
            line = " ".join("".join(element.itertext()).split())
            if line:
                blocks.append(line)
            if tag in ("h1", "h2") and not title:
                title = line
    return "\n".join(blocks), title


READER = EpubReader()
