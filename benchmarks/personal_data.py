"""Precision, recall and speed of the scorer `personal_data`.

    python benchmarks/personal_data.py labels tests/text/personal_data/dev.jsonl [--no-country] [--errors N]
    python benchmarks/personal_data.py speed STORE_PARTS...        documents parquet parts

A span is right when type, start and end agree; below, when type agrees and at least half overlaps.
`speed` measures processor time on one core, on the texts as they are and with
every window that the kernel marks cut out.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa

from ayni.core.formats.documents import SCHEMA, Document, make_table, read_table
from ayni.text.kernels.buffers import view_strings
from ayni.text.personal_data.scorer import list_windows
from ayni.text.scorer import get_scorer

PERSONAL = ("name",)
LOOSE = ("address", "birth_date", "health_record", "plate", "ip", "email", "phone")


def score_labels(path, country, errors):
    rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    table = make_table(
        Document(id=str(n), text=r["text"], language=r["language"], country=r["country"] if country else "") for n, r in enumerate(rows)
    )
    found = get_scorer("personal_data").score_table(table, {})["spans"].to_pylist()
    tally, by_country, judged, halves, shown = Counter(), Counter(), Counter(), Counter(), 0
    for row, spans in zip(rows, found, strict=True):
        true = {(s["type"], s["start"], s["end"]): s for s in row["spans"]}
        ours = {(s["type"], s["start"], s["end"]): s for s in spans}
        count_halves(halves, list(true), list(ours))
        for key in true.keys() | ours.keys():
            kind = "hit" if key in true and key in ours else "missed" if key in true else "wrong"
            tally[key[0], kind] += 1
            by_country[row["country"], kind] += 1
            if kind == "hit":
                judged[true[key]["valid"] == ours[key]["valid"] and true[key]["country"] in (None, ours[key]["country"])] += 1
            elif shown < errors:
                shown += 1
                print(
                    kind,
                    row["country"],
                    key[0],
                    "«" + row["text"][key[1] : key[2]] + "»",
                    "|",
                    row["text"][max(0, key[1] - 60) : key[2] + 30],
                )
    groups = {
        "identifiers": lambda t: t not in PERSONAL,
        "identifiers, no address": lambda t: t not in (*PERSONAL, "address"),
        "numbers with an issuer": lambda t: t not in PERSONAL + LOOSE,
        "names": lambda t: t in PERSONAL,
    }
    print(f"{'':24}{'precision':>10}{'recall':>8}{'right':>7}{'wrong':>7}{'missed':>7}")
    for label, test in groups.items():
        show(label, *(sum(n for (t, k), n in tally.items() if k == kind and test(t)) for kind in ("hit", "wrong", "missed")))
    for counter in (tally, by_country):
        for label in sorted({label for label, _ in counter}):
            show(label, *(counter[label, kind] for kind in ("hit", "wrong", "missed")))
    print("from half an overlap on:")
    for label in sorted({label for label, _ in halves}):
        show(label, *(halves[label, kind] for kind in ("hit", "wrong", "missed")))
    print(f"country and validity right in {judged[True]} of {judged.total()}")


def count_halves(halves, true, ours):
    """Pairs of one type whose overlap is at least half of what either covers together, each used once."""
    left = list(ours)
    for kind, start, end in true:
        near = [o for o in left if o[0] == kind and 2 * (min(end, o[2]) - max(start, o[1])) >= max(end, o[2]) - min(start, o[1])]
        if near:
            left.remove(near[0])
        halves[kind, "hit" if near else "missed"] += 1
    for kind, *_ in left:
        halves[kind, "wrong"] += 1


def show(label, right, wrong, missed):
    print(f"{label:24}{right / max(right + wrong, 1):10.4f}{right / max(right + missed, 1):8.4f}{right:7}{wrong:7}{missed:7}")


def measure_speed(paths):
    table = pa.concat_tables([read_table(Path(path)) for path in paths]).combine_chunks()
    score = get_scorer("personal_data").score_table
    score(table.slice(0, 5), {})
    for label, each in (("as it is", table), ("candidates cut out", cut_out(table))):
        size, times = each["text"].nbytes, []
        for _ in range(3):
            begun = time.process_time()
            spans = score(each, {})["spans"]
            times.append(time.process_time() - begun)
        print(
            f"{label:20} {size / 1e6:8.1f} MB {size / 1e6 / statistics.median(times):8.1f} MB/s {len(spans.combine_chunks().flatten()):8} spans"  # noqa: E501
        )


def cut_out(table):
    """The same documents without the windows that the kernel marks."""
    data, offsets = view_strings(table["text"])
    texts = []
    for row in range(table.num_rows):
        keep, place = [], int(offsets[row])
        for low, high, _ in list_windows(data, int(offsets[row]), int(offsets[row + 1])):
            keep.append(data[place : max(low, place)])
            place = max(high, place)
        keep.append(data[place : int(offsets[row + 1])])
        texts.append(np.concatenate(keep).tobytes().decode("utf-8", "ignore"))
    return table.set_column(SCHEMA.get_field_index("text"), SCHEMA.field("text"), pa.array(texts, SCHEMA.field("text").type))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("labels", "speed"))
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--no-country", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    args = parser.parse_args()
    if args.what == "labels":
        score_labels(args.paths[0], not args.no_country, args.errors)
    else:
        measure_speed(args.paths)
