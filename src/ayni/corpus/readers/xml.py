"""XML: the root element says which kind; one file a kind (TEI, Akoma Ntoso, CNXML, CES scriptures), any other by blocks.

    [Piece(text="Primer párrafo.\\nSegundo párrafo.", title=<the first title>, language=<xml:lang>)]

MARCXML and XHTML have readers of their own. Where nothing is known of the elements, one that stands between words is inline
and every other is a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers import akoma_ntoso, cnxml, scripture, tei
from ayni.corpus.readers.markup import LINE, first_text, language_tag, local, parse_xml, text_of
from ayni.corpus.readers.reader import Bad, Piece

_KINDS: dict[str, ModuleType] = {name: module for module in (tei, akoma_ntoso, cnxml, scripture) for name in module.ROOTS}
_BLOCKS = {"p", "para", "div", "section", "title", "head", "item", "li", "row", "tr", "list", "table"}  # lines wherever they stand
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class XmlReader:
    """.xml, .tei, .akn, .cnxml: one document a work."""

    name = "xml"
    suffixes = (".tei", ".akn", ".cnxml")

    def probe(self, path: Path, head: bytes) -> bool:
        """A declaration or an element at the beginning, in UTF-8 or UTF-16."""
        plain = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"").lstrip()
        return re.match(rb"<\?xml[\s?]|<!DOCTYPE\s|<!--|<[A-Za-z_][\w.:-]*[\s/>]", plain) is not None

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Parse once, and let the root choose who reads. Raises Unreadable where the tree holds no text."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        root = parse_xml(data, path.name)
        kind = _KINDS.get(root.tag) or _KINDS.get(local(root))
        found = False
        for each in kind.read(root) if kind is not None else _read_any(root):
            found = True
            yield each
        if not found:
            raise Unreadable("the XML holds no text", offset=0, why=f"nothing but mark-up under <{local(root)}>")


def _read_any(root: Any) -> Iterator[Piece | Bad]:
    title = first_text(root.iter("{*}title"))
    mixed = {each.getparent() for each in root.iter("{*}*") if (each.tail or "").strip() and each is not root}
    mixed |= {each for each in root.iter("{*}*") if len(each) and (each.text or "").strip()}
    for element in list(root.iter("{*}*")):
        if element is not root and (local(element) in _BLOCKS or element.getparent() not in mixed):
            element.text = LINE + (element.text or "")
            element.tail = LINE + (element.tail or "")
    text = text_of(root)
    if text:
        yield Piece(text, title=title, language=language_tag(root.get(_LANG) or root.get("lang") or ""))


READER = XmlReader()
