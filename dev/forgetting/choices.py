"""A few-choice test of what a model could do before: which of four endings belongs to a text that it never trained on.

    python dev/forgetting/choices.py FOLDER base naive replay ...        models of the store in FOLDER, as experiment.py made it

A window of 60 words of a held-out text; its next 12 words against those of three other places of the same register or language, chosen
by a seed. The likelier ending by bits per byte wins; chance is 0.25. English of four registers (src/ayni/assets/english), and Spanish
and Portuguese from the held-out pages. Accuracy of each model, and its change against the first model with a 95% interval (bootstrap
over texts). Prints JSON.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
from experiment import ayni

from ayni.core.formats.documents import Documents
from ayni.core.formats.mix import Mix
from ayni.model.likelihood import load_reader, score_pages

CONTEXT, ENDING, OTHERS, WINDOWS = 60, 12, 3, 3


def list_questions(documents, mix):
    """(kind, work, context, endings with the right one first)."""
    kinds = {}
    held = {line.id: line for line in mix.heldout()}
    for row in documents.rows():
        line = held.get(row.id)
        words = row.text.split()
        prose = row.domain not in ("code", "arithmetic", "documentation")
        if line is None or not prose or row.language not in ("en", "es", "pt") or len(words) < CONTEXT + ENDING:
            continue
        kind = f"English, {row.domain}" if row.language == "en" else row.language
        starts = range(0, len(words) - CONTEXT - ENDING + 1, CONTEXT + ENDING)
        kinds.setdefault(kind, []).extend((f"{row.source}/{row.group}", words[at : at + CONTEXT + ENDING]) for at in list(starts)[:WINDOWS])
    draw = random.Random(20261130)
    found = []
    for kind, windows in sorted(kinds.items()):
        for work, words in windows:
            others = [other[CONTEXT:] for name, other in windows if name != work]
            if len(others) >= OTHERS:
                endings = [words[CONTEXT:], *draw.sample(others, OTHERS)]
                found.append((kind, work, " ".join(words[:CONTEXT]), [" " + " ".join(each) for each in endings]))
    return found


def answer(folder, questions):
    """1.0 where the right ending is the likeliest, else 0.0."""
    reader = load_reader(folder)
    texts = [text for _, _, context, endings in questions for text in (context, *(context + each for each in endings))]
    nats = iter(score_pages(reader, texts, context=512))
    right = []
    for _, _, _, endings in questions:
        before, *after = [next(nats) for _ in range(1 + len(endings))]
        rates = [(each - before) / len(ending.encode()) for each, ending in zip(after, endings, strict=True)]
        right.append(float(np.argmin(rates) == 0))
    return np.array(right)


def interval(change, works, seed=3, times=5000):
    """95% of the mean change, texts drawn anew."""
    names, place = np.unique(works, return_inverse=True)
    sums, counts = np.bincount(place, change, len(names)), np.bincount(place, minlength=len(names))
    drawn = np.random.default_rng(seed).integers(0, len(names), (times, len(names)))
    return np.quantile(sums[drawn].sum(1) / counts[drawn].sum(1), [0.025, 0.975])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()

    def find(name):
        return Path(ayni("show", name, "--store", options.folder / "store")["path"])

    questions = list_questions(Documents(find("clean")), Mix(find("replay_mix")))
    language = np.array([kind.partition(",")[0] for kind, *_ in questions])
    works = np.array([work for _, work, *_ in questions])
    first, found = None, {}
    for name in options.models:
        right = answer(find(name), questions)
        first = right if first is None else first
        found[name] = {}
        for which in np.unique(language):
            at = language == which
            low, high = interval((right - first)[at], works[at])
            change = [round(float(each), 3) for each in ((right - first)[at].mean(), low, high)]
            found[name][str(which)] = {"questions": int(at.sum()), "accuracy": round(float(right[at].mean()), 3), "change": change}
        print(name, json.dumps(found[name]), flush=True)


if __name__ == "__main__":
    main()
