"""Train the learned part of the scorer `quality` and write src/ayni/assets/quality_model.

    python dev/quality_model/train.py --corpus FOLDER [--labels labels.jsonl] [--endpoint URL --model NAME --ask 500]

Good texts of sources.toml against damaged copies of them (damage.py). With --endpoint, that many texts are first judged by
a model that speaks the OpenAI wire; the answers go to the labels file with prompt and model, and train beside the contrasts.
Prints the held-out figures of the card.
"""

import argparse
import hashlib
import json
import random
from pathlib import Path

import numpy as np
from damage import DAMAGES
from fit import calibrate, extract, fit, quantise
from gather import gather
from judge import ask, load_labels
from report import report

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "src/ayni/assets/quality_model"
LANGUAGES = ("es", "pt")
MEASURES = (
    "alphabetic_share", "digit_share", "stop_word_share", "symbol_chunk_share", "single_letter_share", "mixed_word_share",
    "vowelless_share", "mean_word_length", "repeated_line_character_share",
)  # fmt: skip


def is_heldout(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] < 51


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--endpoint", default="")
    parser.add_argument("--model", default="")
    parser.add_argument("--ask", type=int, default=500)
    args = parser.parse_args()
    pieces = gather(args.corpus, "train")
    if args.endpoint:
        chosen = random.Random(3).sample(pieces, min(args.ask, len(pieces)))
        ask(args.endpoint, args.model, [piece.text for piece in chosen], args.labels)
    rng = random.Random(1)
    damaged = [(rng.choice(DAMAGES)(piece.text, rng, piece.language), piece) for piece in pieces]
    rows = [(piece.text, 1.0, piece) for piece in pieces] + [(text, 0.0, piece) for text, piece in damaged if len(text) > 15]
    by_text = {piece.text: piece for piece in pieces}
    rows += [(text, label, by_text[text]) for text, label in load_labels(args.labels) if text in by_text]
    rng.shuffle(rows)
    held = np.array([is_heldout(piece.text) for _, _, piece in rows])
    texts, labels = [text for text, _, _ in rows], np.array([label for _, label, _ in rows])
    features = extract(texts, [piece.language for _, _, piece in rows], MEASURES)
    weights = fit(features, labels, ~held)
    model, tables = quantise(weights, features, MEASURES)
    model = calibrate(model, tables, features, labels, held)
    TARGET.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(TARGET / "weights.npz", **tables)
    (TARGET / "model.json").write_text(json.dumps({"languages": LANGUAGES, **model}, indent=2) + "\n", "utf8")
    report(rows, held, gather(args.corpus, "measure"))


if __name__ == "__main__":
    main()
