"""Losses: cross-entropy of the next token as a sum over a batch, without ever holding all logits; goldfish labels.

    loss = sum_loss(model, batch)                 divide by batch.predicted() of the whole step, so that parts add up exactly
    labels = drop_goldfish(ids, 4)                a quarter of the tokens is never learned by heart

B: blocks, T: tokens of a block, N: tokens of all blocks, C: width of the model, V: vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

IGNORED = -100  # a label that nothing is asked of
CHUNK = 256  # tokens whose logits are held at once
_CONTEXT = 13  # tokens before one that decide whether it is dropped: h of Hans et al. 2024


@dataclass(frozen=True)
class Batch:
    """Blocks of one step, or of a part of it."""

    ids_BT: torch.Tensor
    labels_BT: torch.Tensor  # the ids, or IGNORED
    positions_BT: torch.Tensor | None  # of each token in its document; None: a block is one text
    held_B: torch.Tensor  # bool: blocks on which the model is held to its base

    def predicted(self) -> int:
        """How many tokens are asked for: the first of a block never is."""
        return int((self.labels_BT[:, 1:] != IGNORED).sum())

    def split(self, size: int) -> list[Batch]:
        """The same blocks, so many at a time."""
        starts = range(0, len(self.ids_BT), size)
        return [Batch(*(None if each is None else each[at : at + size] for each in vars(self).values())) for at in starts]

    def to(self, device: str) -> Batch:
        """The same blocks where a model computes."""
        return Batch(*(None if each is None else each.to(device) for each in vars(self).values()))


def sum_loss(model: Any, batch: Batch) -> torch.Tensor:
    """Cross-entropy, summed over the tokens that are asked for; a scalar."""
    llama = find_llama(model)
    hidden_BTC = llama.model(input_ids=batch.ids_BT, position_ids=batch.positions_BT, use_cache=False).last_hidden_state
    hidden_NC, wanted_N = hidden_BTC[:, :-1].flatten(0, 1), batch.labels_BT[:, 1:].flatten()
    if type(llama.lm_head) is torch.nn.Linear and torch.is_grad_enabled():
        return _ChunkedLoss.apply(hidden_NC, llama.lm_head.weight, wanted_N)  # type: ignore[no-untyped-call]
    chunks = zip(hidden_NC.split(CHUNK), wanted_N.split(CHUNK), strict=True)
    return sum((_loss_of(llama.lm_head, *chunk) for chunk in chunks), hidden_NC.new_zeros(()))


def find_llama(model: Any) -> Any:
    """The Llama itself, with its adapters in it, where peft has wrapped it."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _loss_of(head: Any, hidden_NC: torch.Tensor, wanted_N: torch.Tensor) -> torch.Tensor:
    """One chunk by a head of any kind; its logits are computed once more on the way back instead of being kept."""
    from torch.utils.checkpoint import checkpoint

    def ask(hidden_NC: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(widen(head(hidden_NC)), wanted_N, ignore_index=IGNORED, reduction="sum")

    return checkpoint(ask, hidden_NC, use_reentrant=False) if torch.is_grad_enabled() else ask(hidden_NC)  # type: ignore[no-any-return]


class _ChunkedLoss(torch.autograd.Function):
    """A linear head and cross-entropy in one: the gradients are made while the chunk's logits are at hand, in their place."""

    @staticmethod
    def forward(ctx: Any, hidden_NC: torch.Tensor, weight_VC: torch.Tensor, wanted_N: torch.Tensor) -> torch.Tensor:
        slope_NC = torch.empty_like(hidden_NC)
        slope_VC = torch.zeros_like(weight_VC) if ctx.needs_input_grad[1] else None
        total = torch.zeros((), dtype=torch.promote_types(hidden_NC.dtype, torch.float32))
        for here in (slice(at, at + CHUNK) for at in range(0, len(hidden_NC), CHUNK)):
            logits_NV = widen(hidden_NC[here] @ weight_VC.T)
            asked_N1 = (wanted_N[here] != IGNORED).unsqueeze(1)
            wanted_N1 = wanted_N[here].clamp(min=0).unsqueeze(1)
            logits_NV -= logits_NV.amax(1, keepdim=True)
            chosen_N1 = logits_NV.gather(1, wanted_N1)
            sums_N1 = logits_NV.exp_().sum(1, keepdim=True)
            total += ((sums_N1.log() - chosen_N1) * asked_N1).sum()
            logits_NV *= asked_N1 / sums_N1
            logits_NV.scatter_add_(1, wanted_N1, -asked_N1.to(logits_NV.dtype))
            slope_NC[here] = logits_NV.to(weight_VC.dtype) @ weight_VC
            if slope_VC is not None:
                slope_VC += logits_NV.T.to(hidden_NC.dtype) @ hidden_NC[here]
        ctx.save_for_backward(slope_NC, slope_VC)
        return total

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> Any:
        slope_NC, slope_VC = ctx.saved_tensors
        return slope_NC * slopes[0], None if slope_VC is None else slope_VC * slopes[0], None


def widen(logits: torch.Tensor) -> torch.Tensor:
    """At least float32."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))


def place_tokens(ids_BT: np.ndarray[Any, Any], boundary: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """int64 (B, T): the place of each token in its document, which begins with the boundary token or with the block.

    Where these fall back, transformers lets no attention cross (`find_packed_sequence_indices`).
    """
    places = np.arange(ids_BT.shape[1])
    starts = np.where(ids_BT == boundary, places, 0)
    return places - np.maximum.accumulate(starts, axis=1)


def drop_goldfish(ids_BT: np.ndarray[Any, Any], every: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Labels (B, T): the ids, but one in `every` is IGNORED, chosen by the tokens before it, so that it is the same one in every copy.

    Source: the goldfish loss, Hans et al. 2024 (arXiv 2406.10209). `every` 0 drops none.
    """
    labels = ids_BT.astype(np.int64)
    if every:
        sums = np.zeros(ids_BT.shape, np.uint64)
        for back in range(1, _CONTEXT + 1):
            before = np.zeros_like(sums)
            before[:, back:] = ids_BT[:, :-back]
            sums = (sums ^ before) * np.uint64(0x9E3779B97F4A7C15)
            sums ^= sums >> np.uint64(29)
        labels[(sums % np.uint64(every) == 0) & (np.arange(ids_BT.shape[1]) >= _CONTEXT)] = IGNORED
    return labels
