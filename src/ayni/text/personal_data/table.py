"""The identifiers of every country as a table: shapes, check, words before them. One TOML a country: adding one is adding a file.

table = load_table()
table.by_outline["XXX.XXX.XXX-XX"]          the identifiers that may look so
table.words                                 a pattern of all context words, over folded text
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from ayni.core.digest import digest_folder
from ayni.core.places import asset
from ayni.text.personal_data.checks import CHECKS

_CLASSES = {"9": "[0-9]", "A": "[A-Z]", "X": "[0-9A-Z]", "K": "[0-9K]", "V": "[VE]", "R": "[VEJGPC]"}
_ALNUM = dict.fromkeys(map(ord, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), "X")


class Identifier(BaseModel):
    """One kind of identifier of one country, as its TOML states it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: str
    country: str
    shapes: tuple[str, ...]
    context: tuple[str, ...] = Field(min_length=1)
    check: str = ""
    alone: bool = False
    source: str

    def is_valid(self, text: str) -> bool | None:
        """Whether the check digit is right; None where the kind has none."""
        return CHECKS[self.check](re.sub(r"[^0-9A-Z]", "", text.upper())) if self.check else None


@dataclass(frozen=True)
class Table:
    """All identifiers, by the outline of what they look like, and the words that announce them."""

    rows: tuple[Identifier, ...]
    by_outline: dict[str, list[tuple[re.Pattern[str], Identifier]]]
    words: re.Pattern[str]
    places: dict[int, int]  # id of a row -> its place
    context: dict[str, frozenset[str]]  # country -> the words of all its rows
    owners: dict[str, frozenset[int]]  # a context word -> places of the rows that it announces

    def words_of(self, country: str) -> frozenset[str]:
        """The words of all rows of a country."""
        return self.context.get(country, frozenset())


def outline(text: str) -> str:
    """A text with every letter and digit as X."""
    return text.translate(_ALNUM)


def compile_shape(shape: str) -> re.Pattern[str]:
    """A shape of the tables as a pattern over capitals."""
    return re.compile("".join(_CLASSES.get(mark, re.escape(mark)) for mark in expand(shape)))


def expand(shape: str) -> str:
    """9*22 as twenty-two nines."""
    return re.sub(r"9\*(\d+)", lambda found: "9" * int(found[1]), shape)


def compile_words(words: frozenset[str]) -> re.Pattern[str]:
    """Any of the words, the longest first, as words of folded text."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?:s(?!\w)|(?!\w))")


@cache
def load_table() -> Table:
    """The shipped table."""
    rows: list[Identifier] = []
    for path in sorted(asset("personal_data/countries").glob("*.toml")):
        body = tomllib.loads(path.read_text("utf-8"))
        rows.extend(Identifier(country=body["country"], **row) for row in body["identifiers"])
    outlines: dict[str, list[tuple[re.Pattern[str], Identifier]]] = defaultdict(list)
    owners: dict[str, set[int]] = defaultdict(set)
    for place, row in enumerate(rows):
        for shape in row.shapes:
            outlines[outline(expand(shape))].append((compile_shape(shape), row))
        for word in row.context:
            owners[word].add(place)
    context = {row.country: frozenset(word for each in rows if each.country == row.country for word in each.context) for row in rows}
    return Table(
        rows=tuple(rows),
        by_outline=dict(outlines),
        words=compile_words(frozenset(owners)),
        places={id(row): place for place, row in enumerate(rows)},
        context=context,
        owners={word: frozenset(found) for word, found in owners.items()},
    )


@cache
def assets_digest() -> str:
    """Digest of the tables and lists."""
    return digest_folder(asset("personal_data"))
