"""Losses and steps: equal to the definition, in parts as in one; documents of a block apart; goldfish labels."""

import json
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional

from ayni.core.digest import digest_file
from ayni.core.places import find_shipped
from ayni.training.losses import IGNORED, Batch, drop_goldfish, place_tokens, sum_loss
from ayni.training.optimizer import make_optimizers, put_moments, take_moments
from ayni.training.schedule import learning_rate_factor
from ayni.training.step import add_gradients

VOCABULARY, BOUNDARY = 97, 0


def make_model(*, tied=True, attention="sdpa", dtype=torch.float64):
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        tie_word_embeddings=tied,
        attn_implementation=attention,
    )
    return LlamaForCausalLM(config).to(dtype)


def make_batch(blocks=4, length=40, every=0, seed=1):
    """Documents of unlike length, boundaries between them; the end of every block is left out, more of it in each."""
    ids = np.random.default_rng(seed).integers(1, VOCABULARY, (blocks, length))
    ids[:, 0] = ids[0, 17] = ids[-1, 5] = ids[-1, 6] = BOUNDARY
    labels = drop_goldfish(ids, every)
    for block in range(blocks):
        labels[block, length - 7 * (block % 5) :] = IGNORED
    places = torch.from_numpy(place_tokens(ids, BOUNDARY))
    return Batch(torch.from_numpy(ids), torch.from_numpy(labels), places, torch.zeros(blocks, dtype=torch.bool))


def gradients(model):
    found = {name: each.grad.clone() for name, each in model.named_parameters() if each.grad is not None}
    model.zero_grad()
    return found


@pytest.mark.parametrize("blocks", [4, 30], ids=["one chunk", "three"])
@pytest.mark.parametrize("tied", [True, False])
def test_loss_and_gradient_are_those_of_torch(tied, blocks):
    model, batch = make_model(tied=tied), make_batch(blocks)
    logits = model(batch.ids_BT, position_ids=batch.positions_BT, use_cache=False).logits[:, :-1]
    truth = functional.cross_entropy(logits.flatten(0, 1), batch.labels_BT[:, 1:].flatten(), ignore_index=IGNORED)
    truth.backward()
    wanted = gradients(model)
    found = add_gradients(model, batch, len(batch.ids_BT), sum_loss)
    assert found == pytest.approx(float(truth.detach()), abs=1e-12)
    for name, each in gradients(model).items():
        assert torch.allclose(each, wanted[name], atol=1e-12, rtol=0), name


def test_bfloat16_products_keep_loss_and_gradient():
    """The head's products in bfloat16, its probabilities in float32: no further from the truth than torch's own."""
    model, batch = make_model(tied=False), make_batch(30)
    truth = add_gradients(model, batch, 30, sum_loss)
    wanted = gradients(model)["lm_head.weight"]
    model, rows = model.float(), batch.ids_BT[:, :-1]
    with torch.autocast("cpu", torch.bfloat16):
        found = add_gradients(model, batch, 30, sum_loss)
        ours = gradients(model)["lm_head.weight"]
        logits = model(rows, position_ids=batch.positions_BT[:, :-1], use_cache=False).logits.flatten(0, 1)
        functional.cross_entropy(logits.float(), batch.labels_BT[:, 1:].flatten(), ignore_index=IGNORED).backward()
    theirs = gradients(model)["lm_head.weight"]
    assert ours.dtype == torch.float32
    assert found == pytest.approx(truth, rel=1e-3)
    assert 0 < (ours - wanted).norm() <= 1.1 * (theirs - wanted).norm()
    assert (ours - wanted).norm() < 0.02 * wanted.norm()


def test_the_length_of_a_gradient_is_exact():
    from ayni.training.ranks import square

    piece = torch.randn(300, 1000, generator=torch.Generator().manual_seed(4))
    assert square(piece.T) == pytest.approx(float(piece.double().square().sum()), rel=1e-14)


