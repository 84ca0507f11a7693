"""Distillation to the base on general text: the model may learn what it reads, but not change its mind about what it knew.

    loss = sum_distilled(model, teacher, batch, weight)

On blocks of held streams the loss is (1 - weight) cross-entropy + weight KL(base || model), token by token; elsewhere cross-entropy
(Hinton et al. 2015; against forgetting, Li and Hoiem 2016). The teacher is the model itself without its adapters, or a frozen copy.
B: blocks, T: tokens of a block, V: vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from ayni.training.losses import IGNORED, Batch


def sum_distilled(model: Any, teacher: Any, batch: Batch, weight: float) -> torch.Tensor:
    """Sum over the tokens that are asked for."""
    inputs = {"input_ids": batch.ids_BT, "position_ids": batch.positions_BT, "use_cache": False}
    logits_BTV = model(**inputs).logits[:, :-1].float()
    wanted_BT = batch.labels_BT[:, 1:]
    loss_BT = functional.cross_entropy(logits_BTV.transpose(1, 2), wanted_BT, ignore_index=IGNORED, reduction="none")
    if bool(batch.held_B.any()):
        with torch.no_grad():
            known_BTV = teacher(batch)[batch.held_B, :-1].float().log_softmax(-1)
        ours_BTV = logits_BTV[batch.held_B].log_softmax(-1)
        apart_BT = functional.kl_div(ours_BTV, known_BTV, reduction="none", log_target=True).sum(-1)
        loss_BT = loss_BT.clone()
        loss_BT[batch.held_B] = (1 - weight) * loss_BT[batch.held_B] + weight * apart_BT * (wanted_BT[batch.held_B] != IGNORED)
    return loss_BT.sum()


def make_teacher(model: Any, base_folder: Any, threads: int) -> Any:
    """A function from a batch to the base's logits: the model with its adapters off, else the base loaded once more."""
    from ayni.model.weights import load_model

    whole = None if hasattr(model, "disable_adapter") else load_model(base_folder, threads).requires_grad_(False)

    def ask(batch: Batch) -> Any:
        inputs = {"input_ids": batch.ids_BT, "position_ids": batch.positions_BT, "use_cache": False}
        if whole is not None:
            return whole(**inputs).logits
        with model.disable_adapter():
            return model(**inputs).logits

    return ask
