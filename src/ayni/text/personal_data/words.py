"""The lists that names are read with: given names, surnames, people of history, words around a name (assets/personal_data).

lists = load_lists()
lists.is_known("quispe")           a listed given name or surname, folded
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ayni.core.places import asset
from ayni.text.personal_data.context import fold

PARTICLES = frozenset(("de", "la", "las", "los", "del", "das", "da", "do", "dos"))
Words = list[tuple[str, int, int, bool]]  # folded word, start, end, whether it begins with a capital


@dataclass(frozen=True)
class Lists:
    """Folded words. Phrases stand under their last word."""

    given: frozenset[str]
    surnames: frozenset[str]
    announce: frozenset[str]
    nick: frozenset[str]
    fillers: frozenset[str]
    places: frozenset[str]
    stops: frozenset[str]
    common: frozenset[str]
    ordinary: frozenset[str]
    plain: frozenset[str]  # never part of a name: plain words, towns, firms
    crowds: frozenset[str]  # announce firms as well as people
    speak: tuple[str, ...]
    phrases_by_last: dict[str, tuple[str, ...]]
    speak_by_last: dict[str, tuple[str, ...]]

    def is_known(self, word: str) -> bool:
        """Whether a word is listed as a name."""
        return word in self.given or word in self.surnames

    def is_free(self, word: str) -> bool:
        """Whether a word is in no list: a capital may then be a name's."""
        return len(word) > 2 and not (
            self.is_known(word)
            or word in self.plain
            or word in self.stops
            or word in self.places
            or word in self.announce
            or word in self.nick
        )


@cache
def load_list(name: str) -> frozenset[str]:
    """One of the lists of names (given, surnames), folded."""
    text = asset(f"personal_data/{name}.txt").read_text("utf-8")
    return frozenset(fold(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def load_lists() -> Lists:
    """The shipped lists."""
    body = tomllib.loads(asset("personal_data/words.toml").read_text("utf-8"))
    keys = ("announce", "nick", "fillers", "places", "stops", "common", "ordinary", "crowds")
    sets = {key: frozenset(body[key].split()) for key in keys}
    sets["plain"] = load_list("plain") | frozenset(body["towns"].split())
    names = {"given": load_list("given") | load_list("learned_given"), "surnames": load_list("surnames") | load_list("learned_surnames")}
    return Lists(
        **names, **sets, speak=tuple(body["speak"]), phrases_by_last=_by_last(body["phrases"]), speak_by_last=_by_last(body["speak"])
    )


def _by_last(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        found.setdefault(phrase.split()[-1], []).append(phrase)
    return {word: tuple(each) for word, each in found.items()}


@cache
def public_pattern() -> re.Pattern[str]:
    """People of history and letters, folded, as whole words."""
    lines = asset("personal_data/public_names.txt").read_text("utf-8").splitlines()
    names = sorted({fold(line) for line in lines if line and not line.startswith("#")}, key=lambda name: (-len(name), name))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")
