"""Near copies of an input many times larger than the memory ceiling, the ceiling enforced by the operating system.

    python benchmarks/memory_ceiling.py CLEAN_DOCUMENTS_FOLDER [megabytes] [times]

Real documents of 60 words or more, again and again with other letters in place of theirs (each round is a language of its own, of the
same statistics), written to parquet parts of 16 MB. The stage then runs in a process whose RLIMIT_DATA is what it has after importing
its libraries plus the ceiling: the kernel refuses any private memory beyond that.
"""

import json
import random
import resource
import shutil
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.core.formats.notes import Notes
from ayni.core.formats.notes import write_part as write_notes
from ayni.text.scorer import get_scorer

_PART = 16 << 20


def grow(origin: Path, root: Path, size: int) -> int:
    """Write `size` bytes of text as documents and their fingerprints; returns the bytes."""
    given = []
    for part in Documents(origin).parts()[::2]:
        for text in pq.read_table(part, columns=["text"])["text"].to_pylist():
            if len(text.split()) >= 60 and len(text) < 100_000:
                given.append(text)
    scorer, rows, here, total, number, turn = get_scorer("fingerprint"), [], 0, 0, 0, 0
    while total < size:
        letters = list(string.ascii_lowercase)
        random.Random(turn).shuffle(letters)
        table = str.maketrans(string.ascii_lowercase + string.ascii_uppercase, "".join(letters) + "".join(letters).upper())
        for place, text in enumerate(given):
            rows.append(Document(id=f"{turn:04x}{place:012x}", text=text.translate(table), source="s"))
            here += len(text.encode())
            if here > _PART:
                path = root / f"documents/documents/part-{number:05}.parquet"
                write_part(path, rows)
                found = scorer.score_table(pq.read_table(path).combine_chunks(), {})
                write_notes(Notes(root / "notes").part_path("fingerprint", number), found, {"scorer": "fingerprint"})
                total, number, rows, here = total + here, number + 1, [], 0
                if total >= size:
                    break
        turn += 1
    write_quarantine(root / "documents/quarantine.jsonl", [])
    return total


def work(root: Path, megabytes: int) -> None:
    """What the limited process does: load everything, set the limit, run the stage."""
    import pyarrow as pa

    from ayni.corpus.deduplicate import DeduplicateParams, deduplicate
    from ayni.pipeline.engines.local import LocalEngine
    from ayni.pipeline.job import Job
    from ayni.text.shingles import sign_texts

    sign_texts(pa.array([""]))
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    limit = int(status["VmData"].split()[0]) * 1024 + megabytes * 10**6
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (root / "out").mkdir()
    job = Job("duplicates", root / "out", root / "state", root / "parts", 0, ["bench"], LocalEngine(1))
    begin = time.process_time()
    deduplicate(job, Documents(root / "documents"), Notes(root / "notes"), DeduplicateParams(memory=f"{megabytes}MB"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": time.process_time() - begin, "loaded_mb": before // 1024, "peak_mb": peak // 1024, **job.notes}))


def main() -> None:
    if sys.argv[1] == "--work":
        return work(Path(sys.argv[2]), int(sys.argv[3]))
    megabytes, times = (int(value) for value in (*sys.argv[2:4], 256, 25)[:2]) if len(sys.argv) > 3 else (256, 25)
    root = Path(tempfile.mkdtemp())
    size = grow(Path(sys.argv[1]), root, megabytes * times * 10**6)
    print(f"{size / 1e6:.0f} MB of text, {size / 1e6 / megabytes:.1f} times the ceiling of {megabytes} MB", flush=True)
    try:
        done = subprocess.run([sys.executable, __file__, "--work", str(root), str(megabytes)], stdout=subprocess.PIPE, text=True)
        print(done.returncode, done.stdout)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
