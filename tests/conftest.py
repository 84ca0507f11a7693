"""What many tests share: the command line, a folder of documents to read, and the tiny recipe built once."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ayni.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
SMALL = """
[recipe]
name = "small"
seed = 3
[read]
stage = "corpus.read"
[[read.sources]]
name = "given"
path = "{folder}"
language = "es"
license = "CC0-1.0"
[clean]
stage = "corpus.clean"
documents = "@read"
[notes]
stage = "corpus.annotate"
documents = "@clean"
scorers = ["quality", "fingerprint"]
[duplicates]
stage = "corpus.deduplicate"
documents = "@clean"
fingerprints = "@notes"
[picks]
stage = "corpus.select"
documents = "@clean"
notes = ["@notes", "@duplicates"]
[[picks.rules]]
name = "copy"
drop = "duplicates.copy_of IS NOT NULL"
[[picks.rules]]
name = "short"
drop = "quality.characters < 20"
"""


@dataclass
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


@pytest.fixture
def ayni(capsys):
    """Run the command line in this process: ayni("run", recipe, "--store", store)."""

    def run(*words) -> Answer:
        capsys.readouterr()
        code = main([str(word) for word in words])
        caught = capsys.readouterr()
        return Answer(code, caught.out, caught.err)

    return run


@pytest.fixture
def shell():
    """Run the command line in a process of its own."""

    def run(*words, timeout=600, **options) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "ayni", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)

    return run


@pytest.fixture
def folder(tmp_path):
    """A source with three good documents and a copy."""
    place = tmp_path / "given"
    place.mkdir()
    (place / "uno.txt").write_text("El río baja lento entre los cerros de la puna.\n", "utf-8")
    (place / "dos.txt").write_text("La biblioteca popular abre los martes y los jueves por la tarde.\n", "utf-8")
    (place / "tres.md").write_text("# Aviso\n\nLa escuela recibe alimentos hasta el viernes.\n", "utf-8")
    (place / "copia.txt").write_text("El río baja lento  entre los cerros de la puna.\n", "utf-8")
    return place


@pytest.fixture
def recipe(tmp_path, folder):
    """A recipe that reads and curates `folder`."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL.format(folder=folder), "utf-8")
    return path


@pytest.fixture
def store(tmp_path):
    """A fresh store."""
    return tmp_path / "store"


@dataclass
class Built:
    """A finished run of recipes/tiny.toml."""

    store: Path
    out: str

    def artifacts(self):
        """Name -> row of `ayni ls --json`."""
        done = subprocess.run(
            [sys.executable, "-m", "ayni", "ls", "--json", "--store", self.store], capture_output=True, text=True, check=True
        )
        return {row["name"]: row for row in json.loads(done.stdout)}

    def path(self, name):
        """Where an artifact lies."""
        return Path(self.artifacts()[name]["path"])


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Run recipes/tiny.toml into a fresh store."""
    store = tmp_path_factory.mktemp("tiny") / "store"
    done = subprocess.run([sys.executable, "-m", "ayni", "run", "tiny", "--store", store], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return Built(store, done.stdout)
