"""A run that is killed with signal 9 at any moment ends, after a last undisturbed run, in the digests of a straight run.

A few kills here; benchmarks/kills.py makes as many as are asked for.
"""

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest


def run_and_kill(command, seconds):
    """Start the command, kill it after so many seconds; True where it was still running."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True


def test_killed_equals_straight(tiny, tmp_path, shell):
    store = tmp_path / "store"
    command = [sys.executable, "-m", "ayni", "run", "tiny", "--store", store]
    moments = random.Random(5)
    kills = sum(run_and_kill(command, moments.uniform(1.5, 9.0)) for _ in range(3))
    assert kills >= 2
    done = shell("run", "tiny", "--store", store)
    assert done.returncode == 0, done.stderr
    straight, killed = tiny.artifacts(), type(tiny)(store, "").artifacts()
    assert {name: row["digest"] for name, row in killed.items()} == {name: row["digest"] for name, row in straight.items()}


@pytest.mark.parametrize("rank", [0, 4], ids=["all weights", "LoRA"])
def test_training_resumes_from_its_checkpoint(tiny, tmp_path, shell, rank):
    """Killed in the middle of training, the next run goes on from a checkpoint and ends in the same bytes."""
    store, change = tmp_path / "store", f"model.lora_rank={rank}"
    base = [sys.executable, "-m", "ayni", "run", "tiny", "--store", store, "--set", change, "--only"]
    assert subprocess.run([*base, "tokens"], capture_output=True).returncode == 0
    straight = tiny.store
    if rank:
        straight = tmp_path / "straight"
        shutil.copytree(store, straight)
        assert shell("run", "tiny", "--store", straight, "--set", change, "--only", "model").returncode == 0
    process = subprocess.Popen([*base, "model"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not [each for each in store.glob("state/*/step-*") if each.name > "step-000000"]:  # that one is the rehearsal's
        assert process.poll() is None, "training ended before its first checkpoint"
        assert time.monotonic() < deadline, "no checkpoint within two minutes"
        time.sleep(0.02)
    process.kill()
    process.wait()
    done = shell("run", "tiny", "--store", store, "--set", change, "--only", "model")
    assert done.returncode == 0, done.stderr
    manifest, whole = (json.loads(shell("show", "model", "--json", "--store", place).stdout) for place in (store, straight))
    assert manifest["notes"]["resumed_at_step"] >= 1
    assert manifest["digest"] == whole["digest"]


def test_killed_curation_loses_no_document(many, tmp_path, shell):
    """Five kills of a corpus recipe: the digests of a straight run, and every id once."""
    script = Path(__file__).resolve().parents[2] / "benchmarks" / "kills.py"
    command = [sys.executable, script, "--kills", "5", "--seed", "3", "--recipe", many, "--longest", "0.6"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kills 5;" in done.stdout
    assert "documents lost 0, doubled 0" in done.stdout
