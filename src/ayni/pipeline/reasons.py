"""Why an artifact would be built again: its own change, or the nearest changed artifact above it.

find_reasons(recipe, store, "train").lines     -> ["params.tokens: 20000 -> 30000"]
"""

from __future__ import annotations

from dataclasses import dataclass

from ayni.pipeline.difference import explain
from ayni.pipeline.plan import identify_step, plan
from ayni.pipeline.recipe import Recipe
from ayni.pipeline.store import Store
from ayni.pipeline.withdrawals import read_withdrawals


@dataclass(frozen=True)
class Reasons:
    """The planned state of an artifact and one line a reason."""

    state: str
    lines: list[str]


def find_reasons(recipe: Recipe, store: Store, name: str) -> Reasons:
    """Compare what the recipe would build with what was built for it before."""
    step = recipe.step(name)
    rows = {row.name: row for row in plan(recipe, store, [name])}
    state = rows[name].state
    if state == "cached":
        return Reasons(state, ["it is in the store under its present key"])
    if state == "waits":
        above = [each.name for each in recipe.only([name]) if rows[each.name].state in ("build", "costly")]
        return Reasons(state, [f"first @{each} is built: " + "; ".join(find_reasons(recipe, store, each).lines) for each in above])
    before = store.named_key(recipe.header.name, name)
    if before is None or not store.has(before):
        return Reasons(state, ["the store has no artifact of this name yet"])
    digests = {each: store.manifest(rows[each].key).digest for each in step.needs()}
    return Reasons(state, explain(store.manifest(before), step, identify_step(recipe, step, digests, read_withdrawals(store.root))))
