"""What keeps a model from forgetting: distillation to the base, merging with it, and the gate that refuses a release."""

import math

import pytest
import torch
from safetensors.torch import load_file

from ayni.core.formats.scores import ScoreRow, Scores
from ayni.core.places import find_shipped
from ayni.model.weights import load_model
from ayni.training.distillation import make_teacher, sum_distilled
from ayni.training.losses import Batch


@pytest.fixture
def added(tiny, ayni, tmp_path):
    """Build more artifacts beside those of the tiny recipe; their folders."""

    def build(text, *names):
        recipe = tmp_path / "more.toml"
        recipe.write_text(find_shipped("recipes", "tiny").read_text("utf-8").replace('name = "tiny"', 'name = "more"', 1) + text, "utf-8")
        only = [word for name in names for word in ("--only", name)]
        answer = ayni("run", recipe, "--store", tiny.store, *only)
        paths = {name: ayni("show", f"more/{name}", "--json", "--store", tiny.store) for name in names} if answer.code == 0 else {}
        return answer, {name: shown.json()["path"] for name, shown in paths.items()}

    return build


def mean_distilled(model, base, ids, held, weight):
    batch = Batch(ids, ids, None, held)
    return float(sum_distilled(model, make_teacher(model, base, 2), batch, weight)) / batch.predicted()


def test_distilled_loss_is_entropy_and_divergence_by_hand(tiny):
    base, model = (load_model(tiny.path(name)) for name in ("base", "model"))
    ids = torch.randint(0, 4096, (3, 20), generator=torch.Generator().manual_seed(1))
    held = torch.tensor([True, False, True])
    with torch.inference_mode():
        found = mean_distilled(model, tiny.path("base"), ids, held, 0.25)
        total = 0.0
        for block in range(3):
            ours, theirs = (each(ids[block : block + 1]).logits[0, :-1].double().log_softmax(-1) for each in (model, base))
            entropy = -ours[torch.arange(19), ids[block, 1:]].mean()
            apart = (theirs.exp() * (theirs - ours)).sum(-1).mean()
            total += float(0.75 * entropy + 0.25 * apart) if held[block] else float(entropy)
    assert found == pytest.approx(total / 3, rel=1e-5)


def test_a_model_that_is_its_own_teacher_diverges_by_nothing(tiny):
    model = load_model(tiny.path("base"))
    ids = torch.arange(24).reshape(2, 12)
    held = torch.tensor([True, True])
    with torch.inference_mode():
        assert mean_distilled(model, tiny.path("base"), ids, held, 1.0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("rank", [0, 4])
def test_distilled_training_stays_nearer_to_the_base(tiny, added, rank):
    plain = '\n[{name}]\nstage = "training.train"\nbase = "@base"\ntokens = "@tokens"\nbudget = 4096\nlength = 64\nbatch = 8\n'
    plain += f"lora_rank = {rank}\n"
    held = 'held = ["replay", "es", "pt", "mix"]\n'
    names = (f"free{rank}", f"tied{rank}")
    text = plain.format(name=names[0]) + plain.format(name=names[1]) + "distill = 1.0\n" + held
    answer, paths = added(text, *names)
    assert answer.code == 0, answer.err
    base = load_file(tiny.path("base") / "model.safetensors")
    moved = [
        math.sqrt(sum(float((load_file(f"{paths[name]}/model.safetensors")[key] - base[key]).square().sum()) for key in base))
        for name in names
    ]
    assert moved[1] < 0.5 * moved[0]


def test_merging_is_a_point_between(tiny, added):
    text = '\n[{}]\nstage = "model.merge"\nbase = "@base"\nadapted = ["@model"]\nweight = {}\n'
    answer, paths = added(text.format("half", 0.5) + text.format("whole", 1.0), "half", "whole")
    assert answer.code == 0, answer.err
    base, model = (load_file(tiny.path(name) / "model.safetensors") for name in ("base", "model"))
    half, whole = (load_file(f"{paths[name]}/model.safetensors") for name in ("half", "whole"))
    for key in base:
        assert torch.allclose(half[key], (base[key] + model[key]) / 2, atol=1e-6)
        assert torch.allclose(whole[key], model[key], atol=1e-6)


def test_merging_strangers_is_refused(tiny, added):
    text = '\n[other]\nstage = "model.initial"\ntokenizer = "@tokenizer"\nsize = "30m"\n'
    text += '\n[mixed]\nstage = "model.merge"\nbase = "@base"\nadapted = ["@other"]\nweight = 0.5\n'
    answer, _ = added(text, "mixed")
    assert answer.code == 2
    assert "hidden_size" in answer.err


def score_row(name, delta, low, high, works=9):
    return ScoreRow(name, "en", "", "", works, works, 1000, 1.0, 1.0 + delta, delta, low, high)


@pytest.mark.parametrize(
    ("gain", "loss", "works", "code", "says"),
    [
        ((-0.2, -0.3, -0.1), (0.0, -0.01, 0.01), 9, 0, ""),
        ((-0.2, -0.3, 0.0), (0.0, -0.01, 0.01), 9, 1, "regional: -0.200"),
        ((-0.2, -0.3, -0.1), (0.0, -0.01, 0.03), 9, 1, "unlike the replay: +0.000 [-0.010, +0.030], limit +0.020"),
        ((-0.2, -0.3, -0.1), (0.0, -0.01, 0.01), 3, 1, "unlike the replay"),
    ],
)
def test_gate(tmp_path, monkeypatch, gain, loss, works, code, says):
    from ayni.core.errors import StageFailed
    from ayni.core.formats.verdict import Verdict
    from ayni.evaluation.gate import GateParams, gate

    for name in ("scores", "gate"):
        (tmp_path / name).mkdir()
    Scores(tmp_path / "scores").write([], [score_row("regional", *gain)], [score_row("unlike the replay", *loss, works=works)])
    job = type("Job", (), {"folder": tmp_path / "gate"})()
    if code:
        with pytest.raises(StageFailed) as caught:
            gate(job, Scores(tmp_path / "scores"), GateParams())
        assert says in str(caught.value.why)
        gate(job, Scores(tmp_path / "scores"), GateParams(refuse=False))
    else:
        gate(job, Scores(tmp_path / "scores"), GateParams())
    Verdict(tmp_path / "gate").check()
    assert Verdict(tmp_path / "gate").body()["passed"] == (code == 0)


def test_no_release_of_a_model_that_fails_the_gate(added):
    text = '\n[gate]\nstage = "evaluation.gate"\nscores = "@scores"\ngain = 20.0\n'
    answer, _ = added(text.replace("[gate]", "[strict]"), "strict")
    assert answer.code == 1
    assert "does not pass the gate" in answer.err
