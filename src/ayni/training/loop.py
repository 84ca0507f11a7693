"""Stage `training.train`: continued pretraining (or training from scratch) of a Llama model on a mix of streams.

    [train]
    stage = "training.train"
    base = "@base"
    tokens = "@tokens"
    budget = 36864             # tokens
    rate = 3e-4

Reads a model folder and tokens made with its tokenizer, writes a model folder. Exact: float32 on a fixed number of
threads, so that a run that was killed anywhere and taken up again ends in the same bytes.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from ayni.core.errors import RecipeError, StageFailed
from ayni.core.files import write_json
from ayni.core.formats.model import Model
from ayni.core.formats.tokens import Tokens
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.training.estimate import estimate

_CHECKPOINT_SHARE = 0.1  # at most this share of the time goes into checkpoints


class TrainParams(StageParams):
    """`budget` in tokens; `length` of a block in tokens; `batch` in blocks; `rate` at the peak; `lora_rank` 0 trains all
    weights; `frozen_layers`, counted from the bottom, stay as the base has them, and with the first of them the embeddings;
    `distill`, from 0 to 1, holds the model to the base's answers on the streams `held` (see distillation.py).
    """

    budget: int = Field(ge=1)
    length: int = Field(default=256, ge=8)
    batch: int = Field(default=4, ge=1)
    rate: float = Field(default=3e-4, gt=0)
    warmup: float = Field(default=0.05, ge=0, le=1)
    decay: float = Field(default=0.6, ge=0, le=1)
    weight_decay: float = Field(default=0.0, ge=0)
    beta2: float = Field(default=0.95, gt=0, lt=1)
    clip: float = Field(default=1.0, gt=0)
    lora_rank: int = Field(default=0, ge=0)
    frozen_layers: int = Field(default=0, ge=0)
    distill: float = Field(default=0.0, ge=0, le=1)
    held: tuple[str, ...] = ("replay",)
    compute: str = Field(default="float32", pattern="^(float32|bfloat16)$")
    threads: int = Field(default=2, ge=1)
    checkpoint_seconds: float = Field(default=45.0, ge=0)


@dataclass
class _Training:
    model: Any
    optimizer: Any
    params: TrainParams
    steps: int
    teacher: Any = None  # ids -> the base's logits, where the model is held to them
    step: int = 0
    losses: list[list[float]] = field(default_factory=list)


@stage("training.train", version=1, costly=True, seeded=True, places={"checkpoint_seconds": True}, estimate=estimate)
def train(job: Job, base: Model, tokens: Tokens, params: TrainParams) -> Model:  # type: ignore[return]
    """Train, checkpointing now and then; write the model folder and its record of losses."""
    import torch

    from ayni.training.data import Blocks

    _check_tokens(base, tokens)
    steps = max(1, params.budget // (params.batch * params.length))
    data = Blocks(tokens, seed=job.seed, length=params.length, blocks=steps * params.batch)
    order = data.digest()
    training = _begin(base, params, steps, job.seed)
    _resume(training, job, order)
    began, first = time.monotonic(), training.step
    saved, saving = time.monotonic(), 0.0
    with job.progress("tokens", steps * params.batch * params.length, "tok") as bar:
        bar.update(first * params.batch * params.length)
        while training.step < steps:
            held = [name in params.held for name in data.streams(training.step, params.batch)]
            loss = _take_step(training, torch.from_numpy(data.batch(training.step, params.batch)), torch.tensor(held))
            training.losses.append([training.step * params.batch * params.length, round(loss, 5)])
            bar.update(params.batch * params.length)
            bar.set_postfix(loss=f"{loss:.3f}")
            due = max(params.checkpoint_seconds, saving / _CHECKPOINT_SHARE)
            if training.step < steps and time.monotonic() - saved >= due:
                started = time.monotonic()
                _save(training, job, order)
                saved = time.monotonic()
                saving = saved - started
    seconds = time.monotonic() - began
    job.notes["tokens_per_second"] = round((steps - first) * params.batch * params.length / max(seconds, 1e-9), 1)
    _write(training, base, job)


def _check_tokens(base: Model, tokens: Tokens) -> None:
    if tokens.head().tokenizer != base.tokenizer_digest():
        raise RecipeError(
            "the tokens were made with another tokenizer than the model's",
            why=f"{tokens.head().tokenizer[:12]} against {base.tokenizer_digest()[:12]}",
            mend="pack them with the model that is trained",
        )


def _begin(base: Model, params: TrainParams, steps: int, seed: int) -> _Training:
    from ayni.model.weights import load_model
    from ayni.training.adapter import add_adapter
    from ayni.training.distillation import make_teacher
    from ayni.training.optimizer import freeze_layers, make_optimizer

    model = load_model(base.path, params.threads)
    model.config.use_cache = False
    freeze_layers(model, params.frozen_layers)
    if params.lora_rank:
        size = int(base.config()["vocab_size"])
        gained = range(size - int(base.origin().get("new_rows", 0)), size)
        model = add_adapter(model, rank=params.lora_rank, first_layer=params.frozen_layers, seed=seed, rows=gained)
    model.train()
    optimizer = make_optimizer(model, rate=params.rate, decay=params.weight_decay, betas=(0.9, params.beta2))
    teacher = make_teacher(model, base.path, params.threads) if params.distill else None
    return _Training(model, optimizer, params, steps, teacher)


def _resume(training: _Training, job: Job, order: str) -> None:
    from ayni.training.checkpoint import load_checkpoint
    from ayni.training.optimizer import put_moments

    found = load_checkpoint(job.state, order)
    if found is None:
        return
    progress, weights, moments = found
    training.model.load_state_dict(weights, strict=False)
    put_moments(training.model, training.optimizer, moments)
    training.step, training.losses = progress.step, progress.losses
    job.notes["resumed_at_step"] = progress.step


def _take_step(training: _Training, ids_BT: Any, held_B: Any) -> float:
    import torch

    from ayni.training.distillation import distilled_loss
    from ayni.training.schedule import learning_rate_factor

    params = training.params
    factor = learning_rate_factor(training.step, training.steps, warmup=params.warmup, decay=params.decay)
    for group in training.optimizer.param_groups:
        group["lr"] = params.rate * factor
    with torch.autocast("cpu", torch.bfloat16, enabled=params.compute == "bfloat16"):
        if training.teacher:
            loss = distilled_loss(training.model, training.teacher, ids_BT, held_B, params.distill)
        else:
            loss = training.model(ids_BT, labels=ids_BT).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(training.model.parameters(), params.clip)
    training.optimizer.step()
    training.optimizer.zero_grad(set_to_none=True)
    training.step += 1
    value = float(loss.detach())
    if not math.isfinite(value):
        raise StageFailed(f"the loss is {value} at step {training.step}", why="the learning rate is too high", mend="lower `rate`")
    return value


def _save(training: _Training, job: Job, order: str) -> None:
    from ayni.training.checkpoint import Progress, save_checkpoint
    from ayni.training.optimizer import take_moments

    weights = {name: each for name, each in training.model.named_parameters() if each.requires_grad}
    save_checkpoint(job.state, Progress(training.step, order, training.losses), weights, take_moments(training.model, training.optimizer))


def _write(training: _Training, base: Model, job: Job) -> None:
    from ayni.model.folder import copy_tokenizer, write_weights
    from ayni.training.adapter import merge_adapter

    model = merge_adapter(training.model) if training.params.lora_rank else training.model
    write_json(job.folder / "config.json", base.config())
    write_weights(job.folder, dict(model.named_parameters()))
    copy_tokenizer(base.path, job.folder)
    origin = base.origin()
    tokens = training.steps * training.params.batch * training.params.length
    write_json(job.folder / "origin.json", {**origin, "continued": origin.get("name", ""), "tokens_trained": tokens})
    write_json(job.folder / "training.json", {"steps": training.steps, "tokens": tokens, "losses": training.losses})
