"""The record beside every artifact: who made it from what, when, with which code and packages.

store/artifacts/<key>/manifest.json      written last; a folder without it does not count
"""

from __future__ import annotations

import platform
import re
import subprocess
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import distributions, requires
from pathlib import Path
from typing import Any

from ayni.core.errors import StoreError
from ayni.core.files import read_json


@dataclass(frozen=True)
class InputRecord:
    """An input of an artifact: which one, and the digest of its content."""

    name: str
    key: str
    digest: str


@dataclass(frozen=True)
class Manifest:
    """Everything about one artifact. `files` maps relative paths to SHA-256."""

    name: str
    kind: str
    stage: str
    version: int
    key: str
    digest: str
    params: dict[str, Any]
    outside: Any
    seed: int | None
    inputs: dict[str, list[InputRecord]]
    files: dict[str, str]
    bytes: int
    counts: dict[str, Any]
    recipe: str
    sets: list[str]
    command: str
    commit: str
    started: str
    seconds: float
    joules: float | None
    packages: dict[str, str]
    machine: str
    notes: dict[str, Any]
    withdrawals: str = ""  # digest of the withdrawal list that it obeyed

    def as_json(self) -> dict[str, Any]:
        """The manifest as JSON."""
        return asdict(self)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. Raises StoreError where it is damaged."""
    try:
        body = read_json(path)
        body["inputs"] = {key: [InputRecord(**each) for each in rows] for key, rows in body["inputs"].items()}
        return Manifest(**body)
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"the manifest {path} is damaged", why=str(error), mend="`ayni doctor` lists damaged artifacts") from error


@cache
def read_packages() -> dict[str, str]:
    """Installed distribution -> version: the environment, for the record and the lock."""
    found = {(each.metadata["Name"] or "").lower().replace("_", "-"): each.version for each in distributions()}
    return dict(sorted((name, version) for name, version in found.items() if name))


@cache
def read_requirements() -> dict[str, str]:
    """The packages that ayni itself asks for, all extras but the developers', and their versions: for locks that travel."""
    asked = [line for line in requires("ayni") or [] if "extra == 'dev'" not in line.replace('"', "'")]
    names = {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower().replace("_", "-") for line in asked}
    return {name: version for name, version in read_packages().items() if name in names}


@cache
def read_commit() -> str:
    """The git commit of the source tree that runs, '+' appended when it has changes, '' outside git."""
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return ""
    try:
        commit = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10)
        dirty = subprocess.run(["git", "-C", root, "status", "--porcelain"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return commit.stdout.strip() + ("+" if dirty.stdout.strip() else "")


def describe_machine() -> str:
    """System, processor and Python, for the record."""
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


def read_joules() -> float | None:
    """Joules drawn by the processor packages so far (Linux RAPL), or None where it cannot be read."""
    total = 0
    found = False
    for counter in Path("/sys/class/powercap").glob("intel-rapl:?/energy_uj"):
        try:
            total += int(counter.read_text())
            found = True
        except (OSError, ValueError):
            continue
    return total / 1e6 if found else None
