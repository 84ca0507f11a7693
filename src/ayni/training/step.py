"""One step of training: the batch in parts that fit in memory, the loss and its gradient as of the whole, clipping, the optimizers.

    loss, norm = take_step(model, optimizers, batch, size=4, rate=3e-4, clip=1.0, ask=sum_loss)

Every part's sum is divided by the tokens of the whole step, so that parts of unlike length weigh as they should: in float64 the
gradient is the one of the big batch. Where many ranks train together, each computes its own blocks of it (ranks.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from ayni.core.errors import StageFailed
from ayni.training.losses import Batch
from ayni.training.optimizer import Optimizers
from ayni.training.ranks import Alone, Ranks


def take_step(
    model: Any, optimizers: Optimizers, batch: Batch, *, size: int, rate: float, clip: float, ask: Any, ranks: Ranks | None = None
) -> tuple[float, float]:
    """Loss and norm. `size`: blocks at a time; `ask`: from a model and a part to the sum of its losses."""
    ranks = ranks or Alone()
    for group in (group for each in optimizers for group in each.param_groups):
        group["lr"] = rate
    loss = ranks.add(add_gradients(model, ranks.share(batch), size, ranks.ask(ask), batch.predicted()))
    norm = ranks.clip(model.parameters(), clip)
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise StageFailed(f"the loss is {loss}, its gradient {norm} long", why="the learning rate is too high", mend="lower `rate`")
    for each in optimizers:
        each.step()
        each.zero_grad(set_to_none=True)
    return loss, norm


def add_gradients(model: Any, batch: Batch, size: int, ask: Callable[[Any, Batch], torch.Tensor], predicted: int | None = None) -> float:
    """Add the gradient of the batch's mean loss to the parameters'; returns that loss. `predicted`: tokens of the whole step."""
    total, loss = max(1, batch.predicted() if predicted is None else predicted), 0.0
    for part in batch.split(size):
        share = ask(model, part) / total
        share.backward()  # type: ignore[no-untyped-call]
        loss += float(share.detach())
    return loss
