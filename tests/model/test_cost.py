"""Costs counted against what torch counts: parameters of every size, FLOPs of a real step, and the words of `ayni plan`."""

import json

import pytest

from ayni.model.cost import Workload, count_adapter, count_flops, estimate_training, find_largest, measure_memory
from ayni.model.sizes import Size, count_parameters, load_sizes
from ayni.pipeline.site import Machines, Parallel

H100 = Machines(name="H100", gpus=128, memory_gb=80, peak_tflops=989, utilisation=0.4, usd_per_gpu_hour=2.5)


def build(size: Size, device: str):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.device(device):
        return LlamaForCausalLM(LlamaConfig(**size.model_dump(), attn_implementation="sdpa"))


@pytest.mark.parametrize("name", list(load_sizes()))
def test_every_size_has_the_parameters_that_torch_counts(name):
    size = load_sizes()[name]
    assert build(size, "meta").num_parameters() == count_parameters(size)


def test_flops_are_those_that_torch_counts():
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    size, length = load_sizes()["3m"], 256
    model = build(size, "meta")
    ids = torch.zeros((1, length), dtype=torch.long, device="meta")
    counter = FlopCounterMode(display=False)
    with counter:
        model(ids, labels=ids).loss.backward()
    masked = 6 * size.num_hidden_layers * size.hidden_size * length * length  # torch counts attention without leaving out the future
    ours = count_flops(Workload(size, tokens=length, length=length)) + masked
    assert counter.get_total_flops() == pytest.approx(ours, rel=0.001)


def test_adapters_are_those_of_peft():
    from ayni.training.adapter import add_adapter

    size = load_sizes()["3m"]
    model = add_adapter(build(size, "cpu"), rank=4, first_layer=0, seed=1)
    trained = sum(each.numel() for each in model.parameters() if each.requires_grad)
    assert trained == count_adapter(size, 4) * size.num_hidden_layers


def test_more_gpus_hold_less_each_and_cost_the_same():
    size = load_sizes()["70b"]
    work = Workload(size, tokens=10**9, length=4096)
    few, many = measure_memory(work, Parallel(shard=64)), measure_memory(work, Parallel(shard=512))
    assert few["weights"] == pytest.approx(8 * many["weights"], rel=0.01)
    assert few["activations"] == many["activations"]
    cost = estimate_training(work, H100)
    twice = estimate_training(work, H100.model_copy(update={"gpus": 256}))
    assert (cost.usd, cost.hours) == (twice.usd, pytest.approx(2 * twice.hours, rel=0.001))


def test_a_mesh_holds_what_its_ranks_share():
    work = Workload(load_sizes()["70b"], tokens=10**9, length=4096)
    shards, both = measure_memory(work, Parallel(shard=64)), measure_memory(work, Parallel(shard=8, tensor=8))
    assert both["weights"] == shards["weights"]
    assert both["logits"] == pytest.approx(shards["logits"] / 8, rel=0.01)
    assert both["gathered"] == pytest.approx(shards["gathered"] / 8, rel=0.01)
    assert shards["activations"] / 8 < both["activations"] < shards["activations"]
    replicas = measure_memory(work, Parallel(replicate=8, shard=8))
    assert replicas["weights"] == pytest.approx(8 * shards["weights"], rel=0.01)


def test_plan_counts_with_the_mesh_of_the_site(ayni, tmp_path):
    site = tmp_path / "site.toml"
    head = '[site]\nname = "mesh"\n[site.machines]\nname = "H100"\ngpus = 128\nmemory_gb = 80\npeak_tflops = 989\n[site.parallel]\n'
    site.write_text(head + "replicate = 2\nshard = 8\ntensor = 8\nrecompute = true\n", "utf8")
    split = ayni("plan", "cpt-70b", "--store", tmp_path, "--site", site, "--json").json()["memory_gb_per_gpu"]
    alone = ayni("plan", "cpt-70b", "--store", tmp_path, "--json").json()["memory_gb_per_gpu"]
    assert split["weights"] == pytest.approx(2 * alone["weights"], rel=0.01)
    assert split["logits"] < alone["logits"]
    site.write_text(head + "shard = 4\n", "utf8")
    answer = ayni("plan", "cpt-70b", "--store", tmp_path, "--site", site)
    assert answer.code and "128 GPUs, but its mesh 4 ranks" in answer.err


def test_the_largest_size_for_the_money():
    tokens = 10**9
    costs = {name: estimate_training(Workload(size, tokens, 4096), H100).usd for name, size in load_sizes().items()}
    assert find_largest(costs["8b"] + 0.01, tokens, 4096, H100) == "8b"
    assert find_largest(costs["8b"] - 0.01, tokens, 4096, H100) == "3b"
    assert find_largest(costs["3m"] / 2, tokens, 4096, H100) == ""
    alone = H100.model_copy(update={"gpus": 1, "memory_gb": 40})
    assert find_largest(10**9, tokens, 1024, alone) == "1b"


@pytest.mark.parametrize("recipe", ["cpt-8b", "cpt-70b", "scratch-50b"])
def test_plan_counts_before_anything_is_fetched(ayni, tmp_path, recipe):
    answer = ayni("plan", recipe, "--store", tmp_path, "--json")
    assert answer.code == 0, answer.err
    body = answer.json()
    assert {"parameters", "flops", "gpu_hours", "memory_gb_per_gpu", "usd", "kwh", "checkpoint_gb"} <= set(body)
    assert body["fits"] and body["artifacts"][-1]["name"] == "model"
    words = ayni("plan", recipe, "--store", tmp_path, "--usd", "1000").out
    assert f"{body['parameters']:,} parameters" in words
    assert "largest size for 1,000 USD" in words


def test_a_site_without_machines_plans_no_money(ayni, tmp_path):
    body = ayni("plan", "tiny", "--store", tmp_path, "--json").json()
    assert set(body) == {"recipe", "artifacts"}
    body = ayni("plan", "tiny", "--store", tmp_path, "--json", "--site", "h100").json()
    assert body["parameters"] == count_parameters(load_sizes()["3m"])


def test_an_adopted_model_of_another_size_is_refused(ayni, tiny, tmp_path):
    recipe = tmp_path / "r.toml"
    source = json.dumps(str(tiny.path("base")))
    recipe.write_text(f'[recipe]\nname = "r"\n[base]\nstage = "model.adopt"\nsource = {source}\nsize = "30m"\n', "utf-8")
    answer = ayni("run", recipe, "--store", tmp_path / "store")
    assert answer.code == 2
    assert "is not of size '30m'" in answer.err
