"""Every size that ships takes a step without memory: its parameters are as many as planned, and each has a gradient of its shape."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from ayni.model.sizes import count_parameters, load_sizes
from ayni.training.losses import Batch, sum_loss
from ayni.training.optimizer import make_optimizers


@pytest.mark.parametrize("name", list(load_sizes()))
def test_a_step_of_every_size(name):
    from transformers import LlamaConfig, LlamaForCausalLM

    size = load_sizes()[name]
    with FakeTensorMode(), torch.device("cpu"):
        model = LlamaForCausalLM(LlamaConfig(**size.model_dump(), use_cache=False)).train()
        ids = torch.zeros(2, 16, dtype=torch.int64)
        with torch.autocast("cpu", torch.bfloat16):
            sum_loss(model, Batch(ids, ids, None, torch.zeros(2, dtype=torch.bool))).backward()
        found = dict(model.named_parameters())
        assert sum(each.numel() for each in found.values()) == count_parameters(size)
        assert all(each.grad is not None and each.grad.shape == each.shape and each.grad.dtype == torch.float32 for each in found.values())
        for each in make_optimizers(model, kind="adamw", rate=1e-4, decay=0.1, betas=(0.9, 0.95)):
            each.step()
