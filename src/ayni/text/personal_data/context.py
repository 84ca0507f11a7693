"""The text that a finder sees: as it stands, folded, and with what is known of its document; words that stand before a place.

view = View("C.I. 1.234.567", "UY", "es")
before(PHONE_WORDS, view, 5, 40)             how far before the place a word ends, or None
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache, cached_property

_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"[0-9]")
COUNTRIES = frozenset("AR BO BR CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV UY VE".split())
_ACCENTS = {
    code: base
    for code in range(0xA0, 0x250)
    if len(base := "".join(c for c in unicodedata.normalize("NFD", chr(code)).lower() if not unicodedata.combining(c))) == 1
}


@dataclass(frozen=True)
class View:
    """A text, its folded form (lower case, no accents, as many code points), the document's country ("" unknown) and language."""

    text: str
    country: str = ""
    language: str = ""
    folded: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", fold(self.text))

    @cached_property
    def words(self) -> frozenset[str]:
        """The folded words, to see at once what cannot be there."""
        return frozenset(_LETTERS.findall(self.folded))

    @cached_property
    def has_digit(self) -> bool:
        """Whether a digit stands anywhere."""
        return _NUMBER.search(self.text) is not None


def fold(text: str) -> str:
    """Lower case without accents, one code point for one."""
    lower = text.lower()
    if lower.isascii():
        return lower
    return (lower if len(lower) == len(text) else "".join(c.lower()[:1] for c in text)).translate(_ACCENTS)


def read_country(stated: str, language: str) -> str:
    """The one country of the twenty that a document is of; Brazil for Portuguese where none is stated; else ""."""
    return stated if stated in COUNTRIES else "BR" if not stated and language.startswith("pt") else ""


@cache
def word_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words of folded text; * stands for the rest of a word."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(
        r"(?<!\w)(?:" + "|".join(re.escape(w).replace(r"\*", r"\w*") + (r"(?!\w)" if w[-1] != "*" else "") for w in ordered) + ")"
    )


def before(words: tuple[str, ...], view: View, place: int, reach: int) -> int | None:
    """How many code points before `place` the last of the words ends; None where none does within reach."""
    last = None
    for found in word_pattern(words).finditer(view.folded, max(0, place - reach - 30), place):
        last = place - found.end()
    return last if last is not None and last <= reach else None
