"""Repair against ftfy on the same texts, on one core in one run: MB/s, and every text on which the two differ.

    python benchmarks/repair.py DOCUMENTS [--seconds 120] [--show 5]

DOCUMENTS is a documents artifact (the folder with documents/part-*.parquet; `ayni show read --json` names it). ftfy gets the
configuration that ayni uses and as many texts as it manages in the given seconds, a random sample of all. Prints JSON:
processor seconds and MB/s of repair on all texts and on those without fault, rows changed by each repair, ftfy's MB/s, how
many texts of the sample ftfy changes, and those where ayni's mojibake step alone ends elsewhere than ftfy; then seconds for
single lines of 10 MB.
"""

import argparse
import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import ftfy
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import is_bad

from ayni.core.formats.documents import Documents, read_table
from ayni.text import mojibake
from ayni.text.repair import repair_texts

MB = 1e6


def measure_repair(documents):
    """Seconds and bytes of all texts, then of those that no step changed, and the rows of each repair."""
    found, seconds, size, still_seconds, still_size = Counter(), 0.0, 0, 0.0, 0
    for part in documents.parts():
        table = read_table(part)
        began = time.process_time()
        done = repair_texts(table["text"], table["language"])
        seconds += time.process_time() - began
        size += pc.sum(pc.binary_length(table["text"])).as_py() or 0
        found.update({name: int(rows.sum()) for name, rows in done.changed.items()})
        touched = np.any([np.zeros(table.num_rows, bool), *done.changed.values()], axis=0)
        still = table.filter(pa.array(~touched))
        began = time.process_time()
        repair_texts(still["text"], still["language"])
        still_seconds += time.process_time() - began
        still_size += pc.sum(pc.binary_length(still["text"])).as_py() or 0
    return {
        "megabytes": round(size / MB, 1),
        "seconds": round(seconds, 2),
        "MB/s": round(size / MB / seconds, 1),
        "without fault": {"megabytes": round(still_size / MB, 1), "MB/s": round(still_size / MB / still_seconds, 1)},
        "documents changed": dict(found.most_common()),
    }


def compare(documents, limit, show):
    """ftfy on a random sample of texts, and where the mojibake step alone ends elsewhere."""
    parts = documents.parts()
    random.Random(1).shuffle(parts)
    seconds, own_seconds, size, texts, changed, other = 0.0, 0.0, 0, 0, 0, []
    for part in parts:
        column = read_table(part)["text"].combine_chunks()
        rows = column.to_pylist()
        began = time.process_time()
        theirs = [ftfy.fix_text(row, config=mojibake._FTFY) for row in rows]
        seconds += time.process_time() - began
        began = time.process_time()
        hit = np.flatnonzero(pc.match_substring_regex(column, mojibake.gate()))
        ours = dict(zip(hit.tolist(), mojibake.mend_mojibake(column.take(pa.array(hit))), strict=True))
        own_seconds += time.process_time() - began
        texts, size = texts + len(rows), size + sum(len(row.encode()) for row in rows)
        changed += sum(before != after for before, after in zip(rows, theirs, strict=True))
        other += [
            (rows[place], ours.get(place, rows[place]), each) for place, each in enumerate(theirs) if ours.get(place, rows[place]) != each
        ]
        if seconds > limit:
            break
    return {
        "sample": {"texts": texts, "megabytes": round(size / MB, 1)},
        "ftfy MB/s": round(size / MB / seconds, 1),
        "ayni's mojibake step MB/s": round(size / MB / own_seconds, 1),
        "texts that ftfy changes": changed,
        "texts that end elsewhere": len(other),
        "examples": [
            {"text": cut(row, row, each), "ayni": cut(row, own, each), "ftfy": cut(row, each, row)} for row, own, each in other[:show]
        ],
    }


def cut(text, shown, theirs):
    """The surroundings of the first letter that ftfy changes."""
    place = next((at for at, pair in enumerate(zip(text, theirs if theirs != text else shown, strict=False)) if pair[0] != pair[1]), 0)
    return shown[max(0, place - 20) : place + 20]


def measure_lines():
    """Seconds for one line of 10 MB: clean, wholly mojibake, with one word of it."""
    words = random.Random(1).choices(["año", "niño", "camión", "pequeño", "que", "la", "casa", "de", "murciélago"], k=1_630_000)
    line = " ".join(words)
    one = line.replace("año", "aÃ±o", 1)
    lines = {"clean": line, "mojibake": line.encode().decode("latin-1"), "one word": one, "one run of spaces": " " * 10_000_000 + "x"}
    found = {}
    for name, text in lines.items():
        began = time.process_time()
        repair_texts(pa.chunked_array([[text]]), pa.chunked_array([["es"]]))
        found[name] = round(time.process_time() - began, 2)
    return {"megabytes": round(len(line.encode()) / MB, 1), "seconds": found}


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("documents", type=Path)
    words.add_argument("--seconds", type=float, default=120)
    words.add_argument("--show", type=int, default=5)
    asked = words.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    is_bad("ñ")
    documents = Documents(asked.documents)
    repair_texts(pa.chunked_array([["ñ"]]), pa.chunked_array([["es"]]))
    answer = {"repair": measure_repair(documents), "ftfy": compare(documents, asked.seconds, asked.show), "lines": measure_lines()}
    print(json.dumps(answer, indent=1, ensure_ascii=False))
