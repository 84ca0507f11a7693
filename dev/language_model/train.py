"""Train the language model that ships in src/ayni/assets/language_model, and print its held-out figures as JSON.

    python dev/language_model/train.py --corpus FOLDER --udhr FOLDER --debian FOLDER [--heldout FILE]

Reads what sources.toml names (its head says how to get it), writes model.json and weights.npz, the same bytes from
the same data. `--heldout` writes the held-out sentences for benchmarks/language.py. About three minutes on one core.
"""

import argparse
import hashlib
import json
import random
import re
from collections import Counter
from pathlib import Path

import numpy as np
from fit import find_rows, fit_epoch, list_features, sum_texts
from gather import LECTS, Sentence, gather, strip_accents
from report import answer, find_truth, report

from ayni.text.language import LanguageModel, build_model

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "src/ayni/assets/language_model"
SHIFTED = ("agr", "cak", "cni", "jiv", "mam", "quc", "shp", "gn", "ay")
THRESHOLD = 0.5  # of 0.3, 0.4 and 0.5 the one with the best macro-F1
HELD = 43  # of 256: one group in six
EPOCHS, RATE, DROP, CROP, POWER, SEED = 6, 1.0, 0.6, 0.4, 0.5, 1
MOST, LEAST, MOST_UND = 6000, 4000, 2500  # sentences a label and epoch: large languages are sampled, small ones repeated
QUOTA, SMALL_QUOTA, COMMON = 3000, 6000, 6000  # n-grams chosen for a label with 100 KB or more, for a smaller one, and for all together


def byte_of(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0]


