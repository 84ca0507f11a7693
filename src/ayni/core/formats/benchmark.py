"""How much of each benchmark stands in a corpus: benchmarks.json beside the notes of `corpus.decontaminate`.

    for each in read_overlaps(notes.path): print(each.name, each.full, "of", each.items)

No text of an item is in it: reports are published, and what is published is crawled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json

_NAME = "benchmarks.json"


@dataclass(frozen=True)
class Example:
    """An item of which much stands in documents: the share of its n-grams, how many documents, the one that has the most of them."""

    item: str  # its origin: file and record
    share: float
    documents: int
    document: str  # id


@dataclass(frozen=True)
class Overlap:
    """One benchmark: short + clean + partial + full = items. Of an item that is too short nothing was asked."""

    name: str
    languages: dict[str, int]  # items
    licenses: dict[str, int]
    items: int
    short: int
    clean: int
    partial: int
    full: int
    common_only: int  # clean, but for n-grams that stand in too many documents to tell of a benchmark
    ngrams: int  # of all items; one that several items have counts for each
    ngrams_found: int
    ngrams_common: int
    documents: int  # that share an n-gram with it
    examples: tuple[Example, ...] = ()


def write_overlaps(folder: Path, overlaps: Sequence[Overlap]) -> None:
    """Write benchmarks.json."""
    write_json(folder / _NAME, [asdict(each) for each in overlaps])


def read_overlaps(folder: Path) -> list[Overlap]:
    """Read benchmarks.json. Raises FormatError where it is not there or is not of this form."""
    try:
        rows = read_json(folder / _NAME)
        return [Overlap(**{**row, "examples": tuple(Example(**each) for each in row["examples"])}) for row in rows]
    except (OSError, TypeError, KeyError) as error:
        raise FormatError(f"these notes have no {_NAME}", why=str(error), mend='give the notes of a "corpus.decontaminate"') from error
