"""XML parsed safely, and the text of a tree by paragraphs and lines: what all readers of markup share.

    root = parse_xml(data, "novela.xml")
    mark(root, PARAGRAPH, "p", "head"); mark(root, LINE, "l")
    text_of(root)        -> "Capítulo I\\n\\nEra una noche ..."

No entity is expanded, no DTD loaded, no network touched. Bytes that are not in the declared encoding are read as
`text.encoding` reads any file; the HTML names that XHTML uses without a DTD (&nbsp; &aacute;) are letters. `mark` writes
noncharacters of Unicode into the tree, so that one pass in C gives the text of a tree of any size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.entities import html5
from typing import Any

from ayni.core.errors import MissingExtra, Unreadable
from ayni.text.encoding import decode

LINE, PARAGRAPH = "\ufdd0", "\ufdd1"  # noncharacters: Unicode keeps them for use inside of a program
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_OWN = {b"amp", b"lt", b"gt", b"quot", b"apos"}
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)")
_DOUBLED = re.compile(rb"\xc3\x83\xc2[\x80-\xbf]")  # a letter of UTF-8 that was read as two of Latin-1
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
# ISO 639-2 and 639-3 codes of languages that have a shorter code in ISO 639-1, which BCP 47 wants where there is one
_SHORTER = {
    **{"spa": "es", "por": "pt", "eng": "en", "fra": "fr", "fre": "fr", "ita": "it", "deu": "de", "ger": "de", "lat": "la"},
    **{"cat": "ca", "glg": "gl", "eus": "eu", "baq": "eu", "hat": "ht", "que": "qu", "aym": "ay", "grn": "gn"},
}


def parse_xml(data: bytes, name: str) -> Any:
    """The root of a document. Raises Unreadable with the offset of the place where parsing stopped."""
    declared = _DECLARED.match(data)
    if b"\0" in data[:4] or (declared and declared.group(1).lower() != b"utf-8"):
        data = _recode(data)  # UTF-16 hides what is searched for below; Latin-1 is often stated of UTF-8
    if b"<!DOCTYPE" in data and b"<!ENTITY" in data:
        raise Unreadable(f"'{name}' declares entities", offset=data.index(b"<!ENTITY"), why="entity expansion is refused")
    data = _name_letters(data)
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtra("lxml cannot be imported", why=str(error), mend="pip install 'ayni[corpus]'") from error
    try:
        return _parse(data)
    except etree.XMLSyntaxError as error:
        recoded = _recode(data)
        if recoded != data and not (_DOUBLED.search(recoded) and not _DOUBLED.search(data)):
            try:
                return _parse(recoded)
            except etree.XMLSyntaxError:
                pass  # the first complaint is about the file as it is
        line, column = error.position
        offset = sum(len(each) + 1 for each in data.split(b"\n")[: line - 1]) + max(0, column - 1)
        raise Unreadable(f"'{name}' is not well-formed XML", offset=min(offset, len(data)), why=str(error.msg)) from error


def _parse(data: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    return etree.fromstring(data, parser)


def _recode(data: bytes) -> bytes:
    """The document in UTF-8, without a declaration and without the control characters that XML forbids."""
    declared = _DECLARED.match(data)
    text, _ = decode(data, declared.group(1).decode("ascii") if declared else "")
    return _DECLARATION.sub("", text).translate(_CONTROLS).encode()


def _name_letters(data: bytes) -> bytes:
    """Numbers for the names of HTML; sections of CDATA are as they are."""
    first, *sections = data.split(b"<![CDATA[")
    parts = [_ENTITY.sub(_number_letter, first)]
    for section in sections:
        inside, end, after = section.partition(b"]]>")
        parts += [b"<![CDATA[", inside, end, _ENTITY.sub(_number_letter, after)]
    return b"".join(parts)


def _number_letter(match: re.Match[bytes]) -> bytes:
    letters = None if match.group(1) in _OWN else html5.get(f"{match.group(1).decode('ascii')};")
    return match.group() if letters is None else "".join(f"&#{ord(letter)};" for letter in letters).encode("ascii")


def local(element: Any) -> str:
    """An element's name without its namespace; empty for what is no element (an entity that nobody resolved)."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def mark(root: Any, sign: str, *names: str) -> None:
    """Begin and end a line or paragraph at these elements, of any namespace."""
    for element in root.iter(*(f"{{*}}{name}" for name in names)):
        element.text = sign + (element.text or "")
        element.tail = sign + (element.tail or "")


def substitute(element: Any, text: str) -> None:
    """A text instead of what an element holds; the element stays, so that a million of them cost no more than one each."""
    element.clear(keep_tail=True)
    element.text = text


def drop(root: Any, *names: str) -> None:
    """Empty elements; what follows them stays."""
    for element in list(root.iter(*(f"{{*}}{name}" for name in names))):
        element.clear(keep_tail=True)


def mark_cells(root: Any, row: str, *cells: str) -> None:
    """A table's row becomes a line, its cells parted by a bar."""
    mark(root, LINE, row)
    for element in root.iter(f"{{*}}{row}"):
        for cell in [each for each in element if local(each) in cells][1:]:
            cell.text = " | " + (cell.text or "")


def text_of(root: Any) -> str:
    """The text of a marked tree: white space as XML means it, lines and paragraphs where the marks stand."""
    return join_marked("".join(root.itertext()))


def join_marked(text: str) -> str:
    """Marked text as lines, with a blank line between paragraphs."""
    paragraphs = []
    for paragraph in text.split(PARAGRAPH):
        lines = [line for line in (" ".join(each.split()) for each in paragraph.split(LINE)) if line]
        if lines:
            paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


def inline_text(element: Any | None) -> str:
    """An element's text in one line; empty where there is no element."""
    return "" if element is None else " ".join("".join(element.itertext()).replace(LINE, " ").replace(PARAGRAPH, " ").split())


def first_text(elements: Iterable[Any]) -> str:
    """The first text that is not empty."""
    return next(filter(None, map(inline_text, elements)), "")


def language_tag(stated: str) -> str:
    """A stated language as a tag of two or three letters; empty where it is none ("C", a locale's name, is real)."""
    code = stated.strip().replace("_", "-").split("-")[0].lower()
    return _SHORTER.get(code, code) if re.fullmatch("[a-z]{2,3}", code) else ""
