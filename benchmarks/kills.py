"""Kill a recipe with signal 9 at random moments, then let it run once undisturbed, and compare every digest.

    python benchmarks/kills.py --kills 50 --seed 1
    python benchmarks/kills.py --kills 200 --recipe recipes/regional-corpus.toml --set read.path=FOLDER

Two stores: one that is never disturbed, one that is killed; whenever the second ends by itself it is emptied and begun anew, so
that the kills fall everywhere. Where the recipe makes documents, their ids are counted too: none lost, none doubled. Exit code 1
where a digest differs or a document is lost or doubled.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

AYNI = [sys.executable, "-m", "ayni"]


class Recipe:
    """A recipe with the changes to it, to run, to kill, and to ask for what it made."""

    def __init__(self, name: str, sets: list[str]) -> None:
        self.words = [*AYNI, "run", name, *(word for each in sets for word in ("--set", each))]

    def run(self, store: Path) -> float:
        began = time.monotonic()
        subprocess.run([*self.words, "--store", store], check=True, capture_output=True)
        return time.monotonic() - began

    def kill_once(self, store: Path, seconds: float) -> str | None:
        """The artifact that was built last before the kill, or None where the run had ended."""
        with tempfile.TemporaryFile("w+") as lines:
            process = subprocess.Popen([*self.words, "--store", store], stdout=lines, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                process.wait(seconds)
                return None
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)  # the run alone: its workers must find their own end
                process.wait()
            lines.seek(0)
            done = [line.split("]")[1].split()[0] for line in lines if line.strip().startswith("[")]
        return f"after {done[-1]}" if done else "at the start"


def list_artifacts(store: Path) -> dict[str, dict[str, str]]:
    done = subprocess.run([*AYNI, "ls", "--json", "--store", store], check=True, capture_output=True, text=True)
    return {row["name"]: row for row in json.loads(done.stdout)}


def count_ids(store: Path) -> Counter[str]:
    """Every document id of every documents artifact, with the artifact's name."""
    found: Counter[str] = Counter()
    for name, row in list_artifacts(store).items():
        if row["kind"] == "documents":
            for part in sorted(Path(row["path"]).glob("documents/*.parquet")):
                found.update(f"{name} {each}" for each in pq.read_table(part, columns=["id"])["id"].to_pylist())
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--recipe", default="tiny")
    asked.add_argument("--set", action="append", default=[], dest="sets")
    asked.add_argument("--longest", type=float, default=0.5, help="the last moment of a kill, as a share of the straight run")
    asked.add_argument("--latest", type=float, help="the last moment of a kill in seconds, where the straight run's time says nothing")
    args = asked.parse_args()
    recipe, moments = Recipe(args.recipe, args.sets), random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        straight, killed = Path(folder) / "straight", Path(folder) / "killed"
        seconds = recipe.run(straight)
        truth, ids = {name: row["digest"] for name, row in list_artifacts(straight).items()}, count_ids(straight)
        places: Counter[str] = Counter()
        rounds = different = lost = doubled = 0
        while sum(places.values()) < args.kills:
            place = recipe.kill_once(killed, moments.uniform(0.3, args.latest or seconds * args.longest))
            if place is not None:
                places[place] += 1
            if place is None or sum(places.values()) == args.kills:
                recipe.run(killed)
                rounds += 1
                found, here = list_artifacts(killed), count_ids(killed)
                different += sum(found[name]["digest"] != digest for name, digest in truth.items())
                lost, doubled = lost + sum((ids - here).values()), doubled + sum((here - ids).values())
                shutil.rmtree(killed)
                print(f"kills {sum(places.values())}, rounds {rounds}, different {different}, lost {lost}", file=sys.stderr, flush=True)
    print(f"straight run {seconds:.1f} s; kills {sum(places.values())}; runs completed {rounds}; digests compared {rounds * len(truth)}")
    print("killed " + ", ".join(f"{place}: {times}" for place, times in places.most_common()))
    print(f"digests that differ: {different}; ids compared {rounds * len(ids)}; documents lost {lost}, doubled {doubled}")
    return 1 if different or lost or doubled else 0


if __name__ == "__main__":
    raise SystemExit(main())
