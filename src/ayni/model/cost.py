"""What it costs to train a Llama model of a shape: arithmetic, before a machine is rented.

    cost = estimate_training(Workload(find_size("70b"), tokens=200_000_000_000, length=8192), machines)
    cost.gpu_hours, cost.usd, cost.memory_gb_per_gpu["all"]

FLOPs after Kaplan et al. 2020 and Chowdhery et al. 2022 (PaLM, appendix B): 6 a parameter that multiplies and token, and for
causal attention 6 x layers x width x length a token. Activations after Korthikanti et al. 2022, with SwiGLU's three matrices and
attention that keeps no scores; with checkpointing, a layer's input each and one layer whole. Weights, gradients and AdamW's moments
are sharded (FSDP2: Zhao et al. 2023); beside them lie two gathered layers in the compute type. Ranks of a tensor group share heads,
inner columns and logits, not what goes into a layer (Shoeybi et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ayni.model.sizes import Size, count_parameters, load_sizes
from ayni.pipeline.site import Machines, Parallel

_GB = 1e9
_LOGITS_ROWS = 2048  # tokens whose logits are there at a time, in float32, forwards and backwards
_RESERVE = 0.08  # of a GPU's memory: the driver, communication buffers, fragments


@dataclass(frozen=True)
class Workload:
    """A shape and what it is trained on: tokens in all, tokens of a sequence, sequences a GPU holds at once."""

    size: Size
    tokens: int
    length: int
    sequences_per_gpu: int = 1
    trained_share: float = 1.0  # of the parameters: less with frozen layers or adapters
    checkpointed: bool = True  # activations computed again on the way back
    compute_bytes: int = 2  # bfloat16


@dataclass(frozen=True)
class Cost:
    """Everything that a budget asks for; memory by part, in GB (10^9 bytes)."""

    parameters: int
    tokens: int
    flops: float
    gpu_hours: float
    hours: float
    memory_gb_per_gpu: dict[str, float]
    fits: bool
    checkpoint_gb: float
    usd: float
    kwh: float
    machines: dict[str, Any]


def count_multiplied(size: Size) -> int:
    """Parameters that a token is multiplied with: all but the embeddings, which are looked up, with the head."""
    looked_up = 0 if size.tie_word_embeddings else size.vocab_size * size.hidden_size
    return count_parameters(size) - looked_up


def count_layer(size: Size) -> int:
    """Parameters of one layer."""
    outside = size.hidden_size * (1 + size.vocab_size * (1 if size.tie_word_embeddings else 2))
    return (count_parameters(size) - outside) // size.num_hidden_layers


def count_adapter(size: Size, rank: int) -> int:
    """Parameters that LoRA of a rank adds to one layer: rank x (inputs + outputs) of each of its seven maps."""
    width, inner = size.hidden_size, size.intermediate_size
    keys = size.num_key_value_heads * width // size.num_attention_heads
    return rank * (2 * (width + width) + 2 * (width + keys) + 3 * (width + inner))


def count_flops(work: Workload) -> float:
    """FLOPs of the model, forwards and backwards; what checkpointing computes again is not counted (model FLOPs)."""
    size = work.size
    attention = 6 * size.num_hidden_layers * size.hidden_size * work.length
    return float(work.tokens) * (6 * count_multiplied(size) + attention)


def measure_memory(work: Workload, parallel: Parallel) -> dict[str, float]:
    """GB by part on one GPU of a mesh."""
    size, number, tensor = work.size, count_parameters(work.size), parallel.tensor
    cut = parallel.shard * tensor
    tokens = work.length * work.sequences_per_gpu
    layer = count_layer(size)
    keys = size.num_key_value_heads * size.hidden_size // size.num_attention_heads
    split = (4 * size.hidden_size + 2 * keys + 3 * size.intermediate_size) / tensor
    whole = work.compute_bytes * tokens * (2 * size.hidden_size + split)
    inputs = work.compute_bytes * tokens * size.hidden_size * size.num_hidden_layers
    activations = inputs + whole if work.checkpointed else whole * size.num_hidden_layers
    trained = number * work.trained_share
    gathered = work.compute_bytes * (2 * layer + size.vocab_size * size.hidden_size if parallel.shard > 1 else number) / tensor
    parts = {
        "weights": 4 * number / cut,
        "gradients": 4 * trained / cut,
        "moments": 8 * trained / cut,
        "gathered": gathered,
        "activations": activations,
        "logits": 2 * 4 * min(tokens, _LOGITS_ROWS) * size.vocab_size / tensor,
    }
    return {name: round(value / _GB, 3) for name, value in {**parts, "all": sum(parts.values())}.items()}


def estimate_training(work: Workload, machines: Machines, parallel: Parallel | None = None) -> Cost:
    """Hours from the rate that the site states (peak times the share of it that is reached), then money and energy.

    Without a mesh, weights are sharded over all GPUs.
    """
    flops = count_flops(work)
    gpu_hours = flops / (machines.peak_tflops * 1e12 * machines.utilisation) / 3600
    memory = measure_memory(work, parallel or Parallel(shard=machines.gpus))
    number = count_parameters(work.size)
    return Cost(
        parameters=number,
        tokens=work.tokens,
        flops=flops,
        gpu_hours=round(gpu_hours, 2),
        hours=round(gpu_hours / machines.gpus, 2),
        memory_gb_per_gpu=memory,
        fits=memory["all"] <= machines.memory_gb * (1 - _RESERVE),
        checkpoint_gb=round((4 * number + 8 * number * work.trained_share) / _GB, 2),  # weights and moments in float32
        usd=round(gpu_hours * machines.usd_per_gpu_hour, 2),
        kwh=round(gpu_hours * machines.watts / 1000 * machines.overhead, 2),
        machines=machines.model_dump(),
    )


def find_largest(usd: float, tokens: int, length: int, machines: Machines) -> str:
    """The largest size of assets/sizes.toml that can be trained on so many tokens for the money, and fits; '' for none."""
    found = ""
    for name, size in load_sizes().items():
        cost = estimate_training(Workload(size, tokens, length), machines)
        found = name if cost.usd <= usd and cost.fits else found
    return found
