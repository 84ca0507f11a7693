"""Web pages: encoding by mark, header, declaration and statistics; the main text by resiliparse, without menus and footers.

    [Piece(text=..., title=<og:title, h1 or title>, language=<html lang>, date=..., url=<canonical>)]

Where the main text holds less than half of the body's prose (lines of _PROSE characters and more), the body's text is
taken, menus and all: losing a page is worse than a menu. Of resiliparse and trafilatura the first was chosen by
benchmarks/web_pages.py: trafilatura loses headings of laws ("CAPÍTULO I") and takes three to seven times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ayni.core.errors import MissingExtra, Unreadable
from ayni.corpus.readers.markup import language_tag
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)|<\?xml[^>]{0,80}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE
)
_HEAD = 4096
_PROSE = 100  # characters; menu entries and captions are shorter
_DEEP = 2000  # resiliparse's time grows with the square of the depth: 4 s at 10,000, 268 s at 100,000; browsers stop at 512
_FURNITURE = ["[id*=breadcrumb i]", "[class*=breadcrumb i]", "[id*=byline i]", "[class*=byline i]", "template"]
_DATES = (
    "article:published_time",
    "datePublished",
    "DC.date.created",
    "DC.date",
    "dcterms.date",
    "dcterms.created",
    "citation_date",
    "date",
)
_DATE = re.compile(r"\s*(\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d)")
_DTD = re.compile(r"<!DOCTYPE[^>\[]*\[.*?\]\s*>", re.DOTALL | re.IGNORECASE)
_INLINE = re.compile(r"</?(?:font|span|[abiu]|strong|em|small|big|center)\b[^<>]*>", re.IGNORECASE)
_BLANK = re.compile(r"[^\S\n]+$", re.MULTILINE)


class HtmlReader:
    """.html: one document a page."""

    name = "html"
    suffixes = (".html", ".htm", ".xhtml")

    def probe(self, path: Path, head: bytes) -> bool:
        """A doctype or an html element near the beginning."""
        return re.search(rb"<!doctype html|<html[\s>]", head[:_HEAD], re.IGNORECASE) is not None

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Decode (`encoding`: what a header said), extract, keep title, date, address and language."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        yield extract(decode_page(data, str(options.get("encoding", "") or options.get("charset", ""))))


def decode_page(data: bytes, stated: str = "") -> str:
    """The characters of a page; what a header states goes before what the page itself states."""
    declared = _CHARSET.search(data[:_HEAD])
    inside = (declared[1] or declared[2]).decode("ascii") if declared else ""
    return decode(data, stated or inside)[0]


def extract(page: str) -> Piece:
    """The main text of a decoded page. Raises Unreadable where there is none."""
    tree = _parse(page)
    text = _text(tree, main=True)
    body = _text(tree, main=False)
    if not body:
        raise Unreadable("no main text in the page", offset=0, why="nothing but page furniture, or not HTML")
    if 2 * _count_prose(text) < _count_prose(body) or not text:
        text = body
    return Piece(text, title=_title(tree), date=_date(tree), url=_address(tree), language=_language(tree))


def body_text(fragment: str) -> str:
    """All text of a piece of HTML, by paragraphs."""
    return _text(_parse(fragment), main=False)


def _parse(page: str) -> Any:
    try:
        from resiliparse.parse.html import HTMLTree
    except ImportError as error:
        raise MissingExtra("resiliparse cannot be imported", why=str(error), mend="pip install 'ayni[corpus]'") from error
    if "<!ENTITY" in page:
        page = _DTD.sub("", page, count=1)  # means nothing in HTML, and its end would be text
    if _is_deep(page):
        page = _INLINE.sub("", page)  # thousands of <font> that nobody closed
    if _is_deep(page):
        raise Unreadable("elements are nested too deeply", offset=0, why=f"more than {_DEEP}")
    return HTMLTree.parse(page)


def _is_deep(page: str) -> bool:
    """Whether more than _DEEP elements stand open at once; what has no end tag counts only while nothing closes."""
    if page.count("<") <= _DEEP:
        return False
    data = np.frombuffer(page.encode("utf-8", "replace") + b"   ", dtype=np.uint8)
    places = np.flatnonzero(data == ord("<"))
    names = data[places + 1]
    second = data[places + 2]
    paragraph = ((names | 32) == ord("p")) & np.isin(second, [ord(">"), ord(" "), ord("\n")])
    begins = (names | 32 >= ord("a")) & (names | 32 <= ord("z")) & ~paragraph
    for void in (b"br", b"im", b"in", b"hr", b"me", b"li", b"td", b"tr", b"th", b"dt", b"dd", b"op"):  # never open, or closed by the next
        begins &= ~(((names | 32) == void[0]) & ((second | 32) == void[1]))
    steps = begins.astype(np.int64) - (names == ord("/"))
    levels = np.cumsum(steps)
    return bool((levels - np.minimum.accumulate(np.minimum(levels, 0))).max(initial=0) > _DEEP)


def _text(tree: Any, *, main: bool) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    found = extract_plain_text(tree, main_content=main, alt_texts=False, skip_elements=_FURNITURE if main else ["template"])
    return re.sub(r"\n{3,}", "\n\n", _BLANK.sub("", found.replace("\t\t", " | "))).strip()


def _count_prose(text: str) -> int:
    return sum(len(line) for line in text.split("\n") if len(line) >= _PROSE)


def _line(node: Any) -> str:
    return "" if node is None else " ".join(node.text.split())


def _meta(tree: Any, *names: str) -> str:
    """The content of the first meta element of these names that has one."""
    found: dict[str, str] = {}
    for node in tree.head.get_elements_by_tag_name("meta") if tree.head is not None else []:
        name = node.getattr("property") or node.getattr("name") or node.getattr("itemprop") or node.getattr("http-equiv") or ""
        found.setdefault(name.lower(), " ".join((node.getattr("content") or "").split()))
    return next((found[name.lower()] for name in names if found.get(name.lower())), "")


def _title(tree: Any) -> str:
    headings = [line for line in map(_line, tree.document.get_elements_by_tag_name("h1")) if line]
    return _meta(tree, "og:title") or (headings[0] if len(headings) == 1 else "") or " ".join((tree.title or "").split())


def _date(tree: Any) -> str:
    stamp = _DATE.match(_meta(tree, *_DATES))
    return stamp[1].replace("/", "-") if stamp else ""


def _address(tree: Any) -> str:
    link = tree.document.query_selector("link[rel=canonical]")
    stated = (link.getattr("href") if link is not None else "") or _meta(tree, "og:url")
    return stated if stated.startswith(("http://", "https://")) else ""


def _language(tree: Any) -> str:
    root = tree.document.query_selector("html")
    stated = (root.getattr("lang") or root.getattr("xml:lang") or "") if root is not None else ""
    return language_tag(stated or _meta(tree, "content-language", "dc.language"))


READER = HtmlReader()
