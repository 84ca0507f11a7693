"""Benchmarks out: MB/s a core, and what is found of planted items, against a search by strings that shares no code with it.

    python benchmarks/decontamination.py CLEAN_DOCUMENTS_FOLDER [documents]
    python benchmarks/decontamination.py real CLEAN_DOCUMENTS_FOLDER DUPLICATES_FOLDER BENCHMARKS_FOLDER     nothing planted

A benchmark is made up of passages of 20 to 60 words, and short ones of 8 to 12, of real documents of every third folder of the
corpus, which is then held out. Each is planted into a real document of another folder, whole or changed; every sixth is planted
nowhere. Truth by strings: the item's runs of words, as tuples, in the sets of the documents' runs; a run of more than 10 documents
does not count. Processor seconds of one process, parquet in and parquet out, the benchmark's index and reading back included.
"""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from ayni.core.formats.benchmark import read_overlaps
from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.core.formats.notes import Notes, read_columns
from ayni.corpus.decontaminate import DecontaminateParams, decontaminate
from ayni.pipeline.engines.local import LocalEngine
from ayni.pipeline.job import Job
from ayni.text.fingerprint import fold_slowly

ITEMS = 1200
LENGTHS, SHORTEST, COMMON = (13, 8), 8, 10
KINDS = ("verbatim", "respelt", "one word changed", "every tenth word changed", "half of it", "planted nowhere")


