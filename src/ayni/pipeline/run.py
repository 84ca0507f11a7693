"""Build what a recipe asks for and is not there yet.

    result = run(recipe, store, site)
    result.built, result.cached          names
    result.artifacts["release"]          Manifest

Kept promises: an artifact is published whole or not at all; a costly one is not rebuilt without `accept`; a killed
run loses at most the part or the training steps that were in progress.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ayni.core.digest import digest_json, list_file_digests
from ayni.core.errors import AyniError, CostlyRebuild, StageFailed
from ayni.core.files import explain_writing, write_json
from ayni.core.formats.artifact import Artifact
from ayni.pipeline.difference import explain
from ayni.pipeline.engines.engine import Engine, open_engine
from ayni.pipeline.job import Job, Lineage
from ayni.pipeline.manifest import InputRecord, Manifest, describe_machine, read_commit, read_joules, read_packages
from ayni.pipeline.plan import Identity, identify_step, is_costly_rebuild
from ayni.pipeline.recipe import Recipe, Step
from ayni.pipeline.site import Parallel, Site
from ayni.pipeline.store import Store
from ayni.pipeline.withdrawals import Withdrawal, read_withdrawals

Report = Callable[[str, str, float], None]  # name, "cached", "fetched" or "built", seconds


@dataclass
class RunResult:
    """What a run did."""

    built: list[str] = field(default_factory=list)
    cached: list[str] = field(default_factory=list)
    artifacts: dict[str, Manifest] = field(default_factory=dict)


def run(
    recipe: Recipe,
    store: Store,
    site: Site,
    *,
    targets: Sequence[str] = (),
    accept: Sequence[str] = (),
    command: str = "",
    report: Report = lambda name, state, seconds: None,
) -> RunResult:
    """Build the targets (all artifacts where none is named), under the store's lock."""
    steps = recipe.only(targets)
    engine = open_engine(site.engine, site.workers, site.address)
    try:
        with store.lock(), explain_writing(store.root):
            store.sweep()
            builder = _Builder(recipe, store, engine, tuple(accept), command, RunResult(), read_withdrawals(store.root), site.parallel)
            for step in steps:
                started = time.monotonic()
                state = builder.reach(step)
                report(step.name, state, time.monotonic() - started)
            write_lock(recipe, store, builder.result)
            return builder.result
    finally:
        engine.close()


@dataclass
class _Builder:
    recipe: Recipe
    store: Store
    engine: Engine
    accept: tuple[str, ...]
    command: str
    result: RunResult
    withdrawals: tuple[Withdrawal, ...] = ()
    parallel: Parallel = field(default_factory=Parallel)

    def reach(self, step: Step) -> str:
        """Make sure that a step's artifact is in the store; 'cached', 'fetched' from the mirror, or 'built'."""
        digests = {name: manifest.digest for name, manifest in self.result.artifacts.items()}
        identity = identify_step(self.recipe, step, digests, self.withdrawals)
        key = identity.key(step)
        state = "cached"
        if not self.store.has(key):
            state = "fetched" if self.store.take(key) else "built"
        if state == "built":
            self._guard(step, identity, key)
            self._build(step, identity, key)
        self.store.give(key)
        self.store.set_name(self.recipe.header.name, step.name, key, time.time())
        self.result.artifacts[step.name] = self.store.manifest(key)
        (self.result.built if state == "built" else self.result.cached).append(step.name)
        return state

    def _guard(self, step: Step, identity: Identity, key: str) -> None:
        if step.name in self.accept or not is_costly_rebuild(self.recipe, step, self.store, key):
            return
        before = self.store.named_key(self.recipe.header.name, step.name)
        assert before is not None
        reasons = explain(self.store.manifest(before), step, identity)
        raise CostlyRebuild(
            f"'{step.name}' is costly and would be built again",
            why="; ".join(reasons) or "its key changed",
            mend=f"add --accept {step.name}, or undo the change",
        )

    def _build(self, step: Step, identity: Identity, key: str) -> None:
        scratch = self.store.scratch(key)
        job = Job(
            name=step.name,
            folder=scratch / "data",
            state=self.store.state_folder(key),
            parts=self.store.root / "parts",
            seed=identity.seed or 0,
            identity=[step.stage.name, step.stage.version, identity.params],
            engine=self.engine,
            recipe=self.recipe.header.name,
            withdrawals=self.withdrawals if step.stage.obeys_withdrawals else (),
            mirror=self.store.mirror,
            parallel=self.parallel,
            lineage=[_describe(self.result.artifacts[each.name]) for each in self.recipe.only([step.name]) if each is not step],
        )
        started, clock, joules = datetime.now(UTC), time.monotonic(), read_joules()
        artifact = self._call(step, job)
        after = read_joules()
        files = list_file_digests(job.folder)
        manifest = Manifest(
            name=step.name,
            kind=artifact.kind,
            stage=step.stage.name,
            version=step.stage.version,
            key=key,
            digest=digest_json(files),
            params=identity.params,
            outside=identity.outside,
            seed=identity.seed,
            inputs={input: [self._record(name) for name in names] for input, names in step.inputs.items()},
            files=files,
            bytes=sum(path.stat().st_size for path in job.folder.rglob("*") if path.is_file()),
            counts=dict(artifact.counts()),
            recipe=self.recipe.header.name,
            sets=list(self.recipe.sets),
            command=self.command,
            commit=read_commit(),
            started=started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - clock, 2),
            joules=None if joules is None or after is None else round(after - joules, 1),
            packages=read_packages(),
            machine=describe_machine(),
            notes=job.notes,
            withdrawals=identity.withdrawals,
        )
        self.store.publish(key, scratch, manifest)
        shutil.rmtree(job.state, ignore_errors=True)

    def _call(self, step: Step, job: Job) -> Artifact:
        inputs: dict[str, Any] = {}
        for key, spec in step.stage.inputs.items():
            opened = [self.store.open(self.result.artifacts[name].key) for name in step.inputs.get(key, ())]
            inputs[key] = opened if spec.many else (opened[0] if opened else None)
        try:
            with explain_writing(self.store.root):
                step.stage.function(job=job, params=step.params, **inputs)
                artifact = step.stage.output(job.folder)
                artifact.check()
                return artifact
        except (AyniError, KeyboardInterrupt):
            raise
        except Exception as error:  # the worker's edge: a stage may be anyone's code
            raise StageFailed(
                f"'{step.name}' ({step.stage.name}) failed: {type(error).__name__}: {error}",
                why="an error that the stage did not foresee",
                mend="run again with --trace to see where; what was finished is kept",
            ) from error

    def _record(self, name: str) -> InputRecord:
        manifest = self.result.artifacts[name]
        return InputRecord(name, manifest.key, manifest.digest)


def _describe(manifest: Manifest) -> Lineage:
    return Lineage(
        manifest.name, manifest.kind, manifest.stage, manifest.version, manifest.key, manifest.digest, manifest.params, manifest.counts
    )


def write_lock(recipe: Recipe, store: Store, result: RunResult) -> Path:
    """Write recipe.lock: what every artifact came out as, and with which packages. No times, no places."""
    path = store.root / "names" / recipe.header.name / "recipe.lock"
    artifacts = {
        name: {"stage": each.stage, "version": each.version, "key": each.key, "digest": each.digest, "params": each.params}
        for name, each in result.artifacts.items()
    }
    body = {"recipe": recipe.header.model_dump(), "sets": list(recipe.sets), "artifacts": artifacts, "packages": read_packages()}
    write_json(path, body)
    return path
