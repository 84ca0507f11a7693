"""Workers 1, 2, 4 x documents 1x, 10x, 50x, on the local engine and on Ray: seconds, MB/s, peak memory, cost of a terabyte.

    python benchmarks/scaling.py FOLDER                          a folder of .txt files: the real sample
    python benchmarks/scaling.py FOLDER --growth 1 4 --workers 1 2 --engines local

Growth is copies of the sample with one word in twenty exchanged for another of the same sample, seeded, so that a copy is no
duplicate. Cost = price of a core-hour (--price, an assumption: 0.05 US dollars, the order of a cloud's list prices in 2026) times
the processor time of the run. The rows include what every run costs whatever its size (start, compiled kernels); the last lines take
the slope from the smallest to the largest growth instead, and multiply it by 8 TB: that assumes that cost grows with the bytes.
Peak memory is the largest resident set of the run and, with `local`, of any one of its workers.
"""

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.stderr[-800:]]))
"""


def grow(sample: Path, target: Path, times: int, seed: int) -> int:
    """Copies of the sample with words exchanged; returns the bytes."""
    files = sorted(path for path in sample.rglob("*.txt") if path.is_file())
    texts = [path.read_text("utf-8", errors="replace") for path in files]
    words = sorted({word for text in texts for word in text.split() if word.isalpha()})
    chance, size = random.Random(seed), 0
    target.mkdir()
    for copy in range(times):
        for number, text in enumerate(texts):
            lines = [
                " ".join(chance.choice(words) if copy and chance.random() < 0.05 else word for word in line.split(" "))
                for line in text.splitlines()
            ]
            body = "\n".join(lines).encode()
            (target / f"{copy:03}-{number:05}.txt").write_bytes(body)
            size += len(body)
    return size


def measure(recipe: str, sets: list[str], site: Path, store: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds of the run and its workers, peak megabytes."""
    command = [sys.executable, "-m", "ayni", "run", recipe, *sets, "--site", site, "--store", store]
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], capture_output=True, text=True, check=True)
    code, processor, peak, said = json.loads(done.stdout)
    if code:
        raise SystemExit(said)
    return time.monotonic() - began, processor, peak


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("sample", type=Path)
    asked.add_argument("--recipe", default="recipes/regional-corpus.toml")
    asked.add_argument("--only", nargs="*", default=["picks"], help="artifacts to build (default: picks and what it needs)")
    asked.add_argument("--growth", type=int, nargs="+", default=[1, 10, 50])
    asked.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    asked.add_argument("--engines", nargs="+", default=["local", "ray"])
    asked.add_argument("--price", type=float, default=0.05, help="US dollars a core-hour")
    args = asked.parse_args()
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}; core-hour at {args.price} US dollars (an assumption)")
    print("engine  workers  growth      MB   wall s   cpu s   MB/s   peak MB   $/TB   8 TB $   8 TB core-hours")
    paid_for: dict[tuple[str, int], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for growth in args.growth:
            size = grow(args.sample, place / "given", growth, seed=7) / 1e6
            sets = ["--set", f"read.path={place / 'given'}", *(word for name in args.only for word in ("--only", name))]
            for engine in args.engines:
                for workers in args.workers:
                    site = place / "site.toml"
                    site.write_text(f'[site]\nname = "scaling"\nengine = "{engine}"\nworkers = {workers}\n')
                    wall, processor, peak = measure(args.recipe, sets, site, place / "store")
                    # Ray's workers are children of its raylet: their time is not in the run's, so wall times the cores that it had
                    paid = processor if engine == "local" else wall * min(workers, cores)
                    paid_for.setdefault((engine, workers), []).append((size, paid))
                    hours = paid / 3600 / size * 1e6
                    print(
                        f"{engine:<7} {workers:>7} {growth:>7} {size:>7.1f} {wall:>8.1f} {paid:>7.1f} {size / wall:>6.2f} {peak:>9.0f}"
                        f" {hours * args.price:>6.2f} {8 * hours * args.price:>8.2f} {8 * hours:>9.0f}",
                        flush=True,
                    )
                    shutil.rmtree(place / "store")
            shutil.rmtree(place / "given")
    for (engine, workers), runs in paid_for.items():
        if len(runs) > 1:
            hours = (runs[-1][1] - runs[0][1]) / 3600 / (runs[-1][0] - runs[0][0]) * 1e6
            cost = f"{hours:.0f} core-hours and {hours * args.price:.2f} $ a TB; 8 TB {8 * hours * args.price:.2f} $"
            print(f"slope {engine}, {workers} workers: {cost}")
    print(f"peak of this script: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
