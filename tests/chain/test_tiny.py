"""From documents to a released, measured model, through the command line."""

import hashlib
import json
import shutil
import subprocess
import sys

import pytest

PLAIN = """
import json, sys
from transformers import AutoModelForCausalLM, AutoTokenizer
folder = sys.argv[1]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder)
text = tokenizer.apply_chat_template([{"role": "user", "content": "Hola"}], tokenize=False, add_generation_prompt=True)
ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)
out = model.generate(**ids, max_new_tokens=12, do_sample=False)
assert not [name for name in sys.modules if name.split(".")[0] == "ayni"]
print(json.dumps({"new": out.shape[1] - ids["input_ids"].shape[1], "text": tokenizer.decode(out[0])}))
"""


def test_ends_with_the_table_and_the_two_lines(tiny):
    tail = tiny.out.splitlines()[18:]
    assert any(line.startswith("Regional text (gain)") for line in tail)
    assert any(line.startswith("English (forgetting)") for line in tail)
    assert any(line.strip().startswith(("chat", "page")) and f"ayni chat release --store {tiny.store}" in line for line in tail)
    assert any(f"ayni serve release --store {tiny.store}" in line for line in tail)


def test_ls_has_the_promised_columns(tiny):
    rows = tiny.artifacts()
    assert rows["release"]["kind"] == "bundle"
    assert {"name", "kind", "digest", "path"} <= set(rows["release"])


def test_scores(tiny, shell):
    folder = json.loads(shell("show", "release", "--json", "--store", tiny.store).stdout)["path"]
    scores = json.loads((tiny.path("release") / "scores.json").read_text())
    assert folder == str(tiny.path("release"))
    assert set(scores) >= {"gain", "forgetting"}
    for row in scores["gain"] + scores["forgetting"]:
        assert {"language", "base_bpb", "model_bpb", "delta", "low", "high", "bytes"} <= set(row)
        assert row["low"] <= row["delta"] <= row["high"]
        assert row["delta"] == pytest.approx(row["model_bpb"] - row["base_bpb"], abs=1e-6)
    regional = scores["gain"][0]
    assert regional["high"] < 0, "regional text improves with the interval clear of zero"
    assert {"es", "pt", "mix"} <= {row["language"] for row in scores["gain"]}
    assert {row["name"] for row in scores["forgetting"]} >= {"unlike the replay", "like the replay"}


def test_release_is_complete_and_checksums_hold(tiny):
    folder = tiny.path("release")
    names = {path.name for path in folder.iterdir()}
    assert {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "README.md",
        "report.html",
        "recipe.lock",
        "SHA256SUMS",
        "scores.json",
    } <= names
    assert len(list(folder.glob("*.gguf"))) == 2
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split(maxsplit=1)
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_report_stands_alone(tiny):
    page = (tiny.path("release") / "report.html").read_text("utf-8")
    assert "<svg" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page
    for word in ("Ganancia y olvido", "Ganho e esquecimento", "Gain and forgetting"):
        assert word in page


def test_release_loads_in_plain_transformers_and_generates(tiny, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(tiny.path("release"), copy)
    done = subprocess.run([sys.executable, "-I", "-c", PLAIN, copy], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert 1 <= json.loads(done.stdout.splitlines()[-1])["new"] <= 12


def test_second_run_builds_nothing(tiny, shell):
    done = shell("run", "tiny", "--store", tiny.store)
    assert done.returncode == 0
    assert "0 built" in done.stdout


def test_costly_stage_asks_first(tiny, shell):
    done = shell("run", "tiny", "--store", tiny.store, "--set", "model.rate=1e-3")
    assert done.returncode == 3
    lines = done.stderr.strip().splitlines()[-3:]
    assert "'model' is costly" in lines[0]
    assert "params.rate: 0.003 -> 0.001" in lines[1]
    assert "--accept model" in lines[2]


def test_nothing_of_this_machine_stands_in_the_release(tiny, tmp_path):
    for path in tiny.path("release").rglob("*"):
        if path.suffix in (".json", ".md", ".html", ".lock", ".csv") or path.name in ("SHA256SUMS",):
            text = path.read_text("utf-8")
            assert str(tiny.store) not in text, path.name
            assert sys.prefix not in text, path.name
