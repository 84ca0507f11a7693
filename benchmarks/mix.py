"""The mix of a real store: seconds of processor time, peak memory, and the shares of text and of training beside each other.

    python benchmarks/mix.py --store STORE [--temperature 3.3] [--max-epochs 4] [--rows 25]

STORE holds the artifacts `clean`, `picks`, `notes` and `duplicates` of recipes/regional-corpus.toml; nothing in it is changed.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from ayni.cli.table import print_rows
from ayni.core.formats import catalog  # noqa: F401 - registers the kinds
from ayni.core.formats.mix import Mix
from ayni.corpus.mix import MixParams, mix
from ayni.pipeline.store import Store


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True, type=Path)
    parser.add_argument("--temperature", type=float, default=3.3)
    parser.add_argument("--max-epochs", type=float, default=4.0)
    parser.add_argument("--rows", type=int, default=25)
    options = parser.parse_args()
    store = Store(options.store)
    inputs = {
        name: store.open(store.resolve(given).key)
        for name, given in {"documents": "clean", "picks": "picks", "notes": "notes", "duplicates": "duplicates"}.items()
    }
    params = MixParams(temperature=options.temperature, max_epochs=options.max_epochs)
    with tempfile.TemporaryDirectory() as place:
        job = type("Job", (), {"folder": Path(place)})()
        begun, processor = time.perf_counter(), time.process_time()
        mix(job=job, **inputs, params=params)
        seconds, processor = time.perf_counter() - begun, time.process_time() - processor
        made = Mix(Path(place))
        made.check()
        tables, head = made.tables(), made.head()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(path.stat().st_size for path in Path(place).iterdir()) / 1e6
    print_rows([dict(row) for row in tables["streams"][: options.rows]], list(tables["streams"][0]))
    print_rows([dict(row) for row in tables["excluded"]], ["reason", "documents", "MB"])
    capped = sum(line.capped for line in head.streams)
    print(f"{head.kept:,} documents kept, {len(head.streams)} streams, {capped} at the cap, budget {head.budget_bytes:,} bytes")
    print(f"{seconds:.1f} s, {processor:.1f} s of processor time, peak {peak:.0f} MB, the mix {size:.1f} MB")


if __name__ == "__main__":
    main()
