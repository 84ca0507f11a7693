"""One step of training: the batch in parts that fit in memory, the loss and its gradient as of the whole, clipping, the optimizers.

    loss, norm = take_step(model, optimizers, batch, size=4, rate=3e-4, clip=1.0, ask=sum_loss)

Every part's sum is divided by the tokens of the whole step, so that parts of unlike length weigh as they should: in float64 the
gradient is the one of the big batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from ayni.core.errors import StageFailed
from ayni.training.losses import Batch
from ayni.training.optimizer import Optimizers


def take_step(model: Any, optimizers: Optimizers, batch: Batch, *, size: int, rate: float, clip: float, ask: Any) -> tuple[float, float]:
    """Loss and norm. `size`: blocks at a time; `ask`: from a model and a part to the sum of its losses."""
    for group in (group for each in optimizers for group in each.param_groups):
        group["lr"] = rate
    loss = add_gradients(model, batch, size, ask)
    norm = float(torch.nn.utils.clip_grad_norm_(model.parameters(), clip))
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise StageFailed(f"the loss is {loss}, its gradient {norm} long", why="the learning rate is too high", mend="lower `rate`")
    for each in optimizers:
        each.step()
        each.zero_grad(set_to_none=True)
    return loss, norm


def add_gradients(model: Any, batch: Batch, size: int, ask: Callable[[Any, Batch], torch.Tensor]) -> float:
    """Add the gradient of the batch's mean loss to the parameters'; returns that loss."""
    total, loss = max(1, batch.predicted()), 0.0
    for part in batch.split(size):
        share = ask(model, part) / total
        share.backward()  # type: ignore[no-untyped-call]
        loss += float(share.detach())
    return loss
