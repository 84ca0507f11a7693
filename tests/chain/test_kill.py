"""A run that is killed with signal 9 at any moment ends, after a last undisturbed run, in the digests of a straight run.

Three kills here; benchmarks/kills.py makes fifty.
"""

import random
import subprocess
import sys
import time

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


def test_training_resumes_from_its_checkpoint(tiny, tmp_path, shell):
    """Killed in the middle of training, the next run goes on from a checkpoint and ends in the same bytes."""
    store = tmp_path / "store"
    base = [sys.executable, "-m", "ayni", "run", "tiny", "--store", store, "--only"]
    assert subprocess.run([*base, "tokens"], capture_output=True).returncode == 0
    process = subprocess.Popen([*base, "model"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(store.glob("state/*/step-*")):
        assert process.poll() is None, "training ended before its first checkpoint"
        if time.monotonic() > deadline:
            pytest.fail("no checkpoint within two minutes")
        time.sleep(0.02)
    process.kill()
    process.wait()
    done = shell("run", "tiny", "--store", store, "--only", "model")
    assert done.returncode == 0, done.stderr
    import json

    manifest = json.loads(shell("show", "model", "--json", "--store", store).stdout)
    assert manifest["notes"]["resumed_at_step"] >= 1
    assert manifest["digest"] == tiny.artifacts()["model"]["digest"]
