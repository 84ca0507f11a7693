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
CHUNK = 512  # tokens whose logits are held at once
_ROWS = 16  # of them, how many become probabilities at a time on a CPU: 2 MB of float32 for 32,000 tokens, which the cache holds
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
    hidden_NC, wanted_N = embed(llama, batch)
    if type(llama.lm_head) is torch.nn.Linear and torch.is_grad_enabled():
        return _ChunkedLoss.apply(hidden_NC, llama.lm_head.weight, wanted_N)  # type: ignore[no-any-return, no-untyped-call]
    chunks = zip(hidden_NC.split(CHUNK), wanted_N.split(CHUNK), strict=True)
    return sum((_loss_of(llama.lm_head, *chunk) for chunk in chunks), hidden_NC.new_zeros(()))


def embed(llama: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """What the layers make of every token (N, C), and the token that comes after it (N); after a block's last, IGNORED."""
    hidden_BTC = llama.model(input_ids=batch.ids_BT, position_ids=batch.positions_BT, use_cache=False).last_hidden_state
    return hidden_BTC.flatten(0, 1), functional.pad(batch.labels_BT[:, 1:], (0, 1), value=IGNORED).flatten()


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
    """A linear head and cross-entropy in one: the gradients are made while the chunk's logits are at hand, in their place.

    Products are in the type that autocast asks for, probabilities in float32; the weight is cast once for all chunks.
    """

    @staticmethod
    def forward(ctx: Any, hidden_NC: torch.Tensor, weight_VC: torch.Tensor, wanted_N: torch.Tensor) -> torch.Tensor:
        device, whole = hidden_NC.device.type, (hidden_NC, weight_VC)
        hidden_NC, weight_VC = (each.to(choose_type(each)) for each in whole)
        slope_NC = torch.empty_like(whole[0])
        slope_VC = torch.empty_like(whole[1]) if ctx.needs_input_grad[1] else None
        total = torch.zeros((), dtype=torch.promote_types(hidden_NC.dtype, torch.float32), device=device)
        with torch.autocast(device, enabled=False):
            for at in range(0, len(hidden_NC), CHUNK):
                here = slice(at, at + CHUNK)
                logits_NV = hidden_NC[here] @ weight_VC.T
                size = _ROWS if device == "cpu" else CHUNK
                for rows_RV, wanted_R in zip(logits_NV.split(size), wanted_N[here].split(size), strict=True):
                    total += _differentiate(rows_RV, wanted_R)
                slope_NC[here] = logits_NV @ weight_VC
                if slope_VC is not None:
                    _put_product(slope_VC, logits_NV.T, hidden_NC[here], add=at > 0)
        ctx.save_for_backward(slope_NC, slope_VC)
        return total

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> Any:
        slope_NC, slope_VC = ctx.saved_tensors
        return slope_NC.mul_(slopes[0]), None if slope_VC is None else slope_VC.mul_(slopes[0]), None  # in place: it is asked for once


def _differentiate(logits_RV: torch.Tensor, wanted_R: torch.Tensor) -> torch.Tensor:
    """The sum of the rows' losses; their slopes are put where the logits were. R: a few rows of N."""
    wide_RV = widen(logits_RV)
    asked_R1, wanted_R1 = (wanted_R != IGNORED).unsqueeze(1), wanted_R.clamp(min=0).unsqueeze(1)
    wide_RV -= wide_RV.amax(1, keepdim=True)
    chosen_R1 = wide_RV.gather(1, wanted_R1)
    sums_R1 = wide_RV.exp_().sum(1, keepdim=True)
    wide_RV *= asked_R1 / sums_R1
    wide_RV.scatter_add_(1, wanted_R1, -asked_R1.to(wide_RV.dtype))
    if wide_RV is not logits_RV:
        logits_RV.copy_(wide_RV)
    return ((sums_R1.log() - chosen_R1) * asked_R1).sum()


def _put_product(slope_VC: torch.Tensor, left_VN: torch.Tensor, right_NC: torch.Tensor, *, add: bool) -> None:
    """Write a product over the slope, or add it, with no copy of it where the types agree."""
    if slope_VC.dtype == left_VN.dtype:
        torch.addmm(slope_VC, left_VN, right_NC, beta=int(add), out=slope_VC)
    elif add:
        slope_VC += left_VN @ right_NC
    else:
        slope_VC.copy_(left_VN @ right_NC)


def choose_type(tensor: torch.Tensor) -> torch.dtype:
    """That of products with the tensor: autocast's, where it is on."""
    device = tensor.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) and tensor.dtype != torch.float64 else tensor.dtype


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
