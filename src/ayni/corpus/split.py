"""What measures: of every cell (source, language, country) whole works, chosen by hash, and a little of each.

    cells = find_cells(rows, replay)
    works = choose_works(rows, cell, ...);  measured = take_bytes(rows, places, budget)

A work, in whatever language, either trains or measures; a cell of one work cannot do both and trains.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from ayni.corpus.candidates import Candidates

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cell:
    """Documents of one source, language and country (and for the replay's language of one domain): their places, in order."""

    source: str
    language: str
    domain: str
    places: Places


@dataclass(frozen=True)
class Holdout:
    """How much of a cell is held out: bytes to measure, bytes of one work, and the share that it may not pass."""

    budget: int
    piece: int
    share: float


def find_cells(rows: Candidates, replay: str) -> list[Cell]:
    """The cells of all rows that nothing keeps out, in the order in which they first appear."""
    here = np.flatnonzero(rows.allowed())
    domain = np.where(rows.language.isin([replay] if replay else []), rows.domain.codes, -1)
    key = np.stack([rows.source.codes[here], rows.language.codes[here], rows.country.codes[here], domain[here]], axis=1)
    _, first, cell = np.unique(key, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(cell.ravel(), kind="stable")
    bounds = np.searchsorted(cell.ravel()[order], np.arange(len(first) + 1))
    found = [here[order[bounds[at] : bounds[at + 1]]] for at in np.argsort(first, kind="stable")]
    return [_describe(rows, places, replay) for places in found]


def _describe(rows: Candidates, places: Places, replay: str) -> Cell:
    at = int(places[0])
    language = rows.language[at]
    return Cell(rows.source[at], language, rows.domain[at] if replay and language == replay else "", places)


def choose_works(rows: Candidates, cell: Cell, holdout: Holdout) -> set[int]:
    """Whole works in the order of a hash, until there are enough bytes and works; never more than `share` of the cell."""
    names: dict[int, str] = {}
    sizes: dict[int, int] = defaultdict(int)
    for work, place, size in zip(rows.work[cell.places].tolist(), cell.places.tolist(), rows.bytes[cell.places].tolist(), strict=True):
        sizes[work] += size
        if work not in names:
            names[work] = rows.group[place]
    if len(sizes) < 2:
        return set()
    order = sorted(sizes, key=lambda work: hashlib.sha256(f"{cell.source}/{names[work]}".encode()).digest())
    ceiling = holdout.share * sum(sizes.values())
    fitting = [work for work in order if sizes[work] <= ceiling] or [min(order, key=lambda work: sizes[work])]
    chosen: set[int] = set()
    taken = 0
    for work in fitting:
        if taken >= holdout.budget and len(chosen) >= holdout.budget // holdout.piece:
            break
        if not chosen or taken + sizes[work] <= ceiling:
            chosen.add(work)
            taken += sizes[work]
    return chosen


def take_bytes(rows: Candidates, places: Sequence[int] | Any, budget: int) -> list[int]:
    """A row of every work in turn, from its beginning, up to the budget; one row at least where the budget is not 0."""
    works: dict[int, list[int]] = defaultdict(list)
    for place in places:
        works[int(rows.work[place])].append(int(place))
    taken: list[int] = []
    size = 0
    for turn in zip_longest(*works.values()):
        for place in turn:
            if place is not None and size < budget:
                taken.append(place)
                size += int(rows.bytes[place])
    return taken
