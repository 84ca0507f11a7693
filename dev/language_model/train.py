"""Train the language model that ships in src/ayni/assets/language_model, and print its held-out figures.

    python dev/language_model/train.py

Data: elotl (MPL-2.0: Nahuatl, Otomí, Mixtec, Spanish), bncc (CC-BY-4.0: Portuguese), assets/starter (CC0: Spanish and
Portuguese of 20 countries), documentation of networkx and numpy (BSD: English), assets/english (CC0). One sentence in
five, by hash, is held out.
"""

import csv
import hashlib
import json
import random
import re
from collections import defaultdict
from importlib.metadata import files
from pathlib import Path

import numpy as np

from ayni.corpus.sources import Source, list_files, read_file
from ayni.text.language import hash_grams

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "src/ayni/assets/language_model"
LABELS = ("en", "es", "mix", "nah", "oto", "pt")
BUCKETS = 1 << 15
SMOOTHING = 0.5


def find(package: str, ending: str) -> Path:
    return next(Path(each.locate()) for each in files(package) if str(each).endswith(ending))


def gather() -> dict[str, list[str]]:
    texts = defaultdict(list)
    for name, label in (("axolotl", "nah"), ("kolo", "mix"), ("tsunkua", "oto")):
        with find("elotl", f"corpora/{name}.csv").open(encoding="utf8") as stream:
            for row in csv.reader(stream):
                texts[label].append(row[1])
                texts["es"].append(row[0])
    for name in ("ensino-fundamental", "ensino-medio", "educacao-infantil"):
        body = json.loads(find("bncc", f"dados/{name}.json").read_text("utf8"))
        texts["pt"] += [row["texto"] for key in ("habilidades", "objetivos") for row in body.get(key, [])]
    for source in (
        Source(name="starter", path="asset:starter", index="index_*.csv"),
        Source(name="english", path="asset:english", index="index.csv", language="en"),
        Source(name="networkx", path="package:networkx", include=("**/*.py",), format="python_docs", language="en"),
        Source(name="numpy", path="package:numpy", include=("**/*.py",), format="python_docs", language="en"),
    ):
        for file in list_files(source):
            for row in read_file(source, file)[0]:
                texts[row.language] += re.split(r"(?<=[.!?])\s+", row.text)
    return {label: sorted(set(texts[label])) for label in LABELS}


def is_heldout(sentence: str) -> bool:
    return hashlib.sha256(sentence.encode()).digest()[0] < 51


def train(texts: dict[str, list[str]]) -> np.ndarray:
    table = np.zeros((len(LABELS), BUCKETS))
    for place, label in enumerate(LABELS):
        for sentence in texts[label]:
            if not is_heldout(sentence):
                np.add.at(table[place], hash_grams(sentence, BUCKETS), 1.0)
    table = (table + SMOOTHING) / (table + SMOOTHING).sum(axis=1, keepdims=True)
    return np.log(table).astype(np.float16)


def choose_temperature(table: np.ndarray, held: list[tuple[str, str]]) -> float:
    """The temperature with the best log-likelihood on held-out sentences."""
    rows = [(LABELS.index(label), hash_grams(text, BUCKETS)) for label, text in held]
    scores = [(place, table[:, grams].astype(np.float32).mean(axis=1) * np.sqrt(len(grams))) for place, grams in rows if len(grams)]

    def loss(temperature: float) -> float:
        total = 0.0
        for place, score in scores:
            scaled = score / temperature
            total += float(np.logaddexp.reduce(scaled) - scaled[place])
        return total

    return min((0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0), key=loss)


def report(table: np.ndarray, held: list[tuple[str, str]]) -> dict:
    confusion = np.zeros((len(LABELS), len(LABELS)), dtype=int)
    for label, text in held:
        grams = hash_grams(text, BUCKETS)
        confusion[LABELS.index(label), int(table[:, grams].astype(np.float32).mean(axis=1).argmax())] += 1
    found = {}
    for place, label in enumerate(LABELS):
        right = confusion[place, place]
        found[label] = round(2 * right / (confusion[place].sum() + confusion[:, place].sum()), 4)
    return {"f1": found, "macro_f1": round(sum(found.values()) / len(found), 4), "confusion": confusion.tolist(), "sentences": len(held)}


def main() -> None:
    texts = gather()
    held = [(label, text) for label in LABELS for text in texts[label] if is_heldout(text) and len(text.split()) >= 5]
    random.Random(1).shuffle(held)
    table = train(texts)
    temperature = choose_temperature(table, held)
    TARGET.mkdir(parents=True, exist_ok=True)
    np.save(TARGET / "table.npy", table, allow_pickle=False)
    head = {"labels": list(LABELS), "orders": [1, 2, 3, 4], "temperature": temperature, "threshold": 0.6}
    (TARGET / "model.json").write_text(json.dumps(head, indent=2) + "\n", "utf8")
    print(json.dumps({"temperature": temperature, **report(table, held)}))


if __name__ == "__main__":
    main()
