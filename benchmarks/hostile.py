"""Every hostile file of tests/hostile alone: how long it takes, how much memory, and what the quarantine says.

    python benchmarks/hostile.py [--seconds 10] [--megabytes 512]

Each file is read as a folder of its own, in a fresh process whose peak memory is asked of the kernel, less that of the
same process with a harmless file. Fails where a file gives a document, takes longer, needs more, or has no reason.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))


def read_alone(folder, name, seconds, megabytes, pipe):
    """Read one file under guard; send seconds, peak MB, documents, reasons."""
    from ayni.corpus.files import read_files_guarded
    from ayni.corpus.sources import Source, list_files

    source = Source(name="hostile", path=str(folder))
    files = [file for file in list_files(source) if file.relative == name]
    begun = time.perf_counter()
    documents, reasons = 0, []
    for found, bad in read_files_guarded(source, files, seconds=seconds, megabytes=megabytes):
        documents += found.num_rows
        reasons += [row.reason for row in bad]
    took = time.perf_counter() - begun
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    pipe.send((took, peak, documents, reasons))


def measure(folder, name, seconds, megabytes):
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=read_alone, args=(folder, name, seconds, megabytes, theirs))
    process.start()
    theirs.close()
    found = ours.recv()
    process.join()
    return found


def write_apart(folder):
    """Write the files in a process of its own: a child's peak memory begins with that of its parent (Linux)."""
    from hostile import write_hostile

    write_hostile(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--megabytes", type=int, default=512)
    options = parser.parse_args()
    rows, faults = [], []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        writer = multiprocessing.get_context("spawn").Process(target=write_apart, args=(folder,))
        writer.start()
        writer.join()
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        (folder / "harmless.txt").write_text("La biblioteca popular abre los martes.\n", "utf-8")
        idle = measure(folder, "harmless.txt", options.seconds, options.megabytes)[1]
        for name in names:
            took, peak, documents, reasons = measure(folder, name, options.seconds, options.megabytes)
            row = {"file": name, "seconds": round(took, 2), "megabytes": round(peak - idle), "documents": documents, "reasons": reasons[:2]}
            rows.append(row)
            if documents or not reasons or took > options.seconds or peak - idle > options.megabytes:
                faults.append(row)
                print(json.dumps(row, ensure_ascii=False), flush=True)
    slowest, largest = max(row["seconds"] for row in rows), max(row["megabytes"] for row in rows)
    print(json.dumps({"files": len(rows), "faults": len(faults), "slowest_seconds": slowest, "most_megabytes": largest}))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