@pytest.mark.parametrize("size", [1, 3])
def test_parts_of_unlike_length_add_up_to_the_batch(size):
    model, batch = make_model(), make_batch(every=4)
    whole = add_gradients(model, batch, 4, sum_loss)
    wanted = gradients(model)
    assert add_gradients(model, batch, size, sum_loss) == pytest.approx(whole, abs=1e-12)
    for name, each in gradients(model).items():
        assert torch.allclose(each, wanted[name], atol=1e-13, rtol=0), name


def test_a_wrapped_head_gives_the_same_loss():
    """What peft puts in the head's place is no torch.nn.Linear."""
    model, batch = make_model(tied=False), make_batch()
    found = add_gradients(model, batch, 4, sum_loss)
    wanted = gradients(model)
    model.lm_head = torch.nn.Sequential(model.lm_head)
    assert add_gradients(model, batch, 4, sum_loss) == pytest.approx(found, abs=1e-12)
    for name, each in gradients(model).items():
        assert torch.allclose(each, wanted[name.replace("lm_head.0", "lm_head")], atol=1e-12, rtol=0), name


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_document_does_not_see_the_others_of_its_block(attention, dtype):
    model, batch = make_model(attention=attention, dtype=dtype), make_batch(blocks=1)
    changed = batch.ids_BT.clone()
    changed[0, 1:17] = (changed[0, 1:17] % (VOCABULARY - 1)) + 1
    assert not torch.equal(changed, batch.ids_BT)
    with torch.inference_mode():
        one, other = (model(ids, position_ids=batch.positions_BT, use_cache=False).logits for ids in (batch.ids_BT, changed))
        leaking = model(changed, use_cache=False).logits - model(batch.ids_BT, use_cache=False).logits
    assert torch.equal(one[0, 17:], other[0, 17:])  # bit by bit
    assert not torch.equal(one[0, 1:17], other[0, 1:17])
    assert leaking[0, 17:].abs().max() > 0  # so the test can fail


def test_attention_is_in_float32_and_sees_its_document_only():
    """Where products are in bfloat16; and no bit comes from another document."""
    from ayni.training.attention import widen_attention

    model, batch = make_model(dtype=torch.float32), make_batch(blocks=1)
    changed = batch.ids_BT.clone()
    changed[0, 1:17] = (changed[0, 1:17] % (VOCABULARY - 1)) + 1

    def answer(ids):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            return model.model(ids, position_ids=batch.positions_BT, use_cache=False).last_hidden_state

    kinds = []
    model.model.layers[0].self_attn.o_proj.register_forward_pre_hook(lambda module, given: kinds.append(given[0].dtype))
    answer(batch.ids_BT)
    widen_attention(model)
    wide, other = answer(batch.ids_BT), answer(changed)
    assert torch.equal(wide[0, 17:], other[0, 17:]) and not torch.equal(wide[0, 1:17], other[0, 1:17])
    assert kinds == [torch.bfloat16, torch.float32, torch.float32]


def test_places_begin_anew_with_each_document():
    ids = np.array([[0, 5, 6, 0, 7, 0, 0, 8], [5, 6, 7, 8, 0, 9, 9, 9]])
    assert place_tokens(ids, 0).tolist() == [[0, 1, 2, 0, 1, 0, 0, 1], [0, 1, 2, 3, 0, 1, 2, 3]]


def test_goldfish_drops_the_same_token_after_the_same_words():
    rng = np.random.default_rng(2)
    ids = rng.integers(1, 5000, (1, 4000))
    labels = drop_goldfish(ids, 4)
    assert 0.22 < (labels == IGNORED).mean() < 0.28
    assert np.array_equal(labels[labels != IGNORED], ids[labels != IGNORED])
    later = np.concatenate([rng.integers(1, 5000, (1, 50)), ids[:, :-50]], axis=1)
    again = drop_goldfish(later, 4)
    assert np.array_equal(again[0, 50 + 13 :] == IGNORED, labels[0, 13:-50] == IGNORED)
    assert np.array_equal(drop_goldfish(ids, 0), ids)


