"""One model on many ranks: FSDP2 over the blocks, tensor parallel within a layer, replicas of both (HSDP).

    ranks = Together(Parallel(replicate=1, shard=2, tensor=2))     under torchrun; its three numbers multiply to the ranks

The mesh is replicate x shard x tensor. Blocks of a step are dealt out over replicate x shard; weights, gradients and moments are
cut over shard and tensor. Within a layer (Megatron, Shoeybi et al. 2019) the maps that go in are cut by rows, those that come out
by columns, and every rank computes some of the heads; embeddings and head are cut by tokens (split_loss.py). Every rank divides its
sums by the tokens of the whole step and gradients are added, never averaged, so that the answer is the one of a single process but
for the order in which floats are added.

The base is never whole anywhere: the model is laid out without memory, cut, and each rank reads its own part of model.safetensors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, Replicate
from torch.distributed.tensor.parallel import ColwiseParallel, PrepareModuleInput, RowwiseParallel, parallelize_module

from ayni.core.errors import RecipeError
from ayni.pipeline.site import Parallel
from ayni.training.losses import Batch, find_llama, sum_loss
from ayni.training.ranks import Ask, recompute_activations, shorten, square
from ayni.training.split_loss import sum_split_loss

if TYPE_CHECKING:
    from ayni.training.checkpoint import Progress
    from ayni.training.optimizer import Optimizers


class Together:
    """One of the ranks that train a model; see ranks.py for what each method promises."""

    def __init__(self, parallel: Parallel) -> None:
        self.parallel = parallel
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        if self.device == "cuda":
            torch.cuda.set_device(dist.get_node_local_rank())
        if not dist.is_initialized():
            dist.init_process_group()
        self.mesh = init_device_mesh(
            self.device, (parallel.replicate, parallel.shard, parallel.tensor), mesh_dim_names=("replicate", "shard", "tensor")
        )
        self.first = dist.get_rank() == 0
        self.place = self.mesh.get_local_rank("replicate") * parallel.shard + self.mesh.get_local_rank("shard")
        self.root = torch.nn.Module()

    def load(self, folder: Path, threads: int, *, adapted: bool) -> Any:
        """The base without memory; with memory where an adapter will be laid over it."""
        from ayni.model.weights import load_model

        if adapted:
            return load_model(folder, threads)
        torch.set_num_threads(threads)
        return lay_out(folder)

    def split(self, model: Any, folder: Path) -> Any:
        """Cut the model and read this rank's part of the weights."""
        from ayni.training.sharded_checkpoint import read_tensors

        llama, mesh = find_llama(model), self.mesh
        empty = llama.lm_head.weight.is_meta
        if self.parallel.recompute:
            recompute_activations(model)
        if self.parallel.tensor > 1:
            cut_layers(llama, mesh["tensor"])
        self.root = _Root(model)
        over = mesh["replicate", "shard"] if self.parallel.replicate > 1 else mesh["shard"]
        for module in (*llama.model.layers, self.root):
            fully_shard(module, mesh=over)
            module.set_gradient_divide_factor(1.0)
            module.set_force_sum_reduction_for_comms(True)  # gloo has no other
        if empty:
            self.root.to_empty(device=self.device)
            llama.model.rotary_emb = type(llama.model.rotary_emb)(llama.config).to(self.device)
            read_tensors(folder, dict(llama.named_parameters()))
        return model

    def ask(self, ask: Ask) -> Ask:
        """Through the root, which gathers the weights that a layer needs and lets them go again."""
        chosen = sum_split_loss if ask is sum_loss and self.parallel.tensor > 1 else ask
        return lambda model, batch: self.root(chosen, batch)

    def share(self, batch: Batch) -> Batch:
        """The blocks that this rank computes: neighbours in the step, the same for all ranks of a tensor group."""
        size = len(batch.ids_BT) // (self.parallel.replicate * self.parallel.shard)
        return batch.split(size)[self.place].to(self.device)

    def add(self, value: float) -> float:
        """Summed over the world; ranks of a tensor group say the same thing, so it is divided by their number."""
        return self._add(value) / self.parallel.tensor

    def clip(self, parameters: Iterable[Any], limit: float) -> float:
        """Gradients lie on unlike meshes: each rank adds up what it holds, shared by the number of ranks that hold it too."""
        gradients = [each.grad for each in parameters if each.grad is not None]
        norm = math.sqrt(self._add(sum(square(_local(each)) / _count_holders(each) for each in gradients)))
        shorten(map(_local, gradients), norm, limit)
        return norm

    def agree(self, due: bool) -> bool:
        """What rank 0 says: the others' clocks may differ."""
        said = torch.tensor([int(due)], device=self.device)
        dist.broadcast(said, 0)
        return bool(said.item())

    def save(self, folder: Path, progress: Progress, model: Any, optimizers: Optimizers) -> None:
        """Every rank writes its own part (sharded_checkpoint.py)."""
        from ayni.training.optimizer import take_moments
        from ayni.training.sharded_checkpoint import save_sharded

        weights = {name: each for name, each in model.named_parameters() if each.requires_grad}
        save_sharded(folder, progress, {**weights, **take_moments(model, optimizers)})

    def resume(self, folder: Path, order: str, model: Any, optimizers: Optimizers) -> Progress | None:
        """Every rank reads its own part, however the checkpoint was cut."""
        from ayni.training.optimizer import put_moments
        from ayni.training.sharded_checkpoint import find_whole, lay_out_moments, read_tensors

        found = find_whole(folder, order)
        if found is None:
            return None
        path, progress = found
        weights = {name: each for name, each in model.named_parameters() if each.requires_grad}
        moments = lay_out_moments(path, weights)
        read_tensors(path, {**weights, **moments})
        put_moments(model, optimizers, moments)
        return progress

    def gather(self, model: Any) -> dict[str, torch.Tensor]:
        """One weight after the other, so that only the first rank ever holds them all, in main memory."""
        whole: dict[str, torch.Tensor] = {}
        for name, each in model.named_parameters():
            tensor = each.detach().full_tensor() if isinstance(each, DTensor) else each.detach()
            if self.first:
                whole[name] = tensor.cpu()
        return whole

    def _add(self, value: float) -> float:
        total = torch.tensor([value], dtype=torch.float64, device=self.device)
        dist.all_reduce(total)
        return float(total.item())


