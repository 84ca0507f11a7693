"""The door for scorers: a function from one document to some columns. Built-ins use the same door as plugins.

    @scorer("shouting", version=1, columns={"capitals": "double"})
    def shouting(document: Document) -> dict[str, object]: ...

A package offers it under the entry point `ayni.scorers` (name = "module:function"). A scorer that has no pack for a
language abstains: it leaves the column out, and no rule can then reject by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from ayni.core.digest import digest_json
from ayni.core.errors import InputError
from ayni.core.formats.documents import Document
from ayni.core.suggest import did_you_mean

Score = Callable[[Document], dict[str, Any]]


@dataclass(frozen=True)
class Scorer:
    """A scorer: its function, its columns with their types, its version."""

    name: str
    version: int
    columns: Mapping[str, str]
    score: Score
    assets: Callable[[], str]

    def assets_digest(self) -> str:
        """Digest of the language packs or weights that the scores depend on."""
        return self.assets()


def scorer(
    name: str, *, version: int, columns: Mapping[str, str], assets: Callable[[], str] = lambda: digest_json(None)
) -> Callable[[Score], Score]:
    """Declare a function as a scorer. Raise the version whenever its answers change."""

    def declare(function: Score) -> Score:
        function.scorer = Scorer(name, version, columns, function, assets)  # type: ignore[attr-defined]
        return function

    return declare


@cache
def _entries() -> dict[str, EntryPoint]:
    return {point.name: point for point in sorted(entry_points(group="ayni.scorers"), key=lambda point: point.name)}


@cache
def get_scorer(name: str) -> Scorer:
    """Import and return a scorer. Raises InputError with a suggestion for an unknown name."""
    if name not in _entries():
        raise InputError(f"no scorer is called '{name}'", why=f"there are: {', '.join(_entries())}", mend=did_you_mean(name, _entries()))
    return cast(Scorer, _entries()[name].load().scorer)


def list_scorers() -> list[dict[str, Any]]:
    """Rows for `ayni list scorers`."""
    found = [get_scorer(name) for name in _entries()]
    return [
        {"name": each.name, "version": each.version, "columns": ", ".join(each.columns), "about": (each.score.__doc__ or "").split("\n")[0]}
        for each in found
    ]
