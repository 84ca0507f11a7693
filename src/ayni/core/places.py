"""Where the files that come with ayni lie: recipes, sites and assets, installed or in a source tree.

find_shipped("recipes", "tiny")      -> .../recipes/tiny.toml
asset("starter")                     -> .../ayni/assets/starter
"""

from __future__ import annotations

from pathlib import Path

from ayni.core.errors import InputError
from ayni.core.suggest import did_you_mean

_PACKAGE = Path(__file__).resolve().parents[1]


def asset(name: str) -> Path:
    """A file or folder below `ayni/assets`."""
    path = _PACKAGE / "assets" / name
    if not path.exists():
        known = sorted(each.name for each in (_PACKAGE / "assets").iterdir())
        raise InputError(f"ayni ships no asset '{name}'", mend=did_you_mean(name, known))
    return path


def shipped_folder(kind: str) -> Path:
    """The folder of shipped `recipes` or `sites`: inside an installed package, else at the source tree's root."""
    inside = _PACKAGE / kind
    return inside if inside.is_dir() else _PACKAGE.parents[1] / kind


def list_shipped(kind: str) -> dict[str, Path]:
    """Name -> path of the shipped recipes or sites."""
    return {path.stem: path for path in sorted(shipped_folder(kind).glob("*.toml"))}


def find_shipped(kind: str, name: str) -> Path:
    """A path as given, else the shipped file of that name (with or without folder and ending)."""
    given = Path(name)
    if given.is_file():
        return given
    known = list_shipped(kind)
    if given.stem in known and (len(given.parts) == 1 or given.parts[-2] == kind):
        return known[given.stem]
    raise InputError(
        f"no {kind.removesuffix('s')} at '{name}'",
        why=f"it is no file, and ayni ships only: {', '.join(known)}",
        mend=did_you_mean(given.stem, known) or "check the path",
    )
