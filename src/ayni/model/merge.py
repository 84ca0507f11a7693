"""Stage `model.merge`: a point between a base and models that were adapted from it, weight by weight.

    [merged]
    stage = "model.merge"
    base = "@base"
    adapted = ["@model"]         # of several, the mean
    weight = 0.7                 # 0 is the base, 1 the adapted model

merged = base + weight x (mean(adapted) - base). Much of what was forgotten comes back before much of what was learned is lost
(WiSE-FT: Wortsman et al. 2022; model soups: Wortsman et al. 2022b), and it costs no training. All must share base, shape and tokenizer.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ayni.core.errors import RecipeError
from ayni.core.files import write_json
from ayni.core.formats.model import Model
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class MergeParams(StageParams):
    """`weight` of the adapted models; above 1 goes on beyond them."""

    weight: float = Field(gt=0, le=2)


@stage("model.merge", version=1)
def merge(job: Job, base: Model, adapted: list[Model], params: MergeParams) -> Model:  # type: ignore[return]
    """Interpolate tensor by tensor, in float32, so that one tensor of each model is in memory at a time."""
    from safetensors import safe_open

    from ayni.model.folder import copy_tokenizer, write_weights

    for each in adapted:
        _check_kin(base, each)
    models = [safe_open(each.path / "model.safetensors", "pt") for each in (base, *adapted)]
    weights = {name: _interpolate([model.get_tensor(name) for model in models], params.weight) for name in models[0].keys()}  # noqa: SIM118
    write_weights(job.folder, weights)
    write_json(job.folder / "config.json", base.config())
    copy_tokenizer(base.path, job.folder)
    origin = adapted[0].origin() if len(adapted) == 1 else base.origin()
    write_json(job.folder / "origin.json", {**origin, "merged": {"models": len(adapted), "weight": params.weight}})


def _interpolate(tensors: list[Any], weight: float) -> Any:
    base, *adapted = [tensor.float() for tensor in tensors]
    mean = sum(adapted[1:], adapted[0].clone()) / len(adapted)
    return base + weight * (mean - base)


def _check_kin(base: Model, adapted: Model) -> None:
    """Raise RecipeError where a model cannot have come from the base."""
    shape = ("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "intermediate_size", "vocab_size")
    ours, theirs = base.config(), adapted.config()
    wrong = [key for key in shape if ours.get(key) != theirs.get(key)]
    if wrong:
        raise RecipeError("the models have other shapes", why=f"they differ in {', '.join(wrong)}", mend="merge models of one base")
    if base.tokenizer_digest() != adapted.tokenizer_digest():
        raise RecipeError("the models have other tokenizers", why="their rows mean other pieces", mend="merge models of one tokenizer")
