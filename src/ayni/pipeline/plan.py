"""What a run would do, before it does it: which artifacts are there, which will be built, which are unknown yet.

    for row in plan(recipe, store): print(row.name, row.state)

An artifact whose inputs must first be built has no key yet: the state is `waits`, because those inputs may come out
the same as before (early cutoff), and then nothing below them is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ayni.core.digest import digest_json
from ayni.pipeline.recipe import Recipe, Step, seed_for
from ayni.pipeline.site import Site
from ayni.pipeline.store import Store
from ayni.pipeline.withdrawals import Withdrawal, digest_withdrawals, read_withdrawals


@dataclass(frozen=True)
class PlanRow:
    """One artifact of a plan. `state` is cached, build, costly (build, but only with --accept) or waits."""

    name: str
    kind: str
    stage: str
    state: str
    key: str
    seconds: float | None  # what it took the last time


@dataclass(frozen=True)
class Identity:
    """What a step's key is made of."""

    params: dict[str, Any]
    outside: Any
    seed: int | None
    inputs: dict[str, list[str]]  # input name -> content digests
    withdrawals: str = ""  # digest of the list, for a stage that obeys it; '' for an empty one

    def key(self, step: Step) -> str:
        """The step's key: SHA-256 of stage, version, parameters and the content of the inputs."""
        return digest_json(
            {
                "stage": step.stage.name,
                "version": step.stage.version,
                "params": self.params,
                "outside": self.outside,
                "seed": self.seed,
                "inputs": self.inputs,
            }
            | ({"withdrawals": self.withdrawals} if self.withdrawals else {})
        )


def identify_step(recipe: Recipe, step: Step, digests: dict[str, str], withdrawals: tuple[Withdrawal, ...] = ()) -> Identity:
    """A step's identity, given the digests of the artifacts that it is made from, and the store's withdrawal list."""
    return Identity(
        params=step.stage.key_params(step.params),
        outside=step.stage.outside(step.params) if step.stage.outside else None,
        seed=seed_for(recipe.header.seed, step.name) if step.stage.seeded else None,
        inputs={key: [digests[name] for name in names] for key, names in step.inputs.items()},
        withdrawals=digest_withdrawals(withdrawals) if step.stage.obeys_withdrawals else "",
    )


def is_costly_rebuild(recipe: Recipe, step: Step, store: Store, key: str) -> bool:
    """Whether building `key` would replace a costly artifact that is already there."""
    before = store.named_key(recipe.header.name, step.name)
    return step.stage.costly and before is not None and before != key and store.has(before) and not store.has(key)


def plan(recipe: Recipe, store: Store, targets: Sequence[str] = ()) -> list[PlanRow]:
    """The state of every step that the targets need."""
    digests: dict[str, str] = {}
    withdrawals = read_withdrawals(store.root)
    rows: list[PlanRow] = []
    for step in recipe.only(targets):
        before = store.named_key(recipe.header.name, step.name)
        seconds = store.manifest(before).seconds if before and store.has(before) else None
        if not step.needs() <= digests.keys():
            rows.append(PlanRow(step.name, step.stage.output.kind, step.stage.name, "waits", "", seconds))
            continue
        key = identify_step(recipe, step, digests, withdrawals).key(step)
        state = "build"
        if store.has(key):
            state = "cached"
            digests[step.name] = store.manifest(key).digest
        elif is_costly_rebuild(recipe, step, store, key):
            state = "costly"
        rows.append(PlanRow(step.name, step.stage.output.kind, step.stage.name, state, key, seconds))
    return rows


def estimate(recipe: Recipe, site: Site, targets: Sequence[str] = ()) -> dict[str, Any]:
    """Artifact -> what its stage says that it would cost on this site, for stages that say so."""
    steps = [step for step in recipe.only(targets) if step.stage.estimate]
    found = {step.name: step.stage.estimate(recipe, step, site) for step in steps if step.stage.estimate}
    return {name: cost for name, cost in found.items() if cost is not None}
