"""Stage `evaluation.gate`: no release of a model that forgot more than was agreed before.

    [gate]
    stage = "evaluation.gate"
    scores = "@scores"
    forgetting = 0.02            # bits per byte that may be lost, at the upper end of the 95% interval

A test of non-inferiority with a margin that the recipe states: the whole interval of the difference must lie below the margin, so that
too few texts are no excuse (a row of fewer than five works has no interval and passes nothing). With `refuse` the run stops here,
and what is made from the verdict, a release, is not made; without, the verdict is only written down.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ayni.core.errors import RecipeError, StageFailed
from ayni.core.formats.scores import MINIMUM_WORKS, Scores
from ayni.core.formats.verdict import Condition, Verdict
from ayni.core.suggest import did_you_mean
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class GateParams(StageParams):
    """`forgetting`: the margin for each of `rows` of the table of forgetting; `gain`: by how much `gain_row` must be better at least,
    at the upper end of its interval (0: better, with the interval clear of zero).
    """

    forgetting: float = Field(default=0.02, ge=0)
    rows: tuple[str, ...] = ("unlike the replay",)
    gain: float = Field(default=0.0, ge=0)
    gain_row: str = "regional"
    refuse: bool = True


@stage("evaluation.gate", version=1)
def gate(job: Job, scores: Scores, params: GateParams) -> Verdict:  # type: ignore[return]
    """Compare every named row with its limit."""
    table = scores.table()
    conditions = [_judge(_find(table["gain"], params.gain_row), -params.gain, strict=True)]
    conditions += [_judge(_find(table["forgetting"], name), params.forgetting) for name in params.rows]
    failed = [each for each in conditions if not each.held]
    if failed and params.refuse:
        reasons = [f"{each.name}: {each.measured:+.3f} [{each.low:+.3f}, {each.high:+.3f}], limit {each.limit:+.3f}" for each in failed]
        raise StageFailed(
            "the model does not pass the gate",
            why="; ".join(reasons) + " bits per byte",
            mend="train it otherwise (more replay, distillation, model.merge), or state another margin in the recipe, where all can see it",
        )
    Verdict(job.folder).write(conditions)


def _find(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for row in rows:
        if row["name"] == name:
            return row
    names = [row["name"] for row in rows]
    raise RecipeError(f"the scores have no row '{name}'", why=f"there are: {', '.join(names)}", mend=did_you_mean(name, names))


def _judge(row: dict[str, Any], limit: float, *, strict: bool = False) -> Condition:
    """Whether the whole interval lies below the limit (`strict`) or not above it."""
    held = row["works"] >= MINIMUM_WORKS and (row["high"] < limit if strict else row["high"] <= limit)
    return Condition(row["name"], limit, row["delta"], row["low"], row["high"], held)
