"""The sentences that people read in the chat page, the terminal and `ayni serve`: assets/serving/texts.json.

words = read_texts("terminal", find_language(os.environ)); words["goodbye"]
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from ayni.core.places import asset

LANGUAGES = ("es", "pt", "en")


@cache
def _read() -> dict[str, dict[str, dict[str, Any]]]:
    texts: dict[str, dict[str, dict[str, Any]]] = json.loads(asset("serving/texts.json").read_text("utf-8"))
    return texts


def read_texts(part: str, language: str) -> dict[str, Any]:
    """Key -> sentence of one part (page, terminal, server) in one language."""
    return _read()[language][part]


def find_language(environment: Mapping[str, str]) -> str:
    """The reader's language as POSIX states it; English where it is another or none.

    (`locale.setlocale` would need the locale to be installed; in a container it rarely is.)
    """
    stated = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    tag = stated.lower()[:2]
    return tag if tag in LANGUAGES else "en"
