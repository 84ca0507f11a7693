"""The whole way of a folder of documents through recipes/regional-corpus.toml from an empty store: seconds, memory, truth kept.

    python benchmarks/corpus.py FOLDER [--set TABLE.KEY=VALUE ...]

Prints JSON: seconds by artifact, the peak of the resident memory of all processes together (proportional set size, sampled
five times a second), documents and bytes, and whether read = kept + rejected + quarantined. Use two cores: taskset -c 0,1.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def list_processes(root):
    """The process and all below it."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [root]
    while todo:
        each = todo.pop()
        found.append(each)
        todo += children.get(each, [])
    return found


def read_memory(root):
    """Bytes that the process and all below it hold; pages that several share count once (PSS)."""
    total = 0
    for process in list_processes(root):
        try:
            rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(row.split()[1]) << 10 for row in rows if row.startswith("Pss:"))
    return total


def watch(process, peak):
    while process.poll() is None:
        peak[0] = max(peak[0], read_memory(process.pid))
        time.sleep(0.2)


def ask(store, *words):
    command = [sys.executable, "-m", "ayni", *words, "--json", "--store", store]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--set", action="append", default=[], dest="sets")
    parser.add_argument("--recipe", default="recipes/regional-corpus.toml")
    parser.add_argument("--store", help="keep the store here (must not exist)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        store = options.store or f"{place}/store"
        sets = [word for each in [f"read.path={options.folder}", *options.sets] for word in ("--set", each)]
        begun, peak = time.perf_counter(), [0]
        process = subprocess.Popen([sys.executable, "-m", "ayni", "run", options.recipe, "--store", store, *sets])
        threading.Thread(target=watch, args=(process, peak), daemon=True).start()
        code = process.wait()
        seconds = time.perf_counter() - begun
        if code:
            return code
        names = [row["name"] for row in ask(store, "ls")]
        shown = {name: ask(store, "show", name) for name in names}
        audit = shown["audit"]["counts"]
        rejected = sum(audit["by_rule"].values())
        body = {
            "seconds": round(seconds, 1),
            "seconds_by_artifact": {name: round(shown[name]["seconds"], 1) for name in names},
            "peak_gigabytes": round(peak[0] / 1e9, 2),
            **{key: audit[key] for key in ("read", "kept")},
            "rejected": rejected,
            "nothing_lost": audit["read"]["documents"] == audit["kept"]["documents"] + rejected,
        }
    print(json.dumps(body, indent=2))
    return 0 if body["nothing_lost"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
