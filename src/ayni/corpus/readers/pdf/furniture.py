"""Page furniture: headers, footers and page numbers that recur in the same place of many pages.

    drop_furniture([[Line("LEY DE AGUAS  3"), Line("Artículo 9. ...")], ...])  ->  the same pages without the headers after the first

Lines are compared without digits, case and marks, at nearly the same height; so a header of every second page, and one that a scanner
spelt in several ways, are found. A header in words stays where it stands first: it may be all that tells the work and its date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ayni.corpus.readers.pdf.layout import Line

_EDGE = 6  # lines from the top and from the bottom of a page that may be furniture
_ZONE = 0.2  # share of the page's height in which they lie
_NEAR = 8.0  # points between the heights of one header on two pages
_ALIKE = 0.6  # Jaccard of letter trigrams; two wrong letters in thirty leave 22 of 34, 0.65
_SAME = 1.0  # points
_SHARE = 0.15  # of the pages, for lines that are only alike
_NUMBER = re.compile(r"^\W*(?:p[áa]g(?:ina)?s?\.?\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:de|of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)


@dataclass(slots=True)
class _Kind:
    """One recurring line: where it stands, its trigrams, and on which pages."""

    y: float
    shape: str
    grams: frozenset[str]
    pages: set[int] = field(default_factory=set)
    exact: bool = True  # spelt alike and at one height on all of its pages


def drop_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without their numbers, and without recurring lines but for the first of each in words."""
    edges = [_find_edges(page) for page in pages]
    kinds = _find_kinds(edges)
    inner = _count_inner(pages, edges)
    gone: set[int] = set()
    said: set[int] = set()
    for sides in edges:
        for line in (line for side in sides for line in side):
            kind = kinds[id(line)]
            is_number = len(pages) > 1 and _NUMBER.match(line.text) is not None
            if not is_number and (len(kind.pages) < _need(kind, len(pages)) or 2 * inner[kind.shape] >= len(kind.pages)):
                continue
            if is_number or id(kind) in said or len(re.findall(r"[^\W\d_]{3,}", line.text)) < 2:
                gone.add(id(line))
            said.add(id(kind))
    return [[line for line in page if id(line) not in gone] for page in pages]


def _need(kind: _Kind, pages: int) -> int:
    """On how many pages a line must recur: three are enough where it is the same, for a chapter's title runs over a few pages."""
    return 2 if pages <= 6 else 3 if kind.exact else max(3, round(_SHARE * pages))


def _find_edges(page: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines near the upper and the lower edge, wherever in the order they stand."""
    by_height = sorted(page, key=lambda line: -line.y)
    height = max((line.height for line in page), default=0.0)
    top = [line for line in by_height[:_EDGE] if line.y > (1 - _ZONE) * height]
    return top, [line for line in by_height[-_EDGE:] if line.y < _ZONE * height]


def _find_kinds(edges: Sequence[tuple[list[Line], list[Line]]]) -> dict[int, _Kind]:
    """The kind of every line at an edge, by the line's id."""
    kinds: list[_Kind] = []
    found: dict[int, _Kind] = {}
    for number, sides in enumerate(edges):
        for line in (line for side in sides for line in side):
            found[id(line)] = _find_kind(kinds, line)
            found[id(line)].pages.add(number)
    return found


def _count_inner(pages: Sequence[Sequence[Line]], edges: Sequence[tuple[list[Line], list[Line]]]) -> Counter[str]:
    """Lines inside the pages: what recurs there too is text, such as the notes of reform under every article."""
    at_edge = {id(line) for sides in edges for side in sides for line in side}
    return Counter(_shape(line) for page in pages for line in page if id(line) not in at_edge)


def _shape(line: Line) -> str:
    return re.sub(r"[\W\d_]+", "", line.text.casefold()) or re.sub(r"\d+", "#", line.text.strip())


def _find_kind(kinds: list[_Kind], line: Line) -> _Kind:
    shape = _shape(line)
    grams = frozenset(shape[place : place + 3] for place in range(max(1, len(shape) - 2)))
    for kind in reversed(kinds[-200:]):  # the latest pages; a bound for pages that are all different
        if abs(kind.y - line.y) < _NEAR and (shape == kind.shape or _is_alike(grams, kind.grams)):
            kind.exact = kind.exact and shape == kind.shape and abs(kind.y - line.y) < _SAME
            return kind
    kinds.append(_Kind(line.y, shape, grams))
    return kinds[-1]


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return min(len(one), len(other)) > 5 and len(one & other) >= _ALIKE * len(one | other)
