"""The command itself: quick, helpful, and quiet about libraries that nobody asked for."""

import json
import subprocess
import sys
import time

import pytest

from ayni.cli.main import VERBS


def test_help_is_quick_and_imports_nothing_heavy():
    code = """
import sys
from ayni.cli.main import main
main(["--help"])
print(sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    for library in ("torch", "transformers", "numpy", "pyarrow", "pydantic", "ray", "duckdb"):
        assert f"'{library}'" not in done.stderr
    times = []
    for _ in range(7):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "ayni", "--help"], capture_output=True, check=True)
        times.append(time.monotonic() - began)
    assert sorted(times)[len(times) // 2] < 0.3, times


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(shell, verb):
    done = shell(verb, "--help")
    assert done.returncode == 0, done.stderr
    assert VERBS[verb].split()[0] in done.stdout


@pytest.mark.parametrize("kind", ["stages", "scorers", "recipes", "sites", "languages", "kinds", "sizes"])
def test_list(ayni, kind):
    answer = ayni("list", kind, "--json")
    assert answer.code == 0
    assert len(answer.json()) >= 2


def test_try_reads_lines_and_jsonl(shell):
    done = shell(
        "try", "language", "-", input='La biblioteca abre los martes por la tarde.\n{"text": "The library opens on Tuesday afternoon."}\n'
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["language"] for row in rows] == ["es", "en"]


def test_try_unknown_scorer_and_missing_file(ayni):
    answer = ayni("try", "langage", "-")
    assert (answer.code, "'language'" in answer.err) == (2, True)
    answer = ayni("try", "language", "/no/such/file")
    assert (answer.code, "/no/such/file" in answer.err) == (2, True)


def test_new_recipe_plans(ayni, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ayni("new", "mia", "--like", "tiny").code == 0
    answer = ayni("plan", "mia.toml", "--store", tmp_path / "s")
    assert answer.code == 0
    assert ayni("new", "mia").code == 2


def test_trace_shows_the_error(shell):
    done = shell("show", "nothing", "--trace")
    assert "Traceback" in done.stderr
