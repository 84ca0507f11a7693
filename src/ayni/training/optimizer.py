"""Which parameters train, AdamW over them, and its moments by parameter name.

    optimizer = make_optimizer(model, rate=3e-4, decay=0.1)
    moments = take_moments(model, optimizer)      {"<parameter>/exp_avg": tensor, ...}

Torch's own state_dict numbers the parameters; names survive a change of order and can be stored without pickle.
"""

from __future__ import annotations

import torch

from ayni.core.errors import RecipeError


def make_optimizer(model: torch.nn.Module, *, rate: float, decay: float, betas: tuple[float, float]) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019), fused; weight decay on matrices only."""
    matrices = [each for each in model.parameters() if each.requires_grad and each.ndim >= 2]
    vectors = [each for each in model.parameters() if each.requires_grad and each.ndim < 2]
    groups = [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=rate, betas=betas, fused=True)


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


def take_moments(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """Parameter name / state name -> tensor."""
    found: dict[str, torch.Tensor] = {}
    for name, parameter in model.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            found[f"{name}/{key}"] = value
    return found


def put_moments(model: torch.nn.Module, optimizer: torch.optim.Optimizer, moments: dict[str, torch.Tensor]) -> None:
    """Give an optimizer the moments that `take_moments` returned."""
    parameters = dict(model.named_parameters())
    for name, tensor in moments.items():
        parameter, _, key = name.rpartition("/")
        optimizer.state[parameters[parameter]][key] = tensor
