"""EPUB books: the chapters of the spine, in order, as one document each of the same group.

    [Piece(text=..., title=..., record="1", group=<the file>), ...]

Everything in a chapter's body is read; only the book's own table of contents is not. A chapter that is not XML is read
as the HTML that it nearly is. Source: EPUB 3.3 (W3C): META-INF/container.xml names the package, its spine the order.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag
from zipfile import ZipFile

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import open_zip, read_member
from ayni.corpus.readers.markup import (
    LINE,
    drop,
    first_text,
    language_tag,
    mark,
    mark_cells,
    parse_xml,
    substitute,
    text_of,
)
from ayni.corpus.readers.mathml import render
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_BLOCKS = (
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "blockquote", "figcaption", "caption", "br", "hr", "div", "section",
    "article", "aside", "header", "footer", "main", "nav", "ul", "ol", "dl", "table", "pre", "figure", "address", "center",
)  # fmt: skip
_DC = "{http://purl.org/dc/elements/1.1/}"
_MATH = "{http://www.w3.org/1998/Math/MathML}math"


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
            about = Piece(
                "",
                title=first_text(package.iter(f"{_DC}title")),
                language=next(filter(None, (language_tag(each.text or "") for each in package.iter(f"{_DC}language"))), ""),
                license=first_text(package.iter(f"{_DC}rights")),
            )
            locked = _list_encrypted(archive)
            found = False
            for place, name in enumerate(_list_chapters(package, root), 1):
                try:
                    if name in locked:
                        raise Unreadable(f"'{name}' is encrypted", why="META-INF/encryption.xml")
                    text, title, language = _read_chapter(read_member(archive, name), name)
                except Unreadable as error:
                    found = True
                    yield Bad(str(place), str(error), error.offset)
                    continue
                if text:
                    found = True
                    yield replace(about, text=text, title=title or about.title, language=about.language or language, record=str(place))
        if not found:
            raise Unreadable("the book holds no text", offset=0)


def _list_encrypted(archive: ZipFile) -> set[str]:
    """Members that need a key; obfuscated fonts are among them and are no chapters."""
    name = "META-INF/encryption.xml"
    if name not in archive.namelist():
        return set()
    return {unquote(each.get("URI") or "") for each in parse_xml(read_member(archive, name), name).iter("{*}CipherReference")}


def _list_chapters(package: Any, root: str) -> list[str]:
    """Names of the spine's members; a path that leaves the archive is refused."""
    items = {each.get("id"): each for each in package.iter("{*}item")}
    names = []
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(root), unquote(urldefrag(item.get("href") or "").url)))
        if name.startswith(("../", "/")):
            raise Unreadable("the book points outside of itself", why=f"chapter at '{name}'")
        names.append(name)
    return list(dict.fromkeys(names))  # none may stand there twice, and a thousand times is a bomb


def _read_chapter(data: bytes, name: str) -> tuple[str, str, str]:
    """Text, title and language."""
    try:
        tree = parse_xml(data, name)
    except Unreadable as error:
        if "entities" in error.what or not data.strip():
            raise
        tree = _parse_html(data, error)
    language = language_tag(tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("lang") or "")
    body = next(tree.iter("{*}body"), tree)
    drop(body, "script", "style", "template")
    for formula in list(body.iter(_MATH)):
        substitute(formula, render(formula))
    title = first_text(body.iter("{*}h1", "{*}h2"))
    mark(body, LINE, *_BLOCKS)
    mark_cells(body, "tr", "td", "th")
    for block in body.iter("{*}pre"):
        for part in block.iter("{*}*"):
            part.text = (part.text or "").replace("\n", LINE)
    return text_of(body), title, language


def _parse_html(data: bytes, error: Unreadable) -> Any:
    """What is no XML, by the rules of HTML. Raises the first error where that is empty too."""
    from lxml import etree

    text, _ = decode(data)
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    try:
        tree = etree.fromstring(text, etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError:
        tree = None
    if tree is None:
        raise error
    return tree


READER = EpubReader()
