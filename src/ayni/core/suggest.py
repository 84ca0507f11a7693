"""Suggestions for a mistyped name.

did_you_mean("starge", ["stage", "seed"])     -> "did you mean 'stage'?"
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """'did you mean ...?' for the nearest known name, or an empty string."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else ""
