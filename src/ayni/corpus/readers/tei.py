"""TEI (P4, P5): novels, poems, plays, letters, bibliographies.

    [Piece(text=..., title="La Conjura. Novela", date="1909", language="es", group="Castellanos, Jesús: La Conjura. Novela")]

A TEI file is one document; a corpus, a group of texts and a bibliography or list of persons give one document each text or
entry. Paragraphs are parted by blank lines, verses stand in lines, notes follow the paragraph that they belong to. Of
<choice> the corrected, expanded and original form is kept; running heads (<fw>) and deletions (<del>) are not text.
Source: TEI Consortium, P5: Guidelines for Electronic Text Encoding and Interchange.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ayni.corpus.readers.markup import (
    LINE,
    PARAGRAPH,
    drop,
    first_text,
    inline_text,
    language_tag,
    local,
    mark,
    mark_cells,
    substitute,
    text_of,
)
from ayni.corpus.readers.reader import Bad, Piece

ROOTS = ("TEI", "TEI.2", "teiCorpus", "teiCorpus.2")

_PARAGRAPHS = (
    "p", "ab", "head", "lg", "sp", "div", "div0", "div1", "div2", "div3", "list", "table", "quote", "epigraph", "opener", "closer",
    "postscript", "floatingText", "titlePage", "argument", "figDesc", "trailer", "milestone", "text", "front", "back",
)  # fmt: skip
_LINES = (
    "l", "item", "label", "speaker", "stage", "titlePart", "docTitle", "docAuthor", "docImprint", "docDate", "byline", "salute",
    "signed", "dateline", "address", "addrLine", "imprint", "bibl", "biblStruct", "person", "org", "place", "line", "u",
)  # fmt: skip
_LOSERS = (("corr", "sic"), ("expan", "abbr"), ("orig", "reg"), ("lem", "rdg"))
_HOLDS_NOTES = {"p", "ab", "head", "lg", "list", "table"}
_CATALOGUES = {"listBibl", "listPerson"}
_ENTRIES = ("bibl", "biblStruct", "biblFull", "msDesc", "person")
_SIDE_TITLES = {"short", "idno", "acronym", "alt", "desc", "gmd"}
_YEAR = re.compile(r"-?\d{4}(?:-\d\d(?:-\d\d)?)?")


def read(root: Any) -> Iterator[Piece | Bad]:
    """The documents of a TEI file."""
    works = list(root.iter("{*}TEI", "{*}TEI.2"))
    outer = set(works)
    works = [each for each in works if outer.isdisjoint(each.iterancestors())]
    for place, work in enumerate(works, 1):
        yield from _read_work(work, str(place) if len(works) > 1 else "")


def _read_work(work: Any, record: str) -> Iterator[Piece | Bad]:
    header = work.find("{*}teiHeader")
    about = _describe(header, work)
    if header is not None:
        work.remove(header)
    for child in list(work):
        if local(child) in ("facsimile", "standOff"):
            work.remove(child)  # places on images, and annotations of what the text says
    entries = _list_entries(work)
    if entries:
        yield from _read_entries(entries, about)
        return
    parts = [each for each in work.iter("{*}text") if local(each.getparent()) == "group" and each.find("{*}group") is None]
    _prepare(work)
    for place, part in enumerate(parts, 1):
        text = text_of(part)
        title = first_text(part.iter("{*}head", "{*}titlePart"))
        part.getparent().remove(part)
        if text:
            yield replace(about, text=text, title=title or about.title, record=f"{record}/{place}".lstrip("/"))
    text = text_of(work)
    if text:
        yield replace(about, text=text, record=record)


def _describe(header: Any, work: Any) -> Piece:
    """Title, date, language and work, as the header states them."""
    if header is None:
        return Piece("", language=language_tag(work.get("lang") or ""))
    titles = header.findall("{*}fileDesc/{*}titleStmt/{*}title")
    title = ". ".join(filter(None, (inline_text(each).rstrip(". ") for each in titles if each.get("type") not in _SIDE_TITLES)))
    people = "; ".join(filter(None, map(_name_person, header.findall("{*}fileDesc/{*}titleStmt/{*}author"))))
    stated = [each.get("ident") or each.get("id") or "" for each in header.iterfind("{*}profileDesc/{*}langUsage/{*}language")]
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    places = [*work.iterfind("{*}text"), work]
    written = [each.get(lang) or each.get("lang") or "" for each in places]
    spoken = next(filter(None, written), stated[0] if len(stated) == 1 else "")
    address = next((inline_text(each) for each in header.iterfind("{*}fileDesc/{*}publicationStmt//{*}idno")
                    if (each.get("type") or "").lower() in ("url", "uri")), "")  # fmt: skip
    return Piece(
        "",
        title=title,
        date=_find_date(header),
        language=language_tag(spoken),
        url=address if address.startswith("http") else "",
        group=f"{people}: {title}" if people and title else "",
        license=_find_license(header),
    )


def _name_person(author: Any) -> str:
    names = [each for each in author if local(each) in ("name", "persName")]
    full = [each for each in names if each.get("type") not in ("short", "alt")]
    return inline_text((full or names or [author])[0])


def _find_license(header: Any) -> str:
    stated = next(header.iter("{*}licence"), None)
    if stated is None:
        return first_text(header.iter("{*}availability"))
    return stated.get("target") or inline_text(stated)


def _find_date(header: Any) -> str:
    """When the work appeared: the earliest date of its sources, else the file's own."""
    for place in ("{*}fileDesc/{*}sourceDesc", "{*}fileDesc/{*}publicationStmt"):
        dates = [each.get("when") or inline_text(each) for each in header.iterfind(f"{place}//{{*}}date")]
        stated = sorted(date for date in dates if _YEAR.fullmatch(date))
        if stated:
            return stated[0]
    return ""


