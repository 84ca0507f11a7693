"""Page furniture: headers, footers and page numbers that recur in the same place of many pages.

    drop_furniture([[Line("LEY DE AGUAS  3"), Line("Artículo 9. ...")], ...])  ->  the same pages without the headers after the first

Lines are compared without digits, case and marks, at nearly the same height; so a header of every second page, and one that a scanner
spelt in several ways, are found. A header in words stays where it stands first: it may be all that tells the work and its date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ayni.corpus.readers.pdf.layout import Line

_EDGE = 6  # lines from the top and from the bottom of a page that may be furniture
_ZONE = 0.2  # share of the page's height in which they lie
_NEAR = 8.0  # points between the heights of one header on two pages
_ALIKE = 0.6  # Jaccard of letter trigrams; one wrong letter in ten leaves 0.55 to 0.75
_SHARE = 0.15  # of the pages: running titles change with the chapter
_NUMBER = re.compile(r"^\W*(?:p[áa]g(?:ina)?s?\.?\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:de|of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)


@dataclass(slots=True)
class _Kind:
    """One recurring line: where it stands, its trigrams, and on which pages."""

    y: float
    shape: str
    grams: frozenset[str]
    pages: set[int] = field(default_factory=set)


def drop_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without their numbers, and without recurring lines but for the first of each in words."""
    kinds: list[_Kind] = []
    found: dict[int, _Kind] = {}  # id of a line -> its kind
    edges = [_find_edges(page) for page in pages]
    for number, lines in enumerate(edges):
        for line in lines:
            kind = _find_kind(kinds, line)
            kind.pages.add(number)
            found[id(line)] = kind
    needed = 2 if len(pages) <= 6 else max(3, round(_SHARE * len(pages)))
    at_edge = {id(line) for lines in edges for line in lines}
    said: set[int] = set()

    def stays(line: Line) -> bool:
        if id(line) not in at_edge:
            return True
        if _NUMBER.match(line.text):
            return len(pages) < 2
        kind = found[id(line)]
        if len(kind.pages) < needed:
            return True
        first = id(kind) not in said and len(re.findall(r"[^\W\d_]{3,}", line.text)) > 1
        said.add(id(kind))
        return first

    return [[line for line in page if stays(line)] for page in pages]


def _find_edges(page: Sequence[Line]) -> list[Line]:
    """The lines near the upper and the lower edge, wherever in the order they stand."""
    by_height = sorted(page, key=lambda line: -line.y)
    height = max((line.height for line in page), default=0.0)
    top = [line for line in by_height[:_EDGE] if line.y > (1 - _ZONE) * height]
    bottom = [line for line in by_height[-_EDGE:] if line.y < _ZONE * height and line not in top]
    return top + bottom


def _find_kind(kinds: list[_Kind], line: Line) -> _Kind:
    shape = re.sub(r"[\W\d_]+", "", line.text.casefold()) or re.sub(r"\d+", "#", line.text.strip())
    grams = frozenset(shape[place : place + 3] for place in range(max(1, len(shape) - 2)))
    for kind in reversed(kinds[-200:]):  # the latest pages; a bound for pages that are all different
        if abs(kind.y - line.y) < _NEAR and (shape == kind.shape or _is_alike(grams, kind.grams)):
            return kind
    kinds.append(_Kind(line.y, shape, grams))
    return kinds[-1]


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return min(len(one), len(other)) > 5 and len(one & other) >= _ALIKE * len(one | other)