def test_cosine_goes_from_the_peak_to_a_tenth():
    factors = [learning_rate_factor(step, 100, warmup=0.1, decay=0.5, schedule="cosine") for step in range(100)]
    assert factors[9] == 1.0 and factors[0] == pytest.approx(0.1)
    assert factors[-1] == pytest.approx(0.1) and factors[54] == pytest.approx(0.55, abs=0.02)
    assert all(one >= other for one, other in pairwise(factors[9:]))


def test_muon_moves_the_matrices_of_the_layers_and_is_taken_up_again():
    batch = make_batch()

    def train(model, optimizers, steps):
        for _ in range(steps):
            add_gradients(model, batch, 4, sum_loss)
            for each in optimizers:
                each.step()
                each.zero_grad()

    given = {"kind": "muon", "rate": 1e-3, "decay": 0.1, "betas": (0.9, 0.95)}
    straight = make_model(dtype=torch.float32)
    train(straight, make_optimizers(straight, **given), 4)
    first = make_model(dtype=torch.float32)
    optimizers = make_optimizers(first, **given)
    train(first, optimizers, 2)
    moments = take_moments(first, optimizers)
    muon = {name for name in moments if name.endswith("momentum_buffer")}
    assert len(muon) == 14 and all(".layers." in name for name in muon)
    second = make_model(dtype=torch.float32)
    second.load_state_dict(first.state_dict())
    optimizers = make_optimizers(second, **given)
    put_moments(second, optimizers, moments)
    train(second, optimizers, 2)
    assert all(torch.equal(one, other) for one, other in zip(straight.parameters(), second.parameters(), strict=True))


def train_tiny(ayni, tiny, tmp_path, name, *changes):
    """The training of recipes/tiny.toml with other parameters; the folder of the model."""
    recipe = tmp_path / f"{name}.toml"
    recipe.write_text(find_shipped("recipes", "tiny").read_text("utf-8").replace('name = "tiny"', f'name = "{name}"', 1), "utf-8")
    sets = [word for change in ("budget=4096", *changes) for word in ("--set", f"model.{change}")]
    answer = ayni("run", recipe, "--store", tiny.store, "--only", "model", "--accept", "model", *sets)
    assert answer.code == 0, answer.err
    return ayni("show", f"{name}/model", "--json", "--store", tiny.store).json()["path"]


def test_parts_give_the_weights_of_the_batch(tiny, ayni, tmp_path):
    whole, parts = (load_file(f"{train_tiny(ayni, tiny, tmp_path, f'part{size}', f'part={size}')}/model.safetensors") for size in (0, 1))
    assert all(torch.allclose(whole[name], parts[name], atol=2e-4) for name in whole)


def test_everything_at_once_through_the_command_line(tiny, ayni, tmp_path):
    """Muon, cosine, goldfish and TensorBoard; twice the same bytes, whatever is shown while it trains."""
    changes = ("optimizer='muon'", "schedule='cosine'", "goldfish=4")
    board = tmp_path / "board"
    shown = [f"tensorboard='{board}'"] if find_spec("tensorboard") else []
    one = train_tiny(ayni, tiny, tmp_path, "one", *changes, *shown)
    assert not shown or list(board.glob("events.*"))
    rows = [json.loads(line) for line in Path(one, "metrics.jsonl").read_text("utf-8").splitlines()]
    assert [row["tokens"] for row in rows] == sorted({row["tokens"] for row in rows})
    assert all(row["norm"] > 0 and row["rate"] > 0 for row in rows)
    answer = ayni("run", tmp_path / "one.toml", "--store", tmp_path / "other", "--only", "model", *_words(("budget=4096", *changes)))
    assert answer.code == 0, answer.err
    two = ayni("show", "model", "--json", "--store", tmp_path / "other").json()["path"]
    assert digest_file(Path(one, "model.safetensors")) == digest_file(Path(two, "model.safetensors"))


def _words(changes):
    return [word for change in changes for word in ("--set", f"model.{change}")]
