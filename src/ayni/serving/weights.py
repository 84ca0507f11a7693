"""Which GGUF file is meant by a path: the file itself, or the best one of a folder.

find_gguf(Path("store/.../data"))       -> .../ayni-q8_0.gguf       eight bits first, then 16
"""

from __future__ import annotations

from pathlib import Path

from ayni.core.errors import InputError

_MEND = "`ayni run` makes one: chat with its release (`ayni ls` shows the names), or name a .gguf file"
_ORDER = ("q8_0", "f16", "bf16")  # eight bits answer like sixteen (release.gguf checks it) at half the memory


def find_gguf(path: Path) -> Path:
    """The file to load. Raises InputError where there is none, or where it is not a GGUF file."""
    if path.is_dir():
        found = sorted(path.glob("*.gguf"), key=_rank)
        if not found:
            raise InputError(f"there is no GGUF file in '{path}'", why="the engine reads that form of a model only", mend=_MEND)
        path = found[0]
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise InputError(f"cannot read '{path}'", why=str(error), mend=_MEND) from error
    if magic != b"GGUF":
        raise InputError(f"'{path.name}' is not a GGUF file", why=f"it begins with {magic!r}", mend=_MEND)
    return path.resolve()


def name_model(path: Path) -> str:
    """A name for a model that was given as a path."""
    full = path.resolve()
    return full.stem if full.is_file() else full.name


def _rank(path: Path) -> tuple[int, str]:
    name = path.stem.lower().replace("-", "_")
    if name.startswith("mmproj"):  # a picture encoder, not a language model
        return len(_ORDER) + 1, name
    for place, form in enumerate(_ORDER):
        if form in name:
            return place, name
    return len(_ORDER), name
