"""Which parameters train, what moves them, and its moments by parameter name.

    optimizers = make_optimizers(model, kind="muon", rate=3e-4, decay=0.1, betas=(0.9, 0.95))
    moments = take_moments(model, optimizers)      {"<parameter>/exp_avg": tensor, ...}

Torch's own state_dict numbers the parameters; names survive a change of order and can be stored without pickle.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ayni.core.errors import RecipeError

Optimizers = Sequence[torch.optim.Optimizer]


def make_optimizers(model: torch.nn.Module, *, kind: str, rate: float, decay: float, betas: tuple[float, float]) -> Optimizers:
    """`adamw` (Loshchilov and Hutter 2019, fused) for all; or `muon` (Jordan et al. 2024) for the matrices of the layers.

    Embeddings, head and norms stay with AdamW. Muon's steps are scaled to those of AdamW (Liu et al. 2025), so one rate serves both.
    Weight decay is for matrices only.
    """
    named = [(name, each) for name, each in model.named_parameters() if each.requires_grad]
    inner = [each for name, each in named if kind == "muon" and each.ndim == 2 and ".layers." in name]
    chosen = {id(each) for each in inner}
    rest = [each for _, each in named if id(each) not in chosen]
    groups = [
        {"params": [each for each in rest if each.ndim >= 2], "weight_decay": decay},
        {"params": [each for each in rest if each.ndim < 2], "weight_decay": 0.0},
    ]
    made: list[torch.optim.Optimizer] = []
    if groups := [group for group in groups if group["params"]]:
        made.append(torch.optim.AdamW(groups, lr=rate, betas=betas, fused=True))
    if inner:
        made.append(torch.optim.Muon(inner, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"))
    return made


def freeze_layers(model: torch.nn.Module, count: int) -> None:
    """Keep the lowest `count` layers, and the embeddings where any layer is kept, out of training.

    Nothing below the first trained layer is differentiated, which saves time; what is kept cannot be forgotten.
    """
    layers = list(model.model.layers)  # type: ignore[union-attr, arg-type]
    if count >= len(layers):
        raise RecipeError(f"frozen_layers = {count} leaves no layer to train", why=f"the model has {len(layers)}", mend="lower it")
    kept = [model.model.embed_tokens, *layers[:count]] if count else []  # type: ignore[union-attr]
    for module in kept:
        module.requires_grad_(False)


def take_moments(model: torch.nn.Module, optimizers: Optimizers) -> dict[str, torch.Tensor]:
    """Parameter name / state name -> tensor."""
    found: dict[str, torch.Tensor] = {}
    for name, parameter in model.named_parameters():
        for each in optimizers:
            found.update({f"{name}/{key}": value for key, value in each.state.get(parameter, {}).items()})
    return found


def put_moments(model: torch.nn.Module, optimizers: Optimizers, moments: dict[str, torch.Tensor]) -> None:
    """Give optimizers the moments that `take_moments` returned."""
    parameters = dict(model.named_parameters())
    owner = {id(parameter): each for each in optimizers for group in each.param_groups for parameter in group["params"]}
    for name, tensor in moments.items():
        parameter, _, key = name.rpartition("/")
        owner[id(parameters[parameter])].state[parameters[parameter]][key] = tensor
