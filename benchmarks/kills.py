"""Kill recipes/tiny.toml with signal 9 at random moments, then let it run once undisturbed, and compare every digest.

    python benchmarks/kills.py --kills 50 --seed 1

Two stores: one that is never disturbed, one that is killed; whenever the second ends by itself it is emptied and begun anew, so
that the kills fall everywhere. Exit code 1 where a digest differs.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

AYNI = [sys.executable, "-m", "ayni"]


def run(store: Path) -> float:
    began = time.monotonic()
    subprocess.run([*AYNI, "run", "tiny", "--store", store], check=True, capture_output=True)
    return time.monotonic() - began


def digests(store: Path) -> dict[str, str]:
    done = subprocess.run([*AYNI, "ls", "--json", "--store", store], check=True, capture_output=True, text=True)
    return {row["name"]: row["digest"] for row in json.loads(done.stdout)}


def kill_once(store: Path, seconds: float) -> str | None:
    """The artifact that was being built at the kill, or None where the run had ended."""
    with tempfile.TemporaryFile("w+") as lines:
        process = subprocess.Popen([*AYNI, "run", "tiny", "--store", store], stdout=lines, stderr=subprocess.DEVNULL)
        try:
            process.wait(seconds)
            return None
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        lines.seek(0)
        done = [line.split("]")[1].split()[0] for line in lines if line.strip().startswith("[")]
    return f"after {done[-1]}" if done else "at the start"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--seed", type=int, default=1)
    args = asked.parse_args()
    moments = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        straight, killed = Path(folder) / "straight", Path(folder) / "killed"
        seconds = run(straight)
        places: Counter[str] = Counter()
        rounds = compared = different = 0
        while sum(places.values()) < args.kills:
            place = kill_once(killed, moments.uniform(0.3, seconds / 2))
            if place is not None:
                places[place] += 1
            if place is None or sum(places.values()) == args.kills:
                run(killed)
                rounds += 1
                compared += len(digests(killed))
                different += sum(digests(killed)[name] != digest for name, digest in digests(straight).items())
                shutil.rmtree(killed)
    print(f"straight run {seconds:.1f} s; kills {sum(places.values())}; runs completed {rounds}; digests compared {compared}")
    print("killed " + ", ".join(f"{place}: {times}" for place, times in places.most_common()))
    print(f"digests that differ: {different}")
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