def fold(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", text.lower()))


def is_heldout(each: Sentence) -> bool:
    """By chapter, file or block; of the garden's declarations whole languages, of the others the same articles in all."""
    if each.source.startswith("udhr/"):
        return byte_of(each.source) < HELD or byte_of(each.group) < HELD
    return byte_of(each.group if each.source == "udhr" else each.source + each.group) < HELD


def split(sentences: list[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """Training sentences, and held-out ones of five words or more that are no near-duplicates of any of them."""
    train = [each for each in sentences if not is_heldout(each)]
    words = [fold(each.text) for each in train]
    seen, runs = set(words), {run for text in words for run in list_runs(text)}
    held, taken = [], set()
    for each in sentences:
        text = fold(each.text)
        if is_heldout(each) and len(each.text.split()) >= 5 and text not in seen and text not in taken:
            found = list_runs(text)
            if 2 * sum(run in runs for run in found) <= len(found):
                taken.add(text)
                held.append(each)
    return train, held


def list_runs(text: str) -> list[int]:
    words = text.split()
    return [int.from_bytes(hashlib.blake2b(" ".join(words[at : at + 5]).encode(), digest_size=8).digest()) for at in range(len(words) - 4)]


def choose_grams(grams: np.ndarray, bounds: np.ndarray, sizes: list[int], none: int) -> np.ndarray:
    """Sorted hashes of the n-grams that say most: by label p log(p / mean p), and the most frequent of all."""
    counted = [np.unique(grams[bounds[at] : bounds[at + 1]], return_counts=True) for at in range(len(sizes))]
    shares = [counts / max(counts.sum(), 1) for _, counts in counted]
    union = np.unique(np.concatenate([hashes for hashes, _ in counted]))
    mean = np.zeros(len(union))
    for (hashes, _), share in zip(counted, shares, strict=True):
        mean[np.searchsorted(union, hashes)] += share / len(sizes)
    chosen = [union[np.argsort(-mean, kind="stable")[:COMMON]]]
    for label, ((hashes, counts), share) in enumerate(zip(counted, shares, strict=True)):
        worth = share * np.log(share / mean[np.searchsorted(union, hashes)])
        worth[counts < 2] = 0
        quota = 2 * QUOTA if label == none else QUOTA if sizes[label] >= 100_000 else SMALL_QUOTA
        chosen.append(hashes[np.argsort(-worth, kind="stable")[:quota]])
    return np.unique(np.concatenate(chosen))


def order_epoch(labels: np.ndarray, number: int, none: int, draw: np.random.Generator) -> np.ndarray:
    """Sentences of one epoch: of every label at least LEAST (repeated) and at most MOST."""
    parts = []
    for label in range(number):
        mine = np.flatnonzero(labels == label)
        wanted = min(max(len(mine), LEAST), MOST_UND if label == none else MOST)
        parts += [draw.permutation(mine) for _ in range(wanted // len(mine))] + [draw.choice(mine, wanted % len(mine), replace=False)]
    return draw.permutation(np.concatenate(parts))


def fit(train: list[Sentence], tags: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of the chosen n-grams, and their weights (n-grams, labels)."""
    train = sorted(train, key=lambda each: tags.index(each.label))
    draw = random.Random(SEED)
    texts = [strip_accents(each.text) if draw.random() < 0.1 else each.text for each in train]
    labels = np.array([tags.index(each.label) for each in train], np.int32)
    starts, ends, grams = list_features(texts)
    bounds = ends[starts[np.searchsorted(labels, np.arange(len(tags) + 1))]]
    sizes = [sum(len(each.text.encode()) for each in train if each.label == tag) for tag in tags]
    keys = choose_grams(grams, bounds, sizes, tags.index("und"))
    table = build_model(make_head(tags, np.ones(len(tags))), keys, np.zeros((len(keys), len(tags)), np.int8))
    rows = find_rows(grams, table.keys, table.rows)
    weights = np.zeros((len(keys), len(tags)), np.float32)
    for epoch in range(EPOCHS):
        chosen = order_epoch(labels, len(tags), tags.index("und"), np.random.default_rng(SEED + epoch))
        first, last = (RATE * (1 - (epoch + step) / EPOCHS) for step in (0, 1))
        loss = fit_epoch(weights, chosen, starts, ends, rows, labels, first, last, DROP, CROP, POWER, SEED + epoch)
        print(f"epoch {epoch}: {len(chosen)} sentences, loss {loss:.4f}", flush=True)
    return keys, weights


def quantise(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers from -127 to 127, and what one of them is worth, by label."""
    centred = weights - weights.mean(axis=1, keepdims=True)  # a softmax does not see what all labels share
    scales = np.maximum(np.quantile(np.abs(centred), 0.9999, axis=0), 1e-6) / 127
    return np.clip(np.rint(centred / scales), -127, 127).astype(np.int8), scales.astype(np.float32)


def make_head(tags: list[str], scales: np.ndarray, power: float = POWER, threshold: float = THRESHOLD) -> dict:
    lects = {lect: tag for lect, tag in LECTS.items() if lect in tags}
    rounded = [float(f"{scale:.6g}") for scale in scales]
    return {"labels": tags, "lects": lects, "power": power, "threshold": threshold, "minimum": 12, "scales": rounded}


def measure(model: LanguageModel, sentences: list[Sentence]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums (sentences, labels), n-grams, and the place of the true language."""
    sums, sizes = sum_texts([each.text for each in sentences], model)
    truth = np.array([model.languages.index(LECTS.get(each.label, each.label)) for each in sentences])
    return sums[:, : len(model.lects)], sizes, truth


def find_chances(model: LanguageModel, sums: np.ndarray, sizes: np.ndarray, temperature: float, power: float) -> np.ndarray:
    scores = sums * model.scales / temperature / np.maximum(sizes, 1)[:, None] ** power
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    shared = chances @ np.eye(len(model.languages))[model.belongs]
    return shared / shared.sum(axis=1, keepdims=True)


def join_some(sentences: list[Sentence]) -> list[Sentence]:
    """Beginnings, sentences, and runs of up to six of one file: confidence must be right for all lengths."""
    found = []
    for place, each in enumerate(sentences):
        wide = (1, 1, 1, 2, 6)[place % 5]
        texts = [other.text for other in sentences[place : place + wide] if (other.label, other.source) == (each.label, each.source)]
        words = " ".join(texts).split()
        text = " ".join(words[:4] if place % 5 == 0 else words)
        found.append(Sentence(each.label, each.source, each.group, text))
    return found


def calibrate(model: LanguageModel, sentences: list[Sentence]) -> tuple[float, float]:
    """The temperature and power with the best likelihood, all languages counting alike."""
    sums, sizes, truth = measure(model, join_some(sentences))
    share = 1 / np.bincount(truth, minlength=len(model.languages))[truth]

    def loss(temperature: float, power: float) -> float:
        chance = find_chances(model, sums, sizes, temperature, power)[np.arange(len(truth)), truth]
        return float(-(share * np.log(chance + 1e-9)).sum())

    grid = [
        (temperature, power) for temperature in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4) for power in (0.3, 0.35, 0.4, 0.45, 0.5)
    ]
    return min(grid, key=lambda pair: loss(*pair))


def sample_shifted(sentences: list[Sentence]) -> list[Sentence]:
    """Sentences of other sources, for labels that then train on their declaration alone: what the small tags are worth elsewhere."""
    found = []
    for label in SHIFTED:
        mine = [each for each in sentences if each.label == label and each.source != "udhr" and len(each.text.split()) >= 5]
        found += sorted(mine, key=lambda each: byte_of(each.text))[:400]
    return found


def report_shifted(model: LanguageModel, held: list[Sentence]) -> dict:
    """Recall by label, and what the others were taken for."""
    truth, (said, _, _) = find_truth(model, held), answer(model, [each.text for each in held])
    wrong = Counter(f"{model.languages[a]} as {model.languages[b]}" for a, b in zip(truth, said, strict=True) if a != b)
    recall = {model.languages[tag]: round(float((said[truth == tag] == tag).mean()), 3) for tag in sorted(set(truth.tolist()))}
    return {"recall": recall, "mean": round(float(np.mean(list(recall.values()))), 3), "confusions": wrong.most_common(12)}


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("corpus", "udhr", "debian"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--heldout", type=Path, help="write held-out sentences here, for benchmarks/language.py")
    parser.add_argument("--shift", action="store_true", help="measure declarations as the only source (SHIFTED), and write no model")
    args = parser.parse_args()
    gathered = list(gather({"corpus": args.corpus, "udhr": args.udhr, "debian": args.debian}))
    train, held = split([each for use, each in gathered if use == "train"])
    shifted = sample_shifted(train)
    if args.shift:
        train = [each for each in train if each.label not in SHIFTED or each.source == "udhr"]
    tags = sorted({each.label for each in train})
    hashes, weights = fit(train, tags)
    whole, scales = quantise(weights)
    develop, test = ([each for each in held if (byte_of(each.text) & 1) == half] for half in (0, 1))
    temperature, power = calibrate(build_model(make_head(tags, scales), hashes, whole), develop)
    head = make_head(tags, scales / temperature, power)
    model = build_model(head, hashes, whole)
    if args.shift:
        print(json.dumps(report_shifted(model, shifted), ensure_ascii=False))
        return
    np.savez_compressed(TARGET / "weights.npz", hashes=hashes, weights=whole)
    (TARGET / "model.json").write_text(json.dumps(head, indent=1) + "\n", "utf8")
    sizes: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for each in train:
        sizes[each.label] += len(each.text.encode())
        sources[each.source.split("/")[0] if each.source.startswith("udhr") else each.source] += len(each.text.encode())
    if args.heldout:
        measured = [each for use, each in gathered if use == "measure"]
        rows = [
            [each.label, each.source, each.text, use]
            for use, some in (("develop", develop), ("test", test), ("measure", measured))
            for each in some
        ]
        args.heldout.write_text(json.dumps({"bytes": sizes, "rows": rows}, ensure_ascii=False), "utf8")
    facts = {"temperature": temperature, "power": power, "n-grams": len(hashes), "labels": len(tags), "bytes_by_source": sources}
    print(json.dumps({**facts, **report(model, test, sizes)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
