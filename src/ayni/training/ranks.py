"""What the loop asks of its surroundings: which blocks are mine, what do all ranks together say, where do weights lie.

    ranks = Alone()                 one process, plain tensors
    ranks = Together(parallel)      many, the model split over them (parallel.py)

The loop is written once, for any number of ranks; each is handed one of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch

    from ayni.training.checkpoint import Progress
    from ayni.training.losses import Batch
    from ayni.training.optimizer import Optimizers

Ask = Callable[[Any, "Batch"], "torch.Tensor"]  # from a model and a batch to the sum of its losses

_BLOCK = 1 << 16  # numbers of a gradient that are widened at once: they stay in the cache
_TINY = 1e-6  # beside the norm, so that nothing is divided by 0: as in torch's clip_grad_norm_


class Ranks(Protocol):
    """One process's view of all that train together."""

    first: bool  # the one that writes and shows
    device: str

    def load(self, folder: Path, threads: int, *, adapted: bool) -> Any:
        """The base, ready for `split`; `adapted`: an adapter will be added between the two."""

    def split(self, model: Any, folder: Path) -> Any:
        """The model as this rank holds it, with the folder's weights in it."""

    def ask(self, ask: Ask) -> Ask:
        """The same question, put to a model that is split."""

    def share(self, batch: Batch) -> Batch:
        """This rank's blocks of a step."""

    def add(self, value: float) -> float:
        """The sum over all blocks of what each rank knows of its own."""

    def clip(self, parameters: Iterable[Any], limit: float) -> float:
        """Shorten the gradient to `limit`; how long it was, the same number on every rank."""

    def agree(self, due: bool) -> bool:
        """What the first rank says."""

    def save(self, folder: Path, progress: Progress, model: Any, optimizers: Optimizers) -> None:
        """Write a checkpoint."""

    def resume(self, folder: Path, order: str, model: Any, optimizers: Optimizers) -> Progress | None:
        """Put the newest whole checkpoint into model and optimizers, whoever wrote it; None where there is none."""

    def gather(self, model: Any) -> dict[str, torch.Tensor]:
        """All weights, whole, on the first rank; nothing on the others."""


class Alone:
    """One process: every answer is at hand."""

    first = True
    device = "cpu"

    def __init__(self, recompute: bool = False) -> None:
        self.recompute = recompute

    def load(self, folder: Path, threads: int, *, adapted: bool) -> Any:
        """The base in float32."""
        from ayni.model.weights import load_model

        return load_model(folder, threads)

    def split(self, model: Any, folder: Path) -> Any:
        """The model as it is."""
        if self.recompute:
            recompute_activations(model)
        return model

    def ask(self, ask: Ask) -> Ask:
        """The question as it is."""
        return ask

    def share(self, batch: Batch) -> Batch:
        """All blocks."""
        return batch

    def add(self, value: float) -> float:
        """The value."""
        return value

    def clip(self, parameters: Iterable[Any], limit: float) -> float:
        """By the length of all gradients."""
        gradients = [each.grad for each in parameters if each.grad is not None]
        norm = math.sqrt(sum(square(each) for each in gradients))
        shorten(gradients, norm, limit)
        return norm

    def agree(self, due: bool) -> bool:
        """As this process says."""
        return due

    def save(self, folder: Path, progress: Progress, model: Any, optimizers: Optimizers) -> None:
        """Write a plain checkpoint (checkpoint.py)."""
        from ayni.training.checkpoint import save_checkpoint
        from ayni.training.optimizer import take_moments

        weights = {name: each for name, each in model.named_parameters() if each.requires_grad}
        save_checkpoint(folder, progress, weights, take_moments(model, optimizers))

    def resume(self, folder: Path, order: str, model: Any, optimizers: Optimizers) -> Progress | None:
        """From a plain checkpoint, or from one that many ranks wrote."""
        from ayni.training.checkpoint import load_checkpoint
        from ayni.training.optimizer import put_moments

        found = load_checkpoint(folder, order)
        if found is None:
            return None
        progress, weights, moments = found
        model.load_state_dict(weights, strict=False)
        put_moments(model, optimizers, moments)
        return progress

    def gather(self, model: Any) -> dict[str, torch.Tensor]:
        """The model's parameters."""
        return dict(model.named_parameters())


def square(piece: torch.Tensor) -> float:
    """The sum of squares in float64: in float32, torch's clip_grad_norm_ is off by 5e-5 on the CPU for an embedding of 800,000 numbers."""
    return sum(float(part.double().square_().sum()) for part in piece.reshape(-1).split(_BLOCK))


def shorten(pieces: Iterable[torch.Tensor], norm: float, limit: float) -> None:
    """Scale gradients that are `norm` long together to `limit`, where they are longer."""
    for piece in pieces:
        piece.mul_(min(1.0, limit / (norm + _TINY)))


def recompute_activations(model: Any) -> None:
    """Keep only what goes into each layer; the rest is computed once more on the way back (Chen et al. 2016). Same bits."""
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
