"""A training that is killed with signal 9 and taken up again ends in the bytes of a straight one, whatever it is made of."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

KINDS = {  # budgets that no other test has
    "muon": ("budget=20480", "optimizer='muon'", "schedule='cosine'", "part=3", "goldfish=4", "weight_decay=0.1"),
    "bfloat16": ("budget=19456", "compute='bfloat16'", "part=4"),
    "compiled": ("budget=18432", "compile=true", "compute='bfloat16'"),
}


def prepare(tiny, place, kind):
    """A store of its own with all that the model is made from; the command that trains there."""
    shutil.copytree(tiny.store / "artifacts", place / "artifacts", copy_function=os.link)
    sets = [word for change in ("checkpoint_seconds=0", *KINDS[kind]) for word in ("--set", f"model.{change}")]
    return [sys.executable, "-m", "ayni", "run", "tiny", "--store", place, "--only", "model", *sets]


def find_state(place):
    """The steps of which there is a checkpoint, but for the one before the first."""
    return [each.name for each in place.glob("state/*/step-*") if each.name > "step-000000"]


def read(place, kind):
    """The manifest of what was trained there."""
    budget = int(KINDS[kind][0].partition("=")[2])
    for path in place.glob("artifacts/*/manifest.json"):
        manifest = json.loads(path.read_text())
        if manifest["stage"] == "training.train" and manifest["params"]["budget"] == budget:
            return manifest, [json.loads(line) for line in (path.parent / "data" / "metrics.jsonl").read_text().splitlines()]
    raise AssertionError("no model")


@pytest.mark.parametrize("kind", list(KINDS))
def test_killed_equals_straight(tiny, tmp_path, kind):
    if kind == "compiled" and not (shutil.which("g++") or shutil.which("clang++")):
        pytest.skip("no C++ compiler")
    straight, killed = (prepare(tiny, tmp_path / name, kind) for name in ("straight", "killed"))
    assert subprocess.run(straight, capture_output=True).returncode == 0
    process = subprocess.Popen(killed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 240
    while not find_state(tmp_path / "killed"):
        assert process.poll() is None and time.monotonic() < deadline, "training ended before its first checkpoint"
        time.sleep(0.02)
    process.kill()
    process.wait()
    done = subprocess.run(killed, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (one, rows), (other, _) = (read(tmp_path / name, kind) for name in ("straight", "killed"))
    assert other["notes"]["resumed_at_step"] >= 1 and "resumed_at_step" not in one["notes"]
    assert one["digest"] == other["digest"]
    assert rows[-1]["loss"] < rows[0]["loss"] - 0.5, "and it has learned"
