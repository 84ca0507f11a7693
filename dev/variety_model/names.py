"""Lower-case words that name a country rather than speak like it: never features. They stand in names.toml.

    all_names()      {"mexicano", "mexicana", ..., "pesos", ...}

A word with a capital letter is never a feature; this list is for adjectives, and for texts all in lower case.
"""

from __future__ import annotations

import tomllib
from pathlib import Path


def all_names() -> set[str]:
    """Every word that is masked."""
    lists = {key: words.split() for key, words in tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8")).items()}
    stems = lists.pop("people_four")
    return {stem + end for stem in stems for end in ("o", "a", "os", "as")}.union(*lists.values())
