"""The sentences that people read in reports, from assets/texts/report.toml, and names of countries and languages.

words = read_words("es"); words["gain"];  name_country("BO", "pt")    -> "Bolívia"
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from ayni.core.places import asset

LANGUAGES = ("es", "pt", "en")


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(asset(f"texts/{name}.toml").read_text("utf-8"))


def read_words(language: str, name: str = "report") -> dict[str, Any]:
    """Sentence key -> sentence, in Spanish, Portuguese or English; `name` is a file of assets/texts."""
    words: dict[str, Any] = _read(name)[language]
    return words


def name_country(code: str, language: str) -> str:
    """A country's name; the code itself where no name is known, a dash for none."""
    return str(_read("names")["countries"].get(code, {}).get(language, code or "—"))


def name_language(tag: str, language: str) -> str:
    """A language's name; the tag itself where no name is known, a dash for none."""
    return str(_read("names")["languages"].get(tag, {}).get(language, tag or "—"))


def format_number(value: float, language: str, digits: int = 0, *, sign: bool = False) -> str:
    """Digits in groups of three; decimal comma in Spanish and Portuguese, a true minus sign."""
    text = f"{value:{'+' if sign else ''},.{digits}f}".replace("-", "−")
    if language == "en":
        return text
    thousands = "." if language == "pt" else "\u202f"
    return text.replace(",", "\0").replace(".", ",").replace("\0", thousands)
