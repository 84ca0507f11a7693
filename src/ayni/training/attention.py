"""Attention in float32 where products are in bfloat16: on a CPU it is faster so, by 40%.

    widen_attention(model)        a Llama of transformers, adapted or not

transformers' rotation makes queries and keys float32 anyway; autocast would narrow them, and torch's kernel widens its sums again.
Measured without AMX; a processor whose matrix unit has bfloat16 may prefer it narrow (benchmarks/training_speed.py tells).
"""

from __future__ import annotations

from typing import Any

import torch

from ayni.training.losses import find_llama

_NAME = "sdpa_float32"  # what the model's configuration calls it, in memory only


def widen_attention(model: Any) -> None:
    """From here on, whatever autocast says."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(_NAME, _attend)
    AttentionMaskInterface.register(_NAME, sdpa_mask)
    find_llama(model).set_attn_implementation(_NAME)


def _attend(module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None, **given: Any) -> Any:
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    with torch.autocast(query.device.type, enabled=False):
        return sdpa_attention_forward(module, query.float(), key.float(), value.float(), mask, **given)
