"""A part task on a node whose store is another folder, or another disk, than the run's: files go through the mirror.

    item = settle_item(item, Exchange("/run/store", "s3://bucket/prefix"), Path("/node/store"))

Every path in an item that lies below the run's store and is not on this node is fetched, file by file, to the same place below
`fetched/` in the node's store. What a node builds it pushes; the run takes it from there (pipeline/job.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ayni.core.errors import StoreError
from ayni.pipeline.mirror import Mirror

_DEPTH = {"artifacts": 2, "parts": 3}  # how many names make a place: artifacts/<key>, parts/<ab>/<key>


@dataclass(frozen=True)
class Exchange:
    """The run's store, and the mirror that its nodes share."""

    root: str
    mirror: str


def settle_item(value: Any, exchange: Exchange, here: Path) -> Any:
    """The same item with paths that this node has."""
    if isinstance(value, dict):
        return {name: settle_item(each, exchange, here) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [settle_item(each, exchange, here) for each in value]
    if isinstance(value, str) and value.startswith(exchange.root + "/"):
        return _settle_path(value, exchange, here)
    return value


def _settle_path(path: str, exchange: Exchange, here: Path) -> str:
    relative = PurePosixPath(path).relative_to(exchange.root)
    depth = _DEPTH.get(relative.parts[0], 0)
    if not depth or Path(path).exists():
        return path
    if (here / relative).exists():
        return str(here / relative)
    place, inside = "/".join(relative.parts[:depth]), "/".join(relative.parts[depth:])
    mirror = Mirror(exchange.mirror)
    files = mirror.list_files(place)
    wanted = [name for name in files or {} if not inside or name == inside or name.startswith(inside + "/")]
    if files is None or not wanted:
        raise StoreError(
            f"neither this node nor the mirror has {relative}",
            why=f"looked in {here} and {exchange.mirror}",
            mend="run again: what the run's store has is pushed first",
        )
    target = here / "fetched" / place
    for name in wanted:
        if not (target / name).exists():
            mirror.pull_file(files[name], target / name)
    return str(target / inside) if inside else str(target)