def _prepare(work: Any) -> None:
    """Choose readings, lift notes, mark lines and paragraphs."""
    for winner, loser in _LOSERS:
        decided = {each.getparent() for each in work.iter(f"{{*}}{winner}")}
        for element in list(work.iter(f"{{*}}{loser}")):
            if element.getparent() in decided and local(element.getparent()) in ("choice", "app"):
                substitute(element, "")
    drop(work, "fw", "del")
    for gap in list(work.iter("{*}gap")):
        substitute(gap, "[…]")
    for kind in ("lb", "pb", "cb"):
        for element in list(work.iter(f"{{*}}{kind}")):
            if element.get("break") == "no":
                _close_up(element)
            else:
                substitute(element, " ")
    for entry in work.iter("{*}org", "{*}place", "{*}person", "{*}item"):
        if len(entry) > 1 and not _is_mixed(entry) and not any(local(each) in _PARAGRAPHS or local(each) in _LINES for each in entry):
            for child in entry[:-1]:
                child.tail = ", "
    mark(work, PARAGRAPH, *_PARAGRAPHS)
    mark(work, LINE, *_LINES)
    mark_cells(work, "row", "cell")
    _lift_notes(work)


def _close_up(element: Any) -> None:
    """A word that a line's end divides is one word."""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "").rstrip()
    elif element.getparent().text:
        element.getparent().text = element.getparent().text.rstrip()
    element.tail = (element.tail or "").lstrip()
    substitute(element, "")


def _lift_notes(work: Any) -> None:
    """Put notes below the paragraph or stanza that they interrupt."""
    below: dict[Any, list[str]] = {}
    for note in reversed(list(work.iter("{*}note"))):  # a note in a note goes before the note that holds it
        holder = None
        for parent in note.iterancestors():
            if local(parent) in _HOLDS_NOTES:
                holder = parent
            elif local(parent) in ("div", "note", "floatingText"):
                break
        text = PARAGRAPH + "".join(note.itertext()) + PARAGRAPH
        if holder is not None:
            below.setdefault(holder, []).append(text)
        substitute(note, text if holder is None else " ")
    for holder, texts in below.items():
        holder.tail = "".join(reversed(texts)) + (holder.tail or "")


def _list_entries(work: Any) -> list[Any]:
    """The entries of a file whose body is nothing but bibliographies or lists of persons with structured entries."""
    body = work.find("{*}text/{*}body")
    if body is None or not len(body) or any(local(each) not in _CATALOGUES for each in body):
        return []
    entries = [each for each in body.iter(*(f"{{*}}{name}" for name in _ENTRIES)) if local(each.getparent()) in _CATALOGUES]
    prose = 2 * sum(map(_is_mixed, entries)) >= len(entries)  # references in prose are read as one text
    return entries if len(entries) > 1 and not prose else []


def _is_mixed(element: Any) -> bool:
    """Whether words stand beside the element's children."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _read_entries(entries: list[Any], about: Piece) -> Iterator[Piece | Bad]:
    identifier = "{http://www.w3.org/XML/1998/namespace}id"
    for place, entry in enumerate(entries, 1):
        record = entry.get(identifier) or str(place)
        lines = list(dict.fromkeys(filter(None, _list_lines(entry))))  # classifications repeat their terms
        if not lines:
            yield Bad(record, "the entry holds no text")
            continue
        title = first_text(entry.iter("{*}title"))
        dates = [each.get("when") or inline_text(each) for each in entry.iter("{*}date")] if local(entry) != "person" else []
        date = min(filter(_YEAR.fullmatch, dates), default="")
        group = about.title or about.group
        yield replace(about, text="\n".join(lines), title=title or lines[0], date=date, record=record, group=group)


def _list_lines(entry: Any) -> Iterator[str]:
    """A line for each part of an entry; what is said together (imprint, name, birth) in one line."""
    if _is_mixed(entry):
        yield inline_text(entry)
        return
    for child in entry:
        if any(len(each) for each in child):
            yield from _list_lines(child)
        elif len(child) and not (child.text or "").strip():
            yield ", ".join(filter(None, map(inline_text, child)))
        else:
            yield inline_text(child)
