"""LoRA: small matrices beside the frozen ones; they train, and are added in at the end.

    model = add_adapter(model, rank=32, first_layer=0, seed=1, rows=range(49_152, 65_152))
    model = merge_adapter(model)            a plain Llama again

Source: Hu et al. 2021. Every linear map of the attention and of the feed-forward network has one; alpha is twice the rank. `rows`
are tokens whose embeddings train as they are: those that a grown vocabulary gained.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ayni.core.errors import MissingExtra

_MAPS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def add_adapter(model: Any, *, rank: int, first_layer: int, seed: int, rows: Sequence[int] = ()) -> Any:
    """A model in which only the adapters of `first_layer` and above, and `rows`, train; their first values come from the seed."""
    import torch

    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise MissingExtra("peft is not installed", why=str(error), mend="pip install 'ayni[train]'") from error
    layers = list(range(first_layer, model.config.num_hidden_layers)) if first_layer else None
    torch.manual_seed(seed)
    config = LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        target_modules=list(_MAPS),
        layers_to_transform=layers,
        trainable_token_indices={"embed_tokens": list(rows)} if rows else None,
    )
    return get_peft_model(model, config)


def merge_adapter(model: Any) -> Any:
    """The model with its adapters added into the weights."""
    return model.merge_and_unload()
