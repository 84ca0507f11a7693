"""How long `ayni --help` takes, against a bare interpreter in the same run: median of 21 each.

python benchmarks/startup.py
"""

import statistics
import subprocess
import sys
import time


def measure(*words: str) -> float:
    times = []
    for _ in range(21):
        began = time.monotonic()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        times.append(time.monotonic() - began)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    bare, own = measure("-c", "pass"), measure("-m", "ayni", "--help")
    print(f"python -c pass {bare:.0f} ms; ayni --help {own:.0f} ms (target 300 ms)")
    raise SystemExit(own >= 300)
