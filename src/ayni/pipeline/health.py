"""What `ayni doctor` looks at: Python, extras, memory, disk, and every artifact's digest.

for finding in examine(store): print(finding.good, finding.what, finding.mend)
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ayni.pipeline.manifest import describe_machine
from ayni.pipeline.stage import list_stages
from ayni.pipeline.store import Store

_EXTRAS = {"train": "torch", "corpus": "resiliparse", "serve": "xllamacpp", "ray": "ray"}
_LAPTOP_GB = 8  # recipes/laptop.toml: measured peak, rounded up
_LAPTOP_DISK_GB = 6


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` says what to do where it is not good."""

    good: bool
    what: str
    mend: str = ""


def examine(store: Store) -> list[Finding]:
    """All findings, the machine's first."""
    return [*_examine_python(), *_examine_room(store.root), *_examine_store(store)]


def _examine_python() -> list[Finding]:
    rows = [Finding(sys.version_info >= (3, 11), describe_machine(), "ayni needs Python 3.11 or newer")]
    rows.append(Finding(bool(list_stages()), f"{len(list_stages())} stages are installed", "pip install ."))
    for extra, module in _EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        rows.append(Finding(there, f"extra '{extra}' ({module})", f"pip install 'ayni[{extra}]'"))
    return rows


def _examine_room(root: Path) -> list[Finding]:
    place = next(path for path in (root, *root.parents) if path.exists())
    free = shutil.disk_usage(place).free / 1e9
    rows = [Finding(free > _LAPTOP_DISK_GB, f"{free:.0f} GB free at {place}", f"laptop.toml needs {_LAPTOP_DISK_GB} GB")]
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        memory = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) / 1e6
        rows.append(Finding(memory > _LAPTOP_GB, f"{memory:.0f} GB of memory available", f"laptop.toml needs {_LAPTOP_GB} GB"))
    except (OSError, StopIteration):
        pass  # not Linux: nothing to say
    return rows


def _examine_store(store: Store) -> list[Finding]:
    keys = store.list_keys()
    bad = [key for key in keys if store.damaged(key)]
    rows = [
        Finding(False, f"artifact {key} is not what its manifest states", f"remove {store.artifact_folder(key)} and run again")
        for key in bad
    ]
    rows.append(Finding(True, f"{len(keys) - len(bad)} of {len(keys)} artifacts in {store.root} are whole"))
    return rows
