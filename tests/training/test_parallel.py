"""Many ranks train as one does: one curve, each other's checkpoints, and errors that say how to mend the site file."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from safetensors.torch import load_file

CHANGES = ["budget=4200", "length=64", "batch=8", "checkpoint_seconds=0"]  # 8 steps; a budget that no other test has
CLOSE = 1.01e-5  # losses are written with five digits
SITE = "[site]\nname = 'ranks'\nworkers = 1\n[site.parallel]\n"


def prepare(tiny, place, mesh):
    """A store with the tiny recipe's artifacts but its model, and a site file; the command that trains there."""
    place.mkdir()
    shutil.copytree(tiny.store / "artifacts", place / "store" / "artifacts", copy_function=os.link)
    site = place / "site.toml"
    site.write_text(SITE + "".join(f"{key} = {value}\n" for key, value in mesh.items()), "utf-8")
    sets = [word for change in CHANGES for word in ("--set", f"model.{change}")]
    return [sys.executable, "-m", "ayni", "run", "tiny", "--store", place / "store", "--site", site, "--only", "model", *sets]


def watch(command, place):
    """Run to the end; on the way, keep the first checkpoint after step 0, for others to take up."""
    with (place / "err").open("wb") as errors:
        process = subprocess.Popen([*command, "--trace"], stdout=subprocess.DEVNULL, stderr=errors)
    kept = place / "kept"
    while process.poll() is None:
        found = [path for path in place.glob("store/state/*/step-*") if path.name != "step-000000"]
        if found and not kept.exists():
            half = place / "half"
            with suppress(OSError):  # a newer one is whole, and this one is going
                shutil.copytree(found[0], half / found[0].parent.name / found[0].name, copy_function=os.link)
                half.rename(kept)
            shutil.rmtree(half, ignore_errors=True)
        time.sleep(0.01)
    assert process.returncode == 0, (place / "err").read_text()
    return read(place)


def read(place):
    """Losses, notes and weights of the model that was trained there."""
    for path in place.glob("store/artifacts/*/manifest.json"):
        manifest = json.loads(path.read_text())
        if manifest["stage"] == "training.train" and manifest["params"]["budget"] == 4200:
            rows = [json.loads(line) for line in (path.parent / "data" / "metrics.jsonl").read_text().splitlines()]
            return [row["loss"] for row in rows], manifest, load_file(path.parent / "data" / "model.safetensors")
    raise AssertionError("no model")


@pytest.fixture(scope="module")
def runs(tiny, tmp_path_factory):
    """One rank, and four in a mesh of two by two: where they ran and what came out."""
    top = tmp_path_factory.mktemp("ranks")
    found = {}
    for name, mesh in (("one", {}), ("four", {"shard": 2, "tensor": 2})):
        found[name] = top / name, watch(prepare(tiny, top / name, mesh), top / name)
    return found


def test_four_ranks_trace_the_curve_of_one(runs):
    (_, (one, alone, weights)), (_, (four, spread, others)) = runs["one"], runs["four"]
    assert len(one) == len(four) == 8
    assert max(abs(a - b) for a, b in zip(one, four, strict=True)) <= CLOSE
    assert alone["key"] == spread["key"], "where it trains stands in no key"
    assert spread["notes"]["parallel"] == {"shard": 2, "tensor": 2}
    assert {name: each.shape for name, each in weights.items()} == {name: each.shape for name, each in others.items()}


@pytest.mark.parametrize(
    ("writer", "reader"),
    [("four", {"recompute": "true"}), ("four", {"shard": 2}), ("one", {"tensor": 2, "recompute": "true"})],
    ids=["4 to 1", "2x2 to 2", "1 to 2"],
)
def test_each_takes_up_the_others_checkpoint(tiny, runs, tmp_path, writer, reader):
    command = prepare(tiny, tmp_path / "next", reader)
    shutil.copytree(runs[writer][0] / "kept", tmp_path / "next" / "store" / "state")
    losses, manifest, _ = watch(command, tmp_path / "next")
    assert manifest["notes"]["resumed_at_step"] >= 1
    assert max(abs(a - b) for a, b in zip(losses, runs["one"][1][0], strict=True)) <= CLOSE


def test_a_damaged_shard_is_passed_over(runs, tmp_path):
    from ayni.training.sharded_checkpoint import find_whole

    shutil.copytree(runs["four"][0] / "kept", tmp_path / "state")
    (path,) = tmp_path.glob("state/*/step-*")
    order = json.loads((path / "state.json").read_text())["order"]
    assert find_whole(path.parent, order)[1].cursor == 8 * find_whole(path.parent, order)[1].step
    assert find_whole(path.parent, "another order") is None
    shard = sorted(path.glob("*.safetensors"))[-1]
    whole = shard.read_bytes()
    shard.unlink()
    assert find_whole(path.parent, order) is None, "a shard is missing"
    shard.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert find_whole(path.parent, order) is None, "a bit is turned"


def test_gradients_on_every_mesh_in_float64(tmp_path):
    """What the curves cannot show: but for the order of float sums, four ranks compute what one does (exact_ranks.py)."""
    script = Path(__file__).with_name("exact_ranks.py")
    agent = ["-m", "torch.distributed.run", "--nproc-per-node", "4", "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]
    folders = [write_random(tmp_path / name, tied=name == "tied") for name in ("tied", "apart")]
    done = subprocess.run([sys.executable, *agent, script, *folders], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("equal") == 2 * 5


def write_random(folder, tied):
    """A Llama of 30,000 parameters with Llama 3.1's frequencies and grouped heads."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = {"vocab_size": 96, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "max_position_embeddings": 64}
    rope = {"rope_type": "llama3", "rope_theta": 5e5, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
    rope["original_max_position_embeddings"] = 16
    heads = {"num_attention_heads": 8, "num_key_value_heads": 4}
    torch.manual_seed(3)
    LlamaForCausalLM(LlamaConfig(**shape, **heads, tie_word_embeddings=tied, rope_parameters=rope)).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("mesh", "change", "says"),
    [
        ("tensor = 4", "batch=8", "tensor = 4 ranks cannot share num_attention_heads = 6"),
        ("shard = 3", "batch=8", "a batch of 8 blocks cannot be dealt out to 3 ranks"),
        ("tensor = 2", "lora_rank=4", "`lora_rank` does not train with tensor = 2"),
        ("shard = 2", "compile=true", "`compile` does not train on 2 ranks"),
        ("shards = 2", "batch=8", "parallel.shards"),
    ],
)
def test_a_mesh_that_does_not_fit(tiny, ayni, tmp_path, mesh, change, says):
    site = tmp_path / "site.toml"
    site.write_text(SITE + mesh + "\n", "utf-8")
    sets = ["--set", f"model.{change}", "--set", "model.budget=2048", "--accept", "model"]
    answer = ayni("run", "tiny", "--store", tiny.store, "--site", site, "--only", "model", *sets)
    assert answer.code == 2
    assert says in answer.err
