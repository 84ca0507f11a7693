"""The order in which a person reads a page: columns of prose one after the other, all else line by line.

    arrange(runs)  ->  [Line(text="Artículo 1. La presente ley", cells=1, ...)]

A gutter is looked for at the edges that many runs share. It stands where for several rows prose lies on both sides (lines
that go on in small letters: cells of a table begin anew), and what crosses it divides the page into bands, each read column by column.
Without a gutter lines go from the top down; where cells of more than one line lie beside one another the stream's order stands, for
it keeps the lines of a cell together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from ayni.corpus.readers.pdf.boxes import Run

_RUNS = 3000  # more on one page is a map or an attack: the stream's order stands
_DEPTH = 4  # gutters in one another: five columns
_SHARED = 4  # runs that must begin at one place for a column to be there
_EDGES = 16  # places of each side that are tried: five columns with indented lines have no more
_ROWS = 4  # lines that a column must have in a band
_WORDS = 10  # characters of the usual line of prose; shorter ones are cells or labels
_NUMBERED = re.compile(r"^(?:\(?\w{1,6}[.)°º]+[-–]?|[^\w\s]{1,2})$")  # "IV.", "b)", "3o.-", a bullet: what follows is the item
_LABEL = 6  # characters of "XVIII)", the number of an item
_SMALL = (
    0.25  # share of a column's lines that begin small: half of the pages of 81 PDFs from MX, GT and AR have over 0.43, a table's cells few
)


@dataclass(slots=True)
class Line:
    """What stands on one baseline of a column; `cells` more than one: with wide gaps between."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    cells: int = 1
    page: int = 0
    height: float = 0.0  # of the page


def arrange(runs: Sequence[Run], page: int = 0, height: float = 0.0) -> list[Line]:
    """The lines of a page in reading order; turned text comes last."""
    upright = [run for run in runs if run.upright]
    turned = [run for run in runs if not run.upright]
    if len(runs) <= _RUNS:
        upright = _order(upright, 0)
    return [_make_line(group, page, height) for part in (upright, turned) for group in _group(part)]


def _order(runs: list[Run], depth: int) -> list[Run]:
    gutter = _find_gutter(runs) if depth < _DEPTH else None
    if gutter is None:
        return _stack(runs)
    ordered: list[Run] = []
    for band in _cut_bands(runs, gutter):
        left, right = _split(band, gutter)
        ordered += _order(left, depth + 1) + _order(right, depth + 1) if left and right else _stack(band)
    return ordered


def _split(runs: Sequence[Run], gutter: float) -> tuple[list[Run], list[Run]]:
    return [run for run in runs if run.x1 <= gutter + 1], [run for run in runs if run.x0 >= gutter - 1]


def _cut_bands(runs: Sequence[Run], gutter: float) -> list[list[Run]]:
    """Runs from the top down, a new band wherever one begins or ceases to cross the gutter."""
    bands: list[list[Run]] = []
    crossing = False
    for run in sorted(runs, key=lambda run: (-run.y, run.x0)):
        crosses = run.x0 < gutter - 1 and run.x1 > gutter + 1
        if not bands or crosses != crossing:
            bands.append([])
        bands[-1].append(run)
        crossing = crosses
    return bands


def _find_gutter(runs: Sequence[Run]) -> float | None:
    """The edge, left or right, of a column that has most rows of prose on both of its sides."""
    if len(runs) < 2 * _ROWS:
        return None
    size = median(run.size for run in runs)
    best, found = 0, None
    for gutter in _list_edges([run.x0 - 0.4 * size for run in runs]) + _list_edges([run.x1 + 0.4 * size for run in runs]):
        rows = sum(_count_rows(band, gutter) for band in _cut_bands(runs, gutter))
        if rows > best:
            best, found = rows, gutter
    return found


def _list_edges(places: Sequence[float]) -> list[float]:
    """Places that most share, in steps of two points."""
    times = Counter(round(place / 2) for place in places)
    return [2.0 * edge for edge, count in times.most_common(_EDGES) if count + times.get(edge + 1, 0) >= _SHARED]


def _count_rows(band: Sequence[Run], gutter: float) -> int:
    """Rows in which a band has prose on both sides, or none."""
    left, right = _split(band, gutter)
    if min(len(left), len(right)) < _ROWS or not (_is_prose(left) and _is_prose(right)):
        return 0
    top = min(left[0].y, right[0].y)
    bottom = max(left[-1].y, right[-1].y)
    return min(sum(bottom <= run.y <= top for run in side) for side in (left, right))


def _is_prose(runs: Sequence[Run]) -> bool:
    small = sum(run.text[0].islower() for run in runs)
    return small >= _SMALL * len(runs) and median(len(run.text) for run in runs) >= _WORDS


def _stack(runs: Sequence[Run]) -> list[Run]:
    """From the top down; the stream's order where cells lie beside one another, for a cell's lines follow each other there."""
    rows = _make_rows(runs)
    torn = [any(_is_torn(run, right) for run, right in pairwise(row)) for row in rows]
    for places in (range(1, len(rows)), range(len(rows) - 2, -1, -1)):  # down, then up: the lines of a cell that no other reaches
        step = 1 if places.step > 0 else -1
        for place in places:
            torn[place] = torn[place] or (torn[place - step] and _touches(rows[place - step], rows[place]))
    ordered: list[Run] = []
    for is_torn, group in groupby(range(len(rows)), key=lambda place: torn[place]):
        part = [run for place in group for run in rows[place]]
        ordered += sorted(part, key=lambda run: run.order) if is_torn else part
    return ordered


def _make_rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs on one baseline, from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.y):
        if rows and rows[-1][0].y - run.y < 0.4 * min(rows[-1][0].size, run.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.x0) for row in rows]


def _is_torn(run: Run, right: Run) -> bool:
    """Whether two on one row are no neighbours in the stream; the number or mark of a list's item may stand anywhere in it."""
    return abs(right.order - run.order) > 1 and min(len(run.text), len(right.text)) > _LABEL


def _touches(row: Sequence[Run], other: Sequence[Run]) -> bool:
    return any(abs(one.order - two.order) == 1 for one in row for two in other)


def _group(runs: Sequence[Run]) -> list[list[Run]]:
    """Neighbours in order that stand on one baseline, from left to right."""
    groups: list[list[Run]] = []
    for run in runs:
        last = groups[-1][-1] if groups else None
        if last is not None and abs(last.y - run.y) < 0.4 * min(last.size, run.size) and run.x0 >= last.x1 - 0.5 * run.size:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _make_line(group: Sequence[Run], page: int, height: float) -> Line:
    text, cells = group[0].text, 1
    for before, run in pairwise(group):
        apart = run.x0 - before.x1 > 2 * run.size and not _NUMBERED.match(before.text)
        text += (" | " if apart else " ") + run.text
        cells += apart
    return Line(
        text, group[0].x0, group[-1].x1, group[0].y, max(run.size for run in group), all(run.bold for run in group), cells, page, height
    )
