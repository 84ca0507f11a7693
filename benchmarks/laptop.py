"""recipes/laptop.toml from an empty store: seconds and peak memory in all and by artifact; then again with nothing to build.

    python benchmarks/laptop.py [--store FOLDER]

Targets: 15 minutes and 8 GB on 2 cores; the second run under 30 s with nothing built. Exit code 1 where one is missed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

AYNI = [sys.executable, "-m", "ayni"]


def resident(root: int) -> int:
    """Bytes resident in a process and everything below it (Linux), shared pages counted once a process."""
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            rows = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        number = int(rows["Pid"])
        children.setdefault(int(rows["PPid"]), []).append(number)
        sizes[number] = int(rows.get("VmRSS", "0 kB").split()[0]) * 1024
    queue, total = [root], 0
    while queue:
        number = queue.pop()
        total += sizes.get(number, 0)
        queue += children.get(number, [])
    return total


def run(store: Path) -> tuple[float, int, str]:
    """Seconds, peak bytes and output of one run."""
    began = time.monotonic()
    process = subprocess.Popen([*AYNI, "run", "laptop", "--store", store], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    peak = [0]

    def watch() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], resident(process.pid))
            time.sleep(0.5)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = process.communicate()
    watcher.join()
    if process.returncode:
        raise SystemExit(out)
    return time.monotonic() - began, peak[0], out


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--store", default="")
    args = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(args.store or folder) / "store"
        seconds, peak, out = run(store)
        print(out)
        again, _, second = run(store)
    figures = {
        "seconds": round(seconds),
        "peak_gb": round(peak / 1e9, 2),
        "again_seconds": round(again, 1),
        "rebuilt": "0 built" not in second,
    }
    print(json.dumps(figures))
    return int(seconds > 900 or peak > 8e9 or again > 30 or "0 built" not in second)


if __name__ == "__main__":
    raise SystemExit(main())
