"""Run by test_parallel.py under torchrun with four ranks: a step's gradient on every mesh against one process, in float64.

python -m torch.distributed.run --nproc-per-node 4 tests/training/exact_ranks.py MODEL_FOLDER ...
"""

import logging
import sys
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch.distributed.tensor import DTensor

from ayni.model.weights import load_model
from ayni.pipeline.site import Parallel
from ayni.training import parallel
from ayni.training.losses import IGNORED, Batch, place_tokens, sum_loss
from ayni.training.ranks import Alone
from ayni.training.step import add_gradients

MESHES = ((1, 4, 1), (1, 1, 4), (1, 2, 2), (2, 2, 1), (2, 1, 2))  # replicate, shard, tensor
CLIP = 0.01


def make_batch():
    """Eight blocks with documents of their own and with uneven numbers of tokens that are asked for."""
    ids = np.random.default_rng(5).integers(0, 96, (8, 24))
    labels = torch.from_numpy(ids).clone()
    labels[::3, 5:14] = IGNORED
    return Batch(torch.from_numpy(ids), labels, torch.from_numpy(place_tokens(ids, 0)), torch.zeros(8, dtype=torch.bool))


def compare(folder, batch):
    """Loss, every gradient and the length of all, on each mesh."""
    plain = load_model(folder, 1).double().train()
    loss = add_gradients(plain, batch, 8, sum_loss)
    wanted = {name: each.grad.clone() for name, each in plain.named_parameters()}
    length = Alone().clip(plain.parameters(), CLIP)
    for number, (replicate, shard, tensor) in enumerate(MESHES):
        ranks = parallel.Together(Parallel(replicate=replicate, shard=shard, tensor=tensor, recompute=number % 2 == 0))
        model = ranks.split(ranks.load(folder, 1, adapted=False).train(), folder)
        apart = [ranks.add(add_gradients(model, ranks.share(batch), 1, ranks.ask(sum_loss), batch.predicted())) - loss]
        for name, each in model.named_parameters():
            whole = each.grad.full_tensor() if isinstance(each.grad, DTensor) else each.grad
            apart.append(float((whole - wanted[name]).abs().max()))
        apart.append(ranks.clip(model.parameters(), CLIP) - length)
        assert max(map(abs, apart)) < 1e-13, (replicate, shard, tensor, apart)
        if ranks.first:
            print(f"{folder.name} {replicate} x {shard} x {tensor}: equal", flush=True)


if __name__ == "__main__":
    logging.getLogger("torch.distributed.tensor").setLevel(logging.ERROR)
    lay_out = parallel.lay_out
    parallel.lay_out = lambda folder: lay_out(folder).double()
    dist.init_process_group("gloo")
    for word in sys.argv[1:]:
        compare(Path(word), make_batch())
    dist.destroy_process_group()
