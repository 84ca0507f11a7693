"""Identifiers in a text: tokens whose outline is in the table, told apart by the words before them, the country, the check digit.

    find_identifiers(View("CUIT 20-17427461-5", "AR", "es"))     -> [Span("cuit", 5, 18, "AR", ...)]

A wrong check digit is reported (valid false) where a word before it says what it is, and dropped where none does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ayni.text.personal_data.context import View
from ayni.text.personal_data.spans import Span, settle
from ayni.text.personal_data.table import Identifier, Table, load_table, outline

REACH = 60  # code points between a context word and what it announces
_SURE_REACH = 30  # for a wrong check digit
_ATOM = re.compile(r"(?<![\w])[0-9A-Za-z]+(?:(?:\.-|\.- |[.\-/'’]|(?<=\d) - (?=[0-9kK](?!\w| de )))[0-9A-Za-z]+)*(?!\w)")
_MONEY = re.compile(r"(?<![A-Za-z])(?:\$|€|US\$|R\$|RD\$|C\$|B/\.|S/\.?|Bs\.?|₲|₡|Gs\.?|L\.?|Q\.?|USD|COP|CLP|ARS)\s?$")
_DATE = re.compile(r"(?:\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})")
_OTHER = re.compile(r"; |\n\n|profesional|profissional|catastral|juridica")
_AFTER = re.compile(r",\d|%|\s?(?:m2|m²|km|metros|hectareas|habitantes|votos|bytes)\b")
_SHAPED = {
    "cedula": re.compile(r"[VE]-?[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}"),
    "curp": re.compile(r"[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[A-Z0-9][0-9]"),
}  # enough at home, without a word
_LONGEST, _SHORTEST, _MOST_ATOMS = 34, 5, 5


@dataclass(frozen=True)
class _Word:
    """A context word where it stands."""

    start: int
    end: int
    rows: frozenset[int]


def find_identifiers(view: View) -> list[Span]:
    """Every identifier, no two overlapping."""
    if not view.has_digit:
        return []
    table = load_table()
    tokens = [found.span() for found in _ATOM.finditer(view.text)]
    places = [(start, end) for start, end in _join(view.text, tokens) if outline(view.text[start:end]) in table.by_outline]
    if not places:
        return []
    words = _find_words(view, table)
    ends = [word.end for word in words]
    found: list[Span] = []
    for start, end in places:
        text = view.text[start:end].upper()
        if _is_quantity(view.text, start, end) or _DATE.fullmatch(text):
            continue
        rows = [row for pattern, row in table.by_outline[outline(text)] if pattern.fullmatch(text)]
        near = words[max(0, bisect_right(ends, start) - 4) : bisect_right(ends, start)]
        spans = [span for row in rows if (span := _judge(view, start, end, text, row, near, table))]
        if spans:
            found.append(max(spans, key=lambda span: (span.weight, span.type, span.country or "")))
    return settle(found)


def _find_words(view: View, table: Table) -> list[_Word]:
    words = []
    for found in table.words.finditer(view.folded):
        key = found[0] if found[0] in table.owners else found[0][:-1]
        if found[0] in ("c.i", "l.e") or key not in table.owners:
            continue
        words.append(_Word(found.start(), found.end(), table.owners[key]))
    return words


def _join(text: str, tokens: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of one to five tokens with single spaces between, those that hold a digit."""
    numeric = [place for place, (start, end) in enumerate(tokens) if not text[start:end].isalpha()]
    at = 0
    for place in sorted({max(0, each - back) for each in numeric for back in range(_MOST_ATOMS)}):
        while numeric[at] < place:
            at += 1
        start = tokens[place][0]
        for last in range(place, min(place + _MOST_ATOMS, len(tokens))):
            end = tokens[last][1]
            if end - start > _LONGEST or (last > place and text[tokens[last - 1][1] : tokens[last][0]] not in (" ", ". ")):
                break
            if last >= numeric[at] and end - start >= _SHORTEST:
                yield start, end


def _is_quantity(text: str, start: int, end: int) -> bool:
    return bool(_MONEY.search(text, max(0, start - 5), start) or _AFTER.match(text, end))


def _distance(view: View, start: int, row: int, near: list[_Word]) -> int | None:
    """How far before the place the row's nearest word ends; None where another number or a full stop stands between."""
    for word in reversed(near):
        if row in word.rows and start - word.end <= REACH:
            gap = view.folded[word.end : start]
            digits = sum(mark.isdigit() for mark in gap)
            return start - word.end if digits < 4 and not _OTHER.search(gap) else None
    return None


def _judge(view: View, start: int, end: int, text: str, row: Identifier, near: list[_Word], table: Table) -> Span | None:
    """The token as this identifier, or None."""
    distance = _distance(view, start, table.places[id(row)], near)
    home = view.country == row.country
    valid = row.is_valid(text)
    if distance is None:
        shaped = home and row.type in _SHAPED and _SHAPED[row.type].fullmatch(text)
        if not shaped and (not row.alone or not _stands_alone(text, home, valid, row)):
            return None
    elif (valid is False and distance > _SURE_REACH) or (view.country and not home and valid is not True and _at_home(view, row, table)):
        return None
    weight = 100 - distance if distance is not None else 30
    weight += 30 * home + 16 * (valid is True) - 24 * (valid is False) + min(len(text), 25)
    return Span(row.type, start, end, row.country, valid, weight)


def _at_home(view: View, row: Identifier, table: Table) -> bool:
    """Whether the document's country has something of the same words: a foreign reading is then unlikely."""
    return not table.words_of(view.country).isdisjoint(row.context)


def _stands_alone(text: str, home: bool, valid: bool | None, row: Identifier) -> bool:
    """Without a word before it: a right check digit in a form that other numbers seldom have."""
    marks = len(text) - sum(mark.isalnum() for mark in text)
    letters = sum(mark.isalpha() for mark in text)
    if not row.check:
        return len(text) >= 18 and letters > 3
    if valid is not True:
        return False
    return letters > 3 or marks >= 3 or (marks >= 2 and (home or row.country != "UY")) or (home and (marks >= 1 or len(text) >= 11))
