"""Stage `training.train`: continued pretraining (or training from scratch) of a Llama model on a mix of streams.

    [train]
    stage = "training.train"
    base = "@base"
    tokens = "@tokens"
    budget = 36864             # tokens
    rate = 3e-4

Reads a model folder and tokens made with its tokenizer, writes a model folder and metrics.jsonl. Exact: float32 on a fixed number of
threads, so that a run that was killed anywhere and taken up again ends in the same bytes. No attention crosses from one document of a
block to the next. Before the first step the loss of the first block is taken without learning and a checkpoint is written and read
back, so that what would fail at the first save fails at once.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ayni.core.errors import RecipeError, StageFailed
from ayni.core.files import write_json
from ayni.core.formats.model import Model
from ayni.core.formats.tokens import Tokens
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.training.estimate import estimate
from ayni.training.metrics import Row, open_board, write_metrics

if TYPE_CHECKING:
    from ayni.training.data import Blocks
    from ayni.training.losses import Batch
    from ayni.training.ranks import Ranks

_CHECKPOINT_SHARE = 0.1  # at most this share of the time goes into checkpoints


class TrainParams(StageParams):
    """`budget` in tokens; `length` of a block in tokens; `batch` in blocks, of which `part` are computed at a time (0: all); `rate` at
    the peak; `schedule` and its `warmup` and `decay` as in schedule.py; `lora_rank` 0 trains all weights; `frozen_layers`, counted from
    the bottom, stay as the base has them, and with the first of them the embeddings; `distill`, from 0 to 1, holds the model to the
    base's answers on the streams `held` (distillation.py); `isolate`: no document of a block sees another; `goldfish` k: one token in
    k is not asked for (losses.py); `compile` the layers (compilation.py); `tensorboard`: a folder.
    """

    budget: int = Field(ge=1)
    length: int = Field(default=256, ge=8)
    batch: int = Field(default=4, ge=1)
    part: int = Field(default=0, ge=0)
    rate: float = Field(default=3e-4, gt=0)
    optimizer: Literal["adamw", "muon"] = "adamw"
    schedule: Literal["wsd", "cosine"] = "wsd"
    warmup: float = Field(default=0.05, ge=0, le=1)
    decay: float = Field(default=0.6, ge=0, le=1)
    weight_decay: float = Field(default=0.0, ge=0)
    beta2: float = Field(default=0.95, gt=0, lt=1)
    clip: float = Field(default=1.0, gt=0)
    lora_rank: int = Field(default=0, ge=0)
    frozen_layers: int = Field(default=0, ge=0)
    distill: float = Field(default=0.0, ge=0, le=1)
    held: tuple[str, ...] = ("replay",)
    isolate: bool = True
    goldfish: int = Field(default=0, ge=0)
    compute: str = Field(default="float32", pattern="^(float32|bfloat16)$")
    compile: bool = False
    threads: int = Field(default=2, ge=1)
    checkpoint_seconds: float = Field(default=45.0, ge=0)
    tensorboard: str = ""


@dataclass
class _Training:
    model: Any
    optimizers: Any
    params: TrainParams
    steps: int
    ranks: Ranks
    teacher: Any = None  # a batch -> the base's logits, where the model is held to them
    step: int = 0
    rows: list[Row] = field(default_factory=list)

    def tokens(self) -> int:
        """Read so far."""
        return self.step * self.params.batch * self.params.length


@stage("training.train", version=4, costly=True, seeded=True, places={"checkpoint_seconds": True, "tensorboard": True}, estimate=estimate)
def train(job: Job, base: Model, tokens: Tokens, params: TrainParams) -> Model:  # type: ignore[return]
    """Train, here or on as many ranks as the site says (launch.py)."""
    _check_tokens(base, tokens)
    if job.parallel.ranks() > 1:
        from ayni.training.launch import launch

        launch(job, base, tokens, params)
    else:
        from ayni.training.ranks import Alone

        train_on(Alone(job.parallel.recompute), job, base, tokens, params)


def train_on(ranks: Ranks, job: Job, base: Model, tokens: Tokens, params: TrainParams) -> None:
    """Train, checkpointing now and then; write the model folder and its record."""
    from ayni.training.data import Blocks

    steps = max(1, params.budget // (params.batch * params.length))
    data = Blocks(tokens, seed=job.seed, length=params.length, blocks=steps * params.batch)
    order = data.digest()
    training = _begin(base, params, steps, job.seed, ranks)
    if not _resume(training, job, order):
        _rehearse(training, job, order, _read_batch(data, tokens, training))
    began, first = time.monotonic(), training.tokens()
    _run(training, job, data, tokens, order)
    planned = steps * params.batch * params.length
    if training.tokens() != planned or len(training.rows) != steps:
        raise StageFailed(f"{training.tokens()} tokens were trained on, {planned} were planned", mend="report this: the loop is wrong")
    job.notes["tokens_per_second"] = round((planned - first) / max(time.monotonic() - began, 1e-9), 1)
    _write(training, base, job)


def _run(training: _Training, job: Job, data: Blocks, tokens: Tokens, order: str) -> None:
    """Step after step, a checkpoint where one is due."""
    params, show = training.params, open_board(training.params.tensorboard if training.ranks.first else "")
    saved, saving, width = time.monotonic(), 0.0, training.params.batch * training.params.length
    with job.progress("tokens", training.steps * width, "tok") as bar:
        bar.update(training.tokens())
        while training.step < training.steps:
            row = _take_step(training, _read_batch(data, tokens, training))
            training.rows.append(row)
            show(training.step, row)
            bar.update(width)
            bar.set_postfix(loss=f"{row.loss:.3f}")
            due = max(params.checkpoint_seconds, saving / _CHECKPOINT_SHARE)
            if training.step < training.steps and training.ranks.agree(time.monotonic() - saved >= due):
                started = time.monotonic()
                _save(training, job, order)
                saved = time.monotonic()
                saving = saved - started


def _read_batch(data: Blocks, tokens: Tokens, training: _Training) -> Batch:
    """The blocks of the next step."""
    import torch

    from ayni.training.losses import Batch, drop_goldfish, place_tokens

    params = training.params
    ids_BT = data.batch(training.step, params.batch)
    places_BT = torch.from_numpy(place_tokens(ids_BT, tokens.head().boundary)) if params.isolate else None
    held = [name in params.held for name in data.streams(training.step, params.batch)]
    return Batch(torch.from_numpy(ids_BT), torch.from_numpy(drop_goldfish(ids_BT, params.goldfish)), places_BT, torch.tensor(held))


def _rehearse(training: _Training, job: Job, order: str, batch: Batch) -> None:
    """A loss and a checkpoint before anything is learned."""
    import torch

    ranks = training.ranks
    with torch.no_grad():
        loss = float(ranks.ask(_ask(training))(training.model, ranks.share(batch).split(1)[0]))
    if not math.isfinite(loss):
        raise StageFailed(f"the loss of the base is {loss}", why="its weights are damaged, or not those of a Llama", mend="adopt it again")
    _save(training, job, order)
    if ranks.resume(job.state, order, training.model, training.optimizers) is None:
        raise StageFailed("a checkpoint that was just written cannot be read", why=f"in {job.state.name}", mend="check the disk")


def _check_tokens(base: Model, tokens: Tokens) -> None:
    if tokens.head().tokenizer != base.tokenizer_digest():
        raise RecipeError(
            "the tokens were made with another tokenizer than the model's",
            why=f"{tokens.head().tokenizer[:12]} against {base.tokenizer_digest()[:12]}",
            mend="pack them with the model that is trained",
        )


def _begin(base: Model, params: TrainParams, steps: int, seed: int, ranks: Ranks) -> _Training:
    from ayni.training.adapter import add_adapter
    from ayni.training.attention import widen_attention
    from ayni.training.compilation import compile_layers
    from ayni.training.distillation import make_teacher
    from ayni.training.optimizer import freeze_layers, make_optimizers

    model = ranks.load(base.path, params.threads, adapted=params.lora_rank > 0)
    model.config.use_cache = False
    freeze_layers(model, params.frozen_layers)
    if params.lora_rank:
        size = int(base.config()["vocab_size"])
        gained = range(size - int(base.origin().get("new_rows", 0)), size)
        model = add_adapter(model, rank=params.lora_rank, first_layer=params.frozen_layers, seed=seed, rows=gained)
    model = ranks.split(model.train(), base.path)
    if params.compute == "bfloat16" and ranks.device == "cpu":
        widen_attention(model)
    if params.compile:
        compile_layers(model)
    betas = (0.9, params.beta2)
    optimizers = make_optimizers(model, kind=params.optimizer, rate=params.rate, decay=params.weight_decay, betas=betas)
    teacher = make_teacher(model, base.path, params.threads) if params.distill else None
    return _Training(model, optimizers, params, steps, ranks, teacher)


def _resume(training: _Training, job: Job, order: str) -> bool:
    progress = training.ranks.resume(job.state, order, training.model, training.optimizers)
    if progress is None:
        return False
    if progress.cursor != progress.step * training.params.batch:
        raise StageFailed(
            f"after {progress.step} steps {progress.cursor} blocks were read", mend="remove the state folder of this artifact"
        )
    training.step, training.rows = progress.step, [Row(int(tokens), *told) for tokens, *told in progress.rows]
    job.notes["resumed_at_step"] = progress.step
    return True


def _ask(training: _Training) -> Any:
    """From a model and a batch to the sum of its losses."""
    from ayni.training.distillation import sum_distilled
    from ayni.training.losses import sum_loss

    if training.teacher is None:
        return sum_loss
    return lambda model, batch: sum_distilled(model, training.teacher, batch, training.params.distill)


def _take_step(training: _Training, batch: Batch) -> Row:
    import torch

    from ayni.training.schedule import learning_rate_factor
    from ayni.training.step import take_step

    params = training.params
    factor = learning_rate_factor(training.step, training.steps, warmup=params.warmup, decay=params.decay, schedule=params.schedule)
    rate, size = params.rate * factor, params.part or params.batch
    with torch.autocast(training.ranks.device, torch.bfloat16, enabled=params.compute == "bfloat16"):
        loss, norm = take_step(
            training.model, training.optimizers, batch, size=size, rate=rate, clip=params.clip, ask=_ask(training), ranks=training.ranks
        )
    row = Row(training.tokens(), round(loss, 5), rate, round(norm, 5))
    training.step += 1
    return row


def _save(training: _Training, job: Job, order: str) -> None:
    from ayni.training.checkpoint import Progress

    rows = [list(vars(row).values()) for row in training.rows]
    progress = Progress(training.step, order, rows, training.step * training.params.batch)
    training.ranks.save(job.state, progress, training.model, training.optimizers)


def _write(training: _Training, base: Model, job: Job) -> None:
    from ayni.model.folder import copy_tokenizer, write_weights
    from ayni.training.adapter import merge_adapter

    model = merge_adapter(training.model) if training.params.lora_rank else training.model
    weights = training.ranks.gather(model)
    if not training.ranks.first:
        return
    write_json(job.folder / "config.json", base.config())
    write_weights(job.folder, weights)
    copy_tokenizer(base.path, job.folder)
    origin = base.origin()
    tokens = training.tokens()
    write_json(job.folder / "origin.json", {**origin, "continued": origin.get("name", ""), "tokens_trained": tokens})
    losses = [[row.tokens, row.loss] for row in training.rows]
    write_json(job.folder / "training.json", {"steps": training.steps, "tokens": tokens, "losses": losses})
    write_metrics(job.folder / "metrics.jsonl", training.rows)
