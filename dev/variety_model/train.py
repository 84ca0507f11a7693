"""Make the model of the scorer `variety`, byte for byte, and print its figures as JSON.

    python dev/variety_model/texts.py CORPUS src/ayni/assets/starter texts.parquet
    python dev/variety_model/train.py texts.parquet src/ayni/assets/variety_model

Reads the texts and markers.toml; writes model.json and es.npz, pt.npz (features, int8 weights).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from calibrate import ANSWER, choose_answered, cross_calibrate, expected_error, fit_logistic, list_facts
from fit import Texts, balance, fit_model, load_texts, name_keys, read_markers, score_held_out

THRESHOLDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)


def quantise(table: np.ndarray) -> tuple[np.ndarray, float]:
    """int8 and its unit; the largest thousandth is cut, so that a few weights do not coarsen all."""
    size = np.abs(table[table != 0])
    unit = float(np.quantile(size, 0.999)) / 127 if size.size else 1.0
    return np.clip(np.round(table / unit), -127, 127).astype(np.int8), unit


def draw_curve(texts: Texts, right: np.ndarray, confidence: np.ndarray, inside: np.ndarray) -> list[dict[str, float]]:
    """Coverage and precision by threshold, countries weighing the same."""
    weight = balance(texts, np.arange(len(texts))) * inside
    found = []
    for threshold in THRESHOLDS:
        said = confidence >= threshold
        cover, correct = weight[said].sum() / max(weight.sum(), 1e-9), weight[said & right].sum() / max(weight[said].sum(), 1e-9)
        found.append(
            {
                "threshold": threshold,
                "coverage": round(float(cover), 3),
                "precision": round(float(correct), 3),
                "risk": round(float(1 - correct), 3),
            }
        )
    return found


def train_language(path: str, language: str, folder: Path) -> tuple[dict[str, object], dict[str, object]]:
    texts, markers = load_texts(path, language), read_markers(language)
    countries, scores = score_held_out(texts, markers)
    found = list_facts(scores)
    right = np.array(countries)[found.best] == texts.country
    weight = balance(texts, np.arange(len(texts)))
    confidence = cross_calibrate(texts, found, right, len(countries))
    answered = choose_answered(texts, found, confidence, countries, ANSWER[language])
    coefficients = fit_logistic(found.facts, found.best, right, weight, len(countries))
    model = fit_model(texts, texts.trains, markers)
    keep = np.flatnonzero(model.linear.any(axis=1) | model.markers.any(axis=1))
    linear, unit = quantise(model.linear[keep])
    marks, mark_unit = quantise(model.markers[keep])
    np.savez_compressed(folder / f"{language}.npz", features=texts.features[keep], weights=np.hstack([linear, marks]))
    size = found.facts.shape[1]
    head = {
        "countries": countries,
        "answered": [each for each, row in answered.items() if row["answered"]],
        "answer": ANSWER[language],
        "unit": unit,
        "marker_unit": mark_unit,
        "facts": [round(float(each), 6) for each in coefficients[:size]],
        "offsets": [round(float(each), 6) for each in coefficients[size:]],
    }
    said = confidence * np.isin(np.array(countries)[found.best], head["answered"])
    figures = {
        "features": len(keep),
        "by_country": answered,
        "ece": round(expected_error(confidence, right, weight), 3),
        "curve": draw_curve(texts, right, said, ~texts.short),
        "curve_300_characters": draw_curve(texts, right, said, texts.short),
    }
    return head, figures


def main() -> None:
    path, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    heads, figures = {}, {}
    for language in ("es", "pt"):
        heads[language], figures[language] = train_language(path, language, folder)
    np.save(folder / "names.npy", name_keys())
    (folder / "model.json").write_text(json.dumps(heads, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
