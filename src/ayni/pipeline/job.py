"""What a running stage is handed: where to write, its seed, its workers, its progress bar.

    rows = job.map_parts("ayni.corpus.clean:clean_part", [Part(key=digest, item={...}) ...], "clean")

`map_parts` caches each result in the store under the stage, its parameters and the part's own key, so a partner's
new file costs one file. A part task gets `item["folder"]`, writes its files there and returns JSON.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ayni.core.digest import digest_json
from ayni.core.files import publish_folder, read_json, write_json
from ayni.pipeline.engines.engine import Engine, run_task
from ayni.pipeline.exchange import Exchange, settle_item
from ayni.pipeline.mirror import Mirror
from ayni.pipeline.site import Parallel, find_node_store
from ayni.pipeline.withdrawals import Withdrawal

_TRANSFERS = 16  # at once, to and from the mirror: each waits for the network


@dataclass(frozen=True)
class Part:
    """One piece of work: `key` is what its result depends on, `item` what the task is given."""

    key: Any
    item: dict[str, Any]


@dataclass(frozen=True)
class PartResult:
    """A finished part: the folder with its files and what the task returned."""

    folder: Path
    result: Any


@dataclass(frozen=True)
class Lineage:
    """An artifact that went into this one, for cards and locks."""

    name: str
    kind: str
    stage: str
    version: int
    key: str
    digest: str
    params: dict[str, Any]
    counts: dict[str, Any]


@dataclass
class Job:
    """The surroundings of one stage while it runs."""

    name: str
    folder: Path  # write the artifact here
    state: Path  # checkpoints; survives a kill, removed when the stage is done
    parts: Path  # the part cache of the store
    seed: int
    identity: Any  # stage, version and parameters: what every part key starts with
    engine: Engine
    recipe: str = ""
    withdrawals: tuple[Withdrawal, ...] = ()  # for stages that obey them
    mirror: Mirror | None = None
    parallel: Parallel = field(default_factory=Parallel)  # the site's, for the stage that trains
    lineage: list[Lineage] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)  # measured things for the manifest: speed, loss

    def map(self, task: str, items: Sequence[dict[str, Any]], label: str) -> Iterator[Any]:
        """Run a task over items on the engine, with a progress bar; results in order."""
        with self.progress(label, len(items)) as bar:
            for result in self.engine.map(task, items):
                bar.update(1)
                yield result

    def map_parts(self, task: str, parts: Sequence[Part], label: str) -> list[PartResult]:
        """Run a task over parts whose results are cached in the store; results in order."""
        keys = [digest_json([self.identity, task, part.key]) for part in parts]
        folders = [self.parts / key[:2] / key[:32] for key in keys]
        self._share(folders)
        missing = [index for index, folder in enumerate(folders) if not (folder / "result.json").exists()]
        exchange = {"root": str(self.parts.parent), "mirror": self.mirror.address if self.mirror else ""}
        items = [{"task": task, "item": parts[index].item, "folder": str(folders[index]), **exchange} for index in missing]
        for number, _ in enumerate(self.map("ayni.pipeline.job:build_part", items, label)):
            self._share([folders[missing[number]]])
        self.notes["parts"] = {"all": len(parts), "built": len(missing)}
        return [PartResult(folder, read_json(folder / "result.json")) for folder in folders]

    def _share(self, folders: Sequence[Path]) -> None:
        """Take what only the mirror has, give what only this store has: a node may need it, and a run may have been cut off."""
        if self.mirror is None:
            return
        with ThreadPoolExecutor(min(_TRANSFERS, max(1, len(folders)))) as threads:
            list(threads.map(self._share_one, folders))

    def _share_one(self, folder: Path) -> None:
        assert self.mirror is not None
        place = folder.relative_to(self.parts.parent).as_posix()
        if (folder / "result.json").exists():
            self.mirror.push(place, folder)
        else:
            self.mirror.pull(place, folder, self.parts.parent / "tmp" / f"pull-{folder.name}.{os.getpid()}")

    @contextmanager
    def progress(self, label: str, total: int | None, unit: str = "part") -> Iterator[Any]:
        """A progress bar on stderr with the time left; a plain line now and then where there is no terminal."""
        from tqdm import tqdm

        steady = not sys.stderr.isatty()
        with tqdm(
            total=total,
            desc=f"{self.name}: {label}",
            unit=unit,
            leave=False,
            disable=total is not None and total < 2,
            mininterval=15.0 if steady else 0.2,
            ncols=100 if steady else None,
        ) as bar:
            yield bar


def build_part(item: dict[str, Any]) -> None:
    """Run a part task into a scratch folder and publish it into the part cache (runs in a worker)."""
    final, inner = Path(item["folder"]), item["item"]
    if item["mirror"]:
        here = find_node_store(item["root"])
        inner = settle_item(inner, Exchange(item["root"], item["mirror"]), here)
        final = here / final.relative_to(item["root"])
    if not (final / "result.json").exists():  # a task that is tried again may have ended before its node died
        _publish_part(item["task"], inner, final)
    if item["mirror"]:
        Mirror(item["mirror"]).push("/".join(final.parts[-3:]), final)


def _publish_part(task: str, item: dict[str, Any], final: Path) -> None:
    scratch = final.parents[2] / "tmp" / f"part-{final.name}.{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    result = run_task(task, {**item, "folder": str(scratch)})
    write_json(scratch / "result.json", result)
    publish_folder(scratch, final)