class _Root(torch.nn.Module):
    """What FSDP's outermost hooks hang on: the model with its loss, so that embeddings and head are there for both."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, ask: Ask, batch: Batch) -> torch.Tensor:
        """The sum of the batch's losses."""
        return ask(self.model, batch)


def lay_out(folder: Path) -> Any:
    """The folder's model without any memory: shapes only."""
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder)
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="sdpa")


def cut_layers(llama: Any, mesh: DeviceMesh) -> None:
    """Tensor parallel: half a layer's maps cut by rows, half by columns; one sum over the ranks for each half layer, each way."""
    whole = Replicate()
    for layer in llama.model.layers:
        parallelize_module(
            layer,
            mesh,
            {
                "self_attn": PrepareModuleInput(
                    input_kwarg_layouts={"hidden_states": whole}, desired_input_kwarg_layouts={"hidden_states": whole}
                ),
                "self_attn.q_proj": ColwiseParallel(),
                "self_attn.k_proj": ColwiseParallel(),
                "self_attn.v_proj": ColwiseParallel(),
                "self_attn.o_proj": RowwiseParallel(),
                "mlp": PrepareModuleInput(input_layouts=(whole,), desired_input_layouts=(whole,)),
                "mlp.gate_proj": ColwiseParallel(),
                "mlp.up_proj": ColwiseParallel(),
                "mlp.down_proj": RowwiseParallel(),
            },
        )
    tied = llama.lm_head.weight is llama.model.embed_tokens.weight
    parallelize_module(llama, mesh, {"model.embed_tokens": RowwiseParallel(input_layouts=whole), "lm_head": ColwiseParallel()})
    if tied:
        llama.lm_head.weight = llama.model.embed_tokens.weight


def check_parallel(config: Mapping[str, Any], batch: int, parallel: Parallel) -> None:
    """Refuse a mesh that does not fit the model or the batch, before any rank starts."""
    for key in ("num_attention_heads", "num_key_value_heads", "intermediate_size", "vocab_size"):
        count = int(config.get(key) or config["num_attention_heads"])
        if count % parallel.tensor:
            fitting = [number for number in range(1, parallel.tensor) if count % number == 0]
            raise RecipeError(
                f"tensor = {parallel.tensor} ranks cannot share {key} = {count}",
                why="every rank of a tensor group computes as many heads, inner columns and tokens as the next",
                mend=f"in the site file, set tensor to {fitting[-1]}, and shard to more",
            )
    dealt = parallel.replicate * parallel.shard
    if batch % dealt:
        raise RecipeError(
            f"a batch of {batch} blocks cannot be dealt out to {dealt} ranks",
            why=f"replicate {parallel.replicate} x shard {parallel.shard}: each computes as many blocks of a step as the next",
            mend="in the site file, let replicate x shard divide the recipe's `batch`; or use tensor for the rest",
        )


def _local(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _count_holders(tensor: torch.Tensor) -> int:
    """How many ranks of the world hold the same piece."""
    if not isinstance(tensor, DTensor):
        return dist.get_world_size()
    pieces = math.prod(tensor.device_mesh.size(at) for at, each in enumerate(tensor.placements) if not each.is_replicate())
    return dist.get_world_size() // pieces
