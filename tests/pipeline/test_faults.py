"""A disk that is full, and one that fails: a clear error, nothing torn, and the next run goes on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "faults.py"


@pytest.mark.parametrize("sticky", [[], ["--sticky"]], ids=["one write fails", "every later write fails"])
def test_failing_writes(sticky):
    """Every fortieth of the store's writes; benchmarks/faults.py makes all of them fail, one after the other."""
    if sys.platform != "linux" or not shutil.which("cc"):
        pytest.skip("needs Linux and a C compiler: the fault is injected below libc")
    command = [sys.executable, FAULTS, "--step", "40", "--first", "11" if sticky else "3", *sticky]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "wrong: 0" in done.stdout


@pytest.fixture
def disk(tmp_path):
    """A file system of 256 KB of its own; `grow()` makes it larger."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk(shell, recipe, folder, tmp_path, disk):
    letters = "".join(f"{number * 7919 % 100003:05} " for number in range(60000))  # hardly to be compressed
    for number in range(4):
        (folder / f"acta-{number}.txt").write_text(letters[number * 9 :], "utf-8")
    straight, store = tmp_path / "straight", disk / "store"
    assert shell("run", recipe, "--store", straight).returncode == 0
    full = shell("run", recipe, "--store", store)
    assert full.returncode == 4, full.stderr
    assert "no space left" in full.stderr
    assert [line.split(":")[0].strip() for line in full.stderr.strip().splitlines()[-3:]] == ["error", "why", "mend"]
    subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
    assert "is not what its manifest states" not in shell("doctor", "--store", store).stdout
    done = shell("run", recipe, "--store", store)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(shell("ls", "--json", "--store", place).stdout) for place in (straight, store)]
    assert {row["name"]: row["digest"] for row in rows[0]} == {row["name"]: row["digest"] for row in rows[1]}


def test_a_partners_file_costs_its_own_parts(shell, recipe, folder, tmp_path):
    """Counted in the manifests: one part of two is read, cleaned and scored again, the other is not."""
    other = tmp_path / "partner"
    other.mkdir()
    (other / "uno.txt").write_text("Una hoja del archivo municipal.\n", "utf-8")
    text = recipe.read_text("utf-8")
    recipe.write_text(text.replace("[clean]", f'[[read.sources]]\nname = "partner"\npath = "{other}"\n[clean]', 1), "utf-8")
    store = tmp_path / "store"
    assert shell("run", recipe, "--store", store).returncode == 0
    (other / "dos.txt").write_text("Otra hoja, que llegó después.\n", "utf-8")
    assert shell("run", recipe, "--store", store).returncode == 0
    for name in ("read", "clean", "notes"):
        notes = json.loads(shell("show", name, "--json", "--store", store).stdout)["notes"]
        assert notes["parts"] == {"all": 2, "built": 1}, name
