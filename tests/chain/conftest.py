"""The tiny recipe, built once for all tests of this folder, through the command line in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


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
