"""The figures of the card: what is kept of good text by country, register and source, and what is told apart."""

import json
from collections import defaultdict

import numpy as np
import pyarrow as pa

from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.quality_measures import load_tables, measure_rows
from ayni.text.learned_quality import load_model, load_weights, score_rows
from ayni.text.quality import find_stop_rows

THRESHOLD = 0.2  # what the recipes use


def score(texts: list[str], languages: list[str]) -> np.ndarray:
    rows = measure_rows(*view_strings(pa.array(texts)), find_stop_rows(languages), [False] * len(texts))
    return score_rows(rows, languages)


def auc(good: np.ndarray, bad: np.ndarray) -> float:
    order = np.argsort(np.concatenate([good, bad]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    return float((ranks[: len(good)].sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad)))


def report(rows: list, held: np.ndarray, measured: list) -> None:
    for cached in (load_model, load_weights, load_tables):
        cached.cache_clear()
    kept = [row for row, out in zip(rows, held, strict=True) if out]
    scores = score([text for text, _, _ in kept], [piece.language for _, _, piece in kept])
    labels = np.array([label for _, label, _ in kept])
    found = {"heldout": len(kept), "auc": round(auc(scores[labels > 0.5], scores[labels < 0.5]), 4)}
    found["kept_of_good"] = round(float((scores[labels > 0.5] >= THRESHOLD).mean()), 4)
    found["kept_of_damaged"] = round(float((scores[labels < 0.5] >= THRESHOLD).mean()), 4)
    groups = defaultdict(list)
    for value, label, (_, _, piece) in zip(scores, labels, kept, strict=True):
        if label > 0.5:
            groups["country", piece.language, piece.country].append(value)
            groups["register", piece.language, piece.register].append(value)
    for value, piece in zip(score([p.text for p in measured], [p.language for p in measured]), measured, strict=True):
        groups["measured only", piece.language, piece.source].append(value)
    found["groups"] = {
        " ".join(key): [len(values), round(float((np.array(values) >= THRESHOLD).mean()), 4), round(float(np.median(values)), 3)]
        for key, values in sorted(groups.items())
    }
    print(json.dumps(found, indent=1))
