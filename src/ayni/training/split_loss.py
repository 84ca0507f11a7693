"""Cross-entropy where each rank of a tensor group has the head's rows for some of the tokens; no rank ever sees all logits.

    loss = sum_split_loss(model, batch)        as losses.sum_loss, the same number on every rank of the group

Per chunk two small sums over the group: the largest logit, then the exponentials with the chosen logit. Source: Megatron, Shoeybi
et al. 2019. N: tokens of all blocks, C: width of the model, V: this rank's part of the vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist

from ayni.training.losses import CHUNK, IGNORED, Batch, choose_type, embed, find_llama, widen


def sum_split_loss(model: Any, batch: Batch) -> torch.Tensor:
    """Cross-entropy, summed over the tokens that are asked for; a scalar."""
    llama = find_llama(model)
    hidden_NC, wanted_N = embed(llama, batch)
    weight = llama.lm_head.weight
    group = weight.device_mesh.get_group()
    return _SplitLoss.apply(hidden_NC, weight.to_local(), wanted_N, group)  # type: ignore[no-any-return, no-untyped-call]


class _SplitLoss(torch.autograd.Function):
    """As losses._ChunkedLoss: gradients are made while the chunk's logits are at hand, in their place."""

    @staticmethod
    def forward(ctx: Any, hidden_NC: torch.Tensor, weight_VC: torch.Tensor, wanted_N: torch.Tensor, group: Any) -> torch.Tensor:
        slope_NC = torch.empty_like(hidden_NC)
        slope_VC = torch.zeros_like(weight_VC) if ctx.needs_input_grad[1] else None
        hidden_NC, weight_VC = (each.to(choose_type(each)) for each in (hidden_NC, weight_VC))
        total = torch.zeros((), dtype=torch.promote_types(hidden_NC.dtype, torch.float32), device=hidden_NC.device)
        asked_N, local_N = wanted_N != IGNORED, wanted_N - dist.get_rank(group) * len(weight_VC)
        mine_N = asked_N & (local_N >= 0) & (local_N < len(weight_VC))
        local_N = local_N.clamp(0, len(weight_VC) - 1)
        for here in (slice(at, at + CHUNK) for at in range(0, len(hidden_NC), CHUNK)):
            asked_N1, mine_N1, local_N1 = (each[here].unsqueeze(1) for each in (asked_N, mine_N, local_N))
            logits_NV = widen(hidden_NC[here] @ weight_VC.T)
            top_N1 = logits_NV.amax(1, keepdim=True)
            dist.all_reduce(top_N1, dist.ReduceOp.MAX, group)
            logits_NV -= top_N1
            chosen_N1 = logits_NV.gather(1, local_N1) * mine_N1
            both_N2 = torch.cat([chosen_N1, logits_NV.exp_().sum(1, keepdim=True)], 1)
            dist.all_reduce(both_N2, group=group)
            chosen_N1, sums_N1 = both_N2.split(1, 1)
            total += ((sums_N1.log() - chosen_N1) * asked_N1).sum()
            logits_NV *= asked_N1 / sums_N1
            logits_NV.scatter_add_(1, local_N1, -mine_N1.to(logits_NV.dtype))
            slope_NC[here] = logits_NV.to(weight_VC.dtype) @ weight_VC
            if slope_VC is not None:
                slope_VC += logits_NV.T.to(hidden_NC.dtype) @ hidden_NC[here]
        dist.all_reduce(slope_NC, group=group)
        ctx.save_for_backward(slope_NC, slope_VC)
        return total

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> Any:
        slope_NC, slope_VC = ctx.saved_tensors
        return slope_NC * slopes[0], None if slope_VC is None else slope_VC * slopes[0], None, None
