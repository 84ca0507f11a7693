"""Akoma Ntoso: laws, bills, debates, judgments; one document each.

    [Piece(text="Artículo 1. ...", date="2019-05-27", language="es", country="MX", group="/mx/fed/ley/2019-05-27/lnrd")]

The work's identifier is the group, so versions of one law stay together. A number stands on the line of what it numbers, and
not twice where the paragraph says it too; a note that its provision has already is not repeated. The Mexican laws
that circulate in this form were made from PDFs: the lines are the page's, running titles among them. `wrapped` mends that.
Source: OASIS LegalDocML, Akoma Ntoso Version 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any

from ayni.corpus.readers.markup import (
    LINE,
    PARAGRAPH,
    drop,
    inline_text,
    language_tag,
    local,
    mark,
    mark_cells,
    substitute,
    text_of,
)
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.wrapped import join_lines, lift_page_lines

ROOTS = ("akomaNtoso",)

_DOCUMENTS = ("act", "bill", "doc", "judgment", "debate", "debateReport", "statement", "amendment", "officialGazette", "portion")
_COLLECTIONS = ("documentCollection", "amendmentList", "officialGazette")
_PARAGRAPHS = (
    "book", "tome", "part", "title", "subtitle", "chapter", "subchapter", "section", "subsection", "article", "rule", "division",
    "preface", "preamble", "conclusions", "longTitle", "formula", "debateSection", "speech", "question", "answer", "table",
)  # fmt: skip
_LINES = (
    "p", "paragraph", "subparagraph", "clause", "alinea", "point", "indent", "item", "list", "heading", "subheading", "block",
    "citation", "recital", "listIntroduction", "listWrapUp", "wrapUp", "from", "tocItem", "crossHeading", "hcontainer",
)  # fmt: skip
_NOTES = ("note", "authorialNote")
_OPENS = {"content", "intro", "paragraph", "subparagraph", "alinea", "list", "p", "block"}  # what may begin on its number's line


def read(root: Any) -> Iterator[Piece | Bad]:
    """The documents of a file; a collection has several."""
    works = [each for each in root.iter(*(f"{{*}}{name}" for name in _DOCUMENTS)) if each.find("{*}meta") is not None]
    works = [each for each in works if local(each) not in _COLLECTIONS] or works or [root]
    inner = set(works)
    works = [each for each in works if inner.isdisjoint(each.iterancestors())]  # an annex is part of its law
    for place, work in enumerate(works, 1):
        piece = _read_work(work)
        if piece.text:
            yield replace(piece, record=str(place) if len(works) > 1 else "")


def _read_work(work: Any) -> Piece:
    about = _describe(work)
    drop(work, "meta", "eop", "eol", "noteRef", "authorialNoteRef")
    wrapped = _mark_page_lines(work)
    _drop_repeated_notes(work)
    _join_numbers(work)
    mark(work, PARAGRAPH, *_PARAGRAPHS)
    mark(work, LINE, *_LINES)
    mark_cells(work, "tr", "td", "th")
    for element in work.iter("{*}br"):
        element.tail = LINE + (element.tail or "")
    text = text_of(work)
    if wrapped:
        heading, text = lift_page_lines(text)
        text = "\n\n".join(filter(None, (heading, join_lines(text))))
        name = " ".join(takewhile(str.isupper, heading.split("\n")))  # the running title begins with the law's name
        about = replace(about, title=about.title or name)
    return replace(about, text=text)


def _describe(work: Any) -> Piece:
    def state(path: str, name: str = "value") -> str:
        element = work.find(f"{{*}}meta/{{*}}identification/{{*}}{path}")
        return "" if element is None else element.get(name) or ""

    titles = [each for name in ("docTitle", "shortTitle") for each in work.iter(f"{{*}}{name}")]
    uri = state("FRBRWork/{*}FRBRuri")
    country = state("FRBRWork/{*}FRBRcountry")
    return Piece(
        "",
        title=inline_text(titles[0]) if titles else state("FRBRWork/{*}FRBRalias") or state("FRBRWork/{*}FRBRname"),
        date=state("FRBRExpression/{*}FRBRdate", "date") or state("FRBRWork/{*}FRBRdate", "date"),
        language=language_tag(state("FRBRExpression/{*}FRBRlanguage", "language")),
        country=country.upper() if len(country) == 2 else "",
        url=uri if uri.startswith("http") else "",
        group=uri,
    )


def _mark_page_lines(work: Any) -> bool:
    """Whether paragraphs hold a page's lines (a break with no indentation after it); these then stay lines."""
    wrapped = False
    for element in work.iter("{*}p"):
        lines = (element.text or "").strip().split("\n")
        if len(lines) > 1 and not any(line[:1].isspace() for line in lines):
            element.text = LINE.join(lines)
            wrapped = True
    return wrapped


def _drop_repeated_notes(work: Any) -> None:
    """Of notes that stand in the text of their provision as well, only that is kept."""
    notes: dict[Any, list[Any]] = {}
    for note in work.iter(*(f"{{*}}{name}" for name in _NOTES)):
        notes.setdefault(note.getparent(), []).append(note)
    for holder, below in notes.items():
        said = {" ".join(line.split()) for each in holder if local(each) not in _NOTES for line in "".join(each.itertext()).split(LINE)}
        for note in below:
            text = inline_text(note)
            substitute(note, "" if text in said else f"{LINE}{text}{LINE}")
            said.add(text)


def _join_numbers(work: Any) -> None:
    """Put a number before what it numbers; away with it where the text begins with it."""
    for number in list(work.iter("{*}num")):
        first = number.getnext()
        while first is not None and local(first) in _OPENS - {"p", "block"} and not (first.text or "").strip() and len(first):
            first = first[0]
        stated = inline_text(number)
        heading = number.getnext() if number.getnext() is not None and local(number.getnext()) in ("heading", "subheading") else None
        if heading is not None:
            heading.text = f"{stated} {heading.text or ''}"
            substitute(number, "")
        elif first is None or local(first) not in ("p", "block"):
            substitute(number, f"{LINE}{stated}{LINE}")
        else:
            if not inline_text(first).casefold().startswith(stated.casefold().rstrip(".-")):
                first.text = f"{stated} {first.text or ''}"
            substitute(number, "")
