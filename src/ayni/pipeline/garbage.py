"""Which folders of a store no recipe's names lead to, and dropping them.

Kept: named artifacts, everything they were made from, and, without `everything`, the part cache and checkpoints: what an
interrupted run needs to go on has no name yet. Bytes are those of the folders; what is hard-linked elsewhere stays on disk.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ayni.pipeline.store import Store


@dataclass(frozen=True)
class Swept:
    """What was dropped, as lines, and how many bytes that freed."""

    removed: list[str]
    bytes: int


def collect(store: Store, *, dry_run: bool = False, everything: bool = False) -> Swept:
    """Drop unused artifacts under the store's lock; with `everything` cached parts and checkpoints too."""
    with store.lock():
        kept = _find_used(store)
        doomed = [store.root / "artifacts" / key for key in store.list_keys() if key not in kept]
        doomed += sorted((store.root / "tmp").glob("*"))
        if not kept or everything:
            doomed += [*sorted((store.root / "state").glob("*")), *sorted((store.root / "parts").glob("*"))]
        lines = [str(path.relative_to(store.root)) for path in doomed]
        size = sum(_measure(path) for path in doomed)
        if not dry_run:
            for path in doomed:
                _drop(store, path)
        return Swept(lines, size)


def _drop(store: Store, path: Path) -> None:
    """Rename into tmp/ first: a kill in the middle must not leave a manifest without its data."""
    grave = store.root / "tmp" / f"drop-{path.name}"
    grave.parent.mkdir(exist_ok=True)
    if path.parent != grave.parent:
        shutil.rmtree(grave, ignore_errors=True)
        path.rename(grave)
        path = grave
    shutil.rmtree(path)


def _find_used(store: Store) -> set[str]:
    queue = [each.key[:32] for each in store.names()]
    used: set[str] = set()
    while queue:
        key = queue.pop()
        if key in used:
            continue
        used.add(key)
        if store.has(key):
            queue += [record.key[:32] for records in store.manifest(key).inputs.values() for record in records]
    return used


def _measure(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