def change(words, kind, dice):
    """The words as they are planted."""
    words = list(words)
    if kind == "respelt":
        words = [dice.choice((word.upper(), word.title(), f"«{word}»", f"{word},")) for word in words]
    if kind == "one word changed":
        words[len(words) // 2] = "zzz"
    if kind == "every tenth word changed":
        words[5::10] = ["zzz"] * len(words[5::10])
    return words[: len(words) // 2] if kind == "half of it" else words


def plant(folder, number):
    """Documents, items, and of each item its kind, whether it is short, and the document it went into."""
    dice = random.Random(11)
    rows = []
    for part in Documents(folder).parts():
        table = pq.read_table(part, columns=["id", "text", "language", "origin"]).to_pydict()
        for name, text, language, origin in zip(*table.values(), strict=True):
            if language in ("es", "pt") and text.count(" ") >= 100 and len(text) < 60_000:
                rows.append([name, text, origin.partition("/")[0]])
    dice.shuffle(rows)
    apart = set(sorted({row[2] for row in rows})[::3])
    held = [row for row in rows if row[2] in apart][:ITEMS]
    rows = [row for row in rows if row[2] not in apart][:number]
    items, truth = [], []
    for at, (name, text, _) in enumerate(held):
        words = text.split()
        size = dice.randint(8, 12) if at % 5 == 4 else dice.randint(20, 60)
        start = dice.randrange(max(1, len(words) - size))
        passage, kind, host = words[start : start + size], KINDS[at % len(KINDS)], at * (len(rows) // len(held))
        items.append(Document(id=name, text=" ".join(passage), source="made up", origin=f"made-up#{at}"))
        truth.append((kind, at % 5 == 4, rows[host][0] if kind != "planted nowhere" else ""))
        if kind != "planted nowhere":
            own = rows[host][1].split(" ")
            place = dice.randrange(len(own))
            rows[host][1] = " ".join([*own[:place], *change(passage, kind, dice), *own[place:]])
    return [Document(id=name, text=text, source="given") for name, text, _ in rows], items, truth


def search(made, items, most):
    """By strings: of each document the items of which it holds a run that is not common."""
    wanted = {}
    for at, item in enumerate(items):
        words = fold_slowly(item.text).split()
        size = min(most, len(words))
        for start in range(len(words) - size + 1) if size >= SHORTEST else ():
            wanted.setdefault(tuple(words[start : start + size]), set()).add(at)
    sizes = sorted({len(run) for run in wanted})
    held, documents = {}, Counter()
    for row in made:
        words = fold_slowly(row.text).split()
        runs = {run for size in sizes for run in zip(*(words[start:] for start in range(size)), strict=False) if run in wanted}
        documents.update(runs)
        held[row.id] = runs
    return {name: {at for run in runs if documents[run] <= COMMON for at in wanted[run]} for name, runs in held.items()}


def run(root, made, items, words):
    """id -> whether it is named, the benchmark's Overlap, processor seconds."""
    size = max(1, len(made) // 8)
    for number, start in enumerate(range(0, len(made), size)):
        write_part(root / f"documents/documents/part-{number:05}.parquet", made[start : start + size])
    write_part(root / "items/documents/part-00000.parquet", items)
    for name in ("documents", "items"):
        write_quarantine(root / name / "quarantine.jsonl", [])
    (root / "out").mkdir()
    job = Job("contamination", root / "out", root / "state", root / "store" / "parts", 0, ["bench"], LocalEngine(1))
    begin = time.process_time()
    decontaminate(job, Documents(root / "documents"), Documents(root / "items"), DecontaminateParams(words=words))
    seconds = time.process_time() - begin
    named = {}
    for part in Notes(root / "out").parts():
        rows = read_columns(part, ["id", "benchmark"])
        named.update((name, benchmark is not None) for name, benchmark in zip(rows["id"], rows["benchmark"], strict=True))
    return named, read_overlaps(root / "out")[0], seconds


def run_real(documents, duplicates, benchmarks):
    """A whole corpus and true benchmarks, both read already: what there is."""
    root = Path(tempfile.mkdtemp())
    (root / "out").mkdir()
    job = Job("contamination", root / "out", root / "state", root / "store" / "parts", 0, ["bench"], LocalEngine(1))
    begin, clock = time.process_time(), time.time()
    decontaminate(job, Documents(documents), Documents(benchmarks), DecontaminateParams(), Notes(duplicates))
    print(f"{time.process_time() - begin:.1f} processor seconds, {time.time() - clock:.1f} on the clock; {job.notes['contamination']}")
    for each in read_overlaps(root / "out"):
        print(each)
    named = {}
    for part in Notes(root / "out").parts():
        rows = read_columns(part, ["id", "benchmark", "share"])
        named.update((name, share) for name, share in zip(rows["id"], rows["share"], strict=True) if share is not None)
    about = Documents(documents).table(["id", "source", "origin"]).to_pylist()
    told = [(row["source"], row["origin"].partition("#")[0], named[row["id"]] >= 0.8) for row in about if row["id"] in named]
    for (source, file, full), number in Counter(told).most_common(40):
        print(f"{number} documents of {source}/{file}, share {'0.8 or more' if full else 'below 0.8'}")
    shutil.rmtree(root)


def main():
    if sys.argv[1] == "real":
        return run_real(*map(Path, sys.argv[2:5]))
    made, items, truth = plant(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 12_000)
    size = sum(len(row.text.encode()) for row in made) / 1e6
    print(f"{len(made)} documents, {size:.1f} MB, {len(items)} items")
    for words in LENGTHS:
        root = Path(tempfile.mkdtemp())
        run(root / "warm", made[:50], items[:50], words)
        named, overlap, seconds = run(root / "whole", made, items, words)
        print(f"\nn-grams of {words} words: {overlap.ngrams}; {size / seconds:.1f} MB/s a core")
        tell(named, overlap, search(made, items, words), truth)
        shutil.rmtree(root)


def tell(named, overlap, held, truth):
    """What was found, beside what is there by strings."""
    there = {name for name, found in held.items() if found}
    said = {name for name, hit in named.items() if hit}
    print(f"against strings: {len(there)} documents hold a run; named {len(said)}, wrongly {len(said - there)}, missed {len(there - said)}")
    hosts = {host for _, _, host in truth if host}
    print(f"against planting: precision {len(said & hosts) / len(said):.4f}; {len(said - hosts)} others hold a run by themselves")
    for short in (False, True):
        for kind in KINDS[:-1]:
            mine = [host for each, brief, host in truth if each == kind and brief == short]
            found = sum(host in said for host in mine)
            print(f"{'short' if short else 'long'} items, {kind}: {found} of {len(mine)} hosts named ({found / len(mine):.3f})")
    touched = set().union(*held.values())
    nowhere = {at for at, (kind, _, _) in enumerate(truth) if kind == KINDS[-1]}
    print(f"items planted nowhere: {len(nowhere)}, of them {len(nowhere & touched)} stand in documents by themselves")
    print(
        f"benchmark: {overlap.clean} clean, {overlap.partial} partial, {overlap.full} full, {overlap.short} short; not clean {len(touched)}"
    )


if __name__ == "__main__":
    main()
