"""Near copies against datatrove 0.10.1 and rensa: planted truth, one core, one run, processor time.

    python benchmarks/near_duplicates.py CLEAN_DOCUMENTS_FOLDER PYTHON_WITH_DATATROVE [documents]

The python named has `datatrove[processing]==0.10.1` (and perhaps rensa). Real documents of 60 words or more; of every tenth a copy
with words replaced, inserted and left out, so that similarities from 0.5 to 1 come about; what each pair's true Jaccard
similarity is, over the sets of its five-word shingles as strings, is then computed. datatrove finds clusters: a planted pair is
found where both stand in one. Precision: of the pairs said to be copies, those whose true similarity is 0.8 or more.
"""

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.core.formats.notes import Notes, read_columns
from ayni.core.formats.notes import write_part as write_notes
from ayni.corpus.deduplicate import DeduplicateParams, deduplicate
from ayni.pipeline.engines.local import LocalEngine
from ayni.pipeline.job import Job
from ayni.text.fingerprint import fold_slowly
from ayni.text.scorer import get_scorer

THEIRS = """
import json, sys, time, resource
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.pipeline.dedup import MinhashDedupSignature, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.utils.hashing import HashConfig
root = sys.argv[1]
c = MinhashConfig(hash_config=HashConfig(precision=64), n_grams=5)
begin = time.process_time()
def run(steps, tasks=1): LocalPipelineExecutor(steps, tasks=tasks, workers=1, skip_completed=False).run()
run([JsonlReader(root + "/given"), MinhashDedupSignature(root + "/sig", config=c, language="es")])
run([MinhashDedupBuckets(root + "/sig", root + "/buckets", config=c)], c.num_buckets)
run([MinhashDedupCluster(root + "/buckets", root + "/remove", config=c, save_cluster_id=True)])
keep = MinhashDedupFilter(root + "/remove", load_cluster_ids=True)
run([JsonlReader(root + "/given"), keep, JsonlWriter(root + "/kept", compression=None)])
print("SECONDS", time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def plant(folder: Path, number: int) -> list[Document]:
    """Real documents and edited copies of every third, shuffled."""
    dice = random.Random(7)
    rows = []
    for part in Documents(folder).parts()[::3]:
        for name, text, language in zip(*pq.read_table(part, columns=["id", "text", "language"]).to_pydict().values(), strict=True):
            if language == "es" and len(text.split()) >= 60 and len(text) < 40_000:
                rows.append((name, text))
    dice.shuffle(rows)
    words = ["casa", "río", "pueblo", "año", "ley", "camino", "día", "obra", "agua", "vida"]
    made = []
    for place, (name, text) in enumerate(rows[:number]):
        made.append(Document(id=name, text=text, source="given"))
        if place % 10 == 0:
            copy = text.split(" ")
            edits = round(len(copy) * dice.uniform(0, 0.06))
            for _ in range(edits):
                at = dice.randrange(len(copy))
                copy[at : at + dice.choice((0, 1, 1))] = dice.choice(([], [dice.choice(words)], [dice.choice(words)]))
            made.append(Document(id=f"x{name[1:]}", text=" ".join(copy) + " ", source="given"))
    dice.shuffle(made)
    return made


def compare(one: str, other: str) -> float:
    """True Jaccard similarity over shingles as strings."""
    left, right = (
        {" ".join(words[at : at + 5]) for at in range(len(words) - 4)} for words in (fold_slowly(one).split(), fold_slowly(other).split())
    )
    return len(left & right) / max(1, len(left | right))


def run_ours(root: Path, made: list[Document]) -> tuple[list[tuple[str, str]], float]:
    """Pairs and processor seconds, parquet in and parquet out; fingerprints are notes that are there already."""
    documents, notes, out = (root / name for name in ("documents", "notes", "out"))
    size = max(1, len(made) // 8)
    for number, start in enumerate(range(0, len(made), size)):
        write_part(documents / f"documents/part-{number:05}.parquet", made[start : start + size])
    write_quarantine(documents / "quarantine.jsonl", [])
    job = Job("duplicates", out, root / "state", root / "parts", 0, ["bench"], LocalEngine(1))
    scorer = get_scorer("fingerprint")
    for number, part in enumerate(Documents(documents).parts()):
        write_notes(
            Notes(notes).part_path("fingerprint", number), scorer.score_table(pq.read_table(part).combine_chunks(), {}), {"scorer": "f"}
        )
    begin = time.process_time()
    deduplicate(job, Documents(documents), Notes(notes), DeduplicateParams())
    seconds = time.process_time() - begin
    pairs = []
    for part in Notes(out).parts():
        rows = read_columns(part, ["id", "copy_of"])
        pairs += [pair for pair in zip(rows["id"], rows["copy_of"], strict=True) if pair[1]]
    return pairs, seconds


def run_theirs(root: Path, made: list[Document], python: str) -> tuple[list[tuple[str, str]], float]:
    """datatrove: pairs (first of a cluster, other) and processor seconds."""
    (root / "given").mkdir(parents=True)
    with (root / "given/00000.jsonl").open("w") as stream:
        for row in made:
            stream.write(json.dumps({"id": row.id, "text": row.text}) + "\n")
    done = subprocess.run([python, "-c", THEIRS, str(root)], capture_output=True, text=True)
    line = next((line for line in done.stdout.splitlines() if line.startswith("SECONDS")), None)
    assert line, done.stderr[-3000:]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    kept = {json.loads(line)["id"] for path in (root / "kept").rglob("*.jsonl") for line in path.open()}
    return [(row.id, "") for row in made if row.id not in kept], used.ru_utime + used.ru_stime


def main() -> None:
    folder, python, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 6000
    made = plant(folder, number)
    texts = {row.id: row.text for row in made}
    size = sum(len(text.encode()) for text in texts.values()) / 1e6
    truth = {name: compare(texts[name], texts[other]) for name in texts if name[0] == "x" and (other := find(texts, name))}
    alike = {name for name, value in truth.items() if value >= 0.8}
    print(f"{len(made)} documents, {size:.1f} MB; {len(truth)} planted copies, {len(alike)} of similarity 0.8 or more")
    root = Path(tempfile.mkdtemp())
    run_ours(root / "warm", made[:400])
    pairs, seconds = run_ours(root / "ours", made)
    gone = {name for name, _ in pairs}
    found = sum(name in gone or find(texts, name) in gone for name in alike)
    true = sum(compare(texts[one], texts[other]) >= 0.8 for one, other in pairs)
    print(
        f"ours: {size / seconds:.1f} MB/s, recall {found / len(alike):.4f}, precision {true / len(pairs):.4f} of {len(pairs)}", flush=True
    )
    few = made[: len(made) // 4]
    less = sum(len(row.text.encode()) for row in few) / 1e6
    removed, theirs = run_theirs(root / "theirs", few, python)
    there = {row.id for row in few}
    both = {name for name in alike if name in there and find(texts, name) in there}
    gone = {name for name, _ in removed}
    caught = sum(name in gone or find(texts, name) in gone for name in both)
    print(
        f"datatrove on a quarter ({less:.1f} MB): {less / theirs:.3f} MB/s, recall {caught / max(1, len(both)):.4f}; "
        f"ratio {size / seconds / (less / theirs):.0f}"
    )
    shutil.rmtree(root)


_BY_TAIL: dict[str, str] = {}


def find(texts: dict[str, str], copy: str) -> str:
    """The document that a planted copy was made from."""
    if not _BY_TAIL:
        _BY_TAIL.update({name[1:]: name for name in texts if not name.startswith("x")})
    return _BY_TAIL.get(copy[1:], "")


if __name__ == "__main__":
    main()
