"""Distillation to the base on general text: the model may learn what it reads, but not change its mind about what it knew.

    loss = distilled_loss(model, teacher, ids_BT, held_B, weight)

On blocks of held streams the loss is (1 - weight) cross-entropy + weight KL(base || model), token by token; elsewhere cross-entropy
(Hinton et al. 2015; against forgetting, Li and Hoiem 2016). The teacher is the model itself without its adapters, or a frozen copy.
B: blocks, T: tokens of a block, V: vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional


def distilled_loss(model: Any, teacher: Any, ids_BT: torch.Tensor, held_B: torch.Tensor, weight: float) -> torch.Tensor:
    """Mean over all predicted tokens of the batch; every block counts by its tokens."""
    logits_BTV = model(ids_BT).logits[:, :-1].float()
    wanted_BT = ids_BT[:, 1:]
    loss_BT = functional.cross_entropy(logits_BTV.transpose(1, 2), wanted_BT, reduction="none")
    if bool(held_B.any()):
        with torch.no_grad():
            known_BTV = teacher(ids_BT[held_B])[:, :-1].float().log_softmax(-1)
        ours_BTV = logits_BTV[held_B].log_softmax(-1)
        apart_BT = functional.kl_div(ours_BTV, known_BTV, reduction="none", log_target=True).sum(-1)
        loss_BT = loss_BT.clone()
        loss_BT[held_B] = (1 - weight) * loss_BT[held_B] + weight * apart_BT
    return loss_BT.mean()


def make_teacher(model: Any, base_folder: Any, threads: int) -> Any:
    """A function from ids to the base's logits: the model with its adapters off, else the base loaded once more."""
    if hasattr(model, "disable_adapter"):

        def ask(ids_BT: torch.Tensor) -> Any:
            with model.disable_adapter():
                return model(ids_BT).logits

        return ask
    from ayni.model.weights import load_model

    base = load_model(base_folder, threads).requires_grad_(False)
    return lambda ids_BT: base(ids_BT).logits
