"""Training: the schedule, the shares of every prefix, and that resuming changes nothing."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from ayni.core.formats.tokens import Tokens
from ayni.core.places import find_shipped
from ayni.training.data import Blocks, schedule_streams
from ayni.training.schedule import learning_rate_factor


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=8), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_every_prefix_keeps_the_shares(shares, blocks):
    order = schedule_streams(shares, blocks)
    weights = np.array(shares) / sum(shares)
    for done in range(1, blocks + 1):
        given_so_far = np.bincount(order[:done], minlength=len(shares))
        assert np.abs(given_so_far - weights * done).max() <= len(shares)


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None)
def test_rate_stays_in_bounds(steps, warmup, decay):
    factors = [learning_rate_factor(step, steps, warmup=warmup, decay=decay) for step in range(steps)]
    assert all(0 < factor <= 1 for factor in factors)


def test_data_is_a_function_of_seed_and_step(tiny):
    tokens = Tokens(tiny.path("tokens"))
    one, two, other = (Blocks(tokens, seed=seed, length=64, blocks=40) for seed in (1, 1, 2))
    assert one.digest() == two.digest() != other.digest()
    assert np.array_equal(one.batch(3, 4), two.batch(3, 4))
    assert one.batch(9, 4).shape == (4, 64)


def test_blocks_of_a_stream_follow_each_other(tiny):
    """Nothing is skipped or repeated: the blocks drawn from a stream are its layout, in order."""
    tokens = Tokens(tiny.path("tokens"))
    data = Blocks(tokens, seed=1, length=32, blocks=60)
    for place, name in enumerate(data.names):
        drawn = np.concatenate([data.batch(step, 1)[0] for step in range(60) if data.order[step] == place])
        assert np.array_equal(drawn, data.ids[name].astype(np.int64))


def test_loss_falls_and_is_recorded(tiny):
    body = json.loads((tiny.path("model") / "training.json").read_text())
    losses = [loss for _, loss in body["losses"]]
    assert len(losses) == body["steps"]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.5


def test_tokens_of_another_tokenizer_are_refused(tiny, tmp_path, ayni):
    """A model that was trained with one tokenizer never sees ids of another."""
    folder = tmp_path / "other"
    folder.mkdir()
    for path in tiny.path("base").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    body = json.loads((folder / "tokenizer.json").read_text())
    body["model"]["merges"] = body["model"]["merges"][:-1]
    (folder / "tokenizer.json").write_text(json.dumps(body))
    recipe = tmp_path / "r.toml"
    text = find_shipped("recipes", "tiny").read_text("utf-8").replace('base = "@base"\ntokens', 'base = "@other"\ntokens')
    recipe.write_text(f'{text}\n[other]\nstage = "model.adopt"\nsource = "{folder}"\n', "utf-8")
    answer = ayni("run", recipe, "--store", tiny.store, "--only", "model", "--accept", "model")
    assert answer.code == 2
    assert "another tokenizer" in answer.err


@pytest.fixture
def frozen(tmp_path):
    """The tiny recipe under another name, so that its artifacts stand beside the tiny ones."""
    recipe = tmp_path / "frozen.toml"
    recipe.write_text(find_shipped("recipes", "tiny").read_text("utf-8").replace('name = "tiny"', 'name = "frozen"', 1), "utf-8")
    return recipe


@pytest.mark.parametrize("rank", [0, 4])
def test_what_does_not_train_stays_as_it_was(tiny, ayni, frozen, rank):
    changes = ["--set", "model.frozen_layers=3", "--set", "model.budget=2048", "--set", f"model.lora_rank={rank}", "--accept", "model"]
    answer = ayni("run", frozen, "--store", tiny.store, "--only", "model", *changes)
    assert answer.code == 0, answer.err
    path = ayni("show", "frozen/model", "--json", "--store", tiny.store).json()["path"]
    before, after = load_file(tiny.path("base") / "model.safetensors"), load_file(f"{path}/model.safetensors")
    assert set(before) == set(after)
    moved = {name for name in before if not bool((before[name] == after[name]).all())}
    trained = {name for name in before if ".layers.3." in name or ".layers.4." in name or name == "model.norm.weight"}
    assert moved == ({name for name in trained if "_proj" in name} if rank else trained)


def test_freezing_everything_is_refused(tiny, ayni, frozen):
    answer = ayni("run", frozen, "--store", tiny.store, "--only", "model", "--set", "model.frozen_layers=5", "--accept", "model")
    assert answer.code == 2
    assert "leaves no layer" in answer.err


@pytest.mark.parametrize(("change", "says"), [("model.rate=0", "greater than 0"), ("model.compute=float8", "pattern")])
def test_wrong_parameters(ayni, tmp_path, change, says):
    answer = ayni("plan", "tiny", "--store", tmp_path, "--set", change)
    assert answer.code == 2
    assert says in answer.err
