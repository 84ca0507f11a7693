"""What an engine is: one verb. A task is an importable name plus JSON, so any part can be run again by hand.

engine.map("ayni.corpus.read:read_files", [{"file": "a.txt"}, ...])  -> results, in the order of the items
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from ayni.core.errors import InputError, MissingExtra

Task = Callable[[dict[str, Any]], Any]


class Engine(Protocol):
    """Runs a task over items; results come in the order of the items, whatever ran first."""

    def map(self, task: str, items: Sequence[dict[str, Any]]) -> Iterator[Any]:
        """Yield task(item) for every item, in order."""

    def close(self) -> None:
        """Stop the workers."""


def find_task(name: str) -> Task:
    """Import 'package.module:function'."""
    module, _, function = name.partition(":")
    found: Task = getattr(importlib.import_module(module), function)
    return found


def run_task(name: str, item: dict[str, Any]) -> Any:
    """Run one task on one item: what every worker does."""
    return find_task(name)(item)


def open_engine(name: str, workers: int, address: str = "") -> Engine:
    """The engine that a site names."""
    if name == "local":
        from ayni.pipeline.engines.local import LocalEngine

        return LocalEngine(workers)
    if name == "ray":
        try:
            from ayni.pipeline.engines.ray import RayEngine
        except ImportError as error:
            raise MissingExtra("ray is not installed", why=str(error), mend="pip install 'ayni[ray]'") from error
        return RayEngine(workers, address)
    raise InputError(f"no engine is called '{name}'", why="there are local and ray", mend='set engine = "local" in the site file')
