"""Held-out figures of a language model as one JSON object: F1 by language, confusions, calibration, robustness.

report(model, test, bytes_by_label)      test: held-out sentences that chose nothing
"""

from collections import Counter

import numpy as np
import pyarrow as pa
from gather import Sentence, strip_accents

from ayni.text.kernels import language as kernel
from ayni.text.language import LanguageModel, find_languages, name_languages

LARGE = 100_000


def answer(model: LanguageModel, texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of the answers, places of the likeliest languages, and how surely."""
    found = find_languages(pa.array(texts, pa.large_string()), model)
    return name_languages(model, found.wholes, found.sure_wholes), found.wholes[:, kernel.LANGUAGE], found.sure_wholes


def find_truth(model: LanguageModel, sentences: list[Sentence]) -> np.ndarray:
    places = dict(zip(model.lects, model.belongs, strict=True))
    return np.array([places[each.label] for each in sentences])


def score_f1(truth: np.ndarray, said: np.ndarray) -> dict[int, float]:
    right = Counter(truth[truth == said].tolist())
    return {tag: 2 * right[tag] / (int((truth == tag).sum()) + int((said == tag).sum())) for tag in set(truth.tolist())}


def measure_calibration(right: np.ndarray, sure: np.ndarray) -> dict:
    """Expected calibration error over ten bins, and the bins: share of sentences, mean confidence, share that is right."""
    rows, error = [], 0.0
    for low in np.arange(0, 1, 0.1):
        inside = (sure >= low) & (sure < low + 0.1 + 1e-6 * (low > 0.85))
        if inside.any():
            rows.append(
                [
                    round(float(low), 1),
                    round(float(inside.mean()), 4),
                    round(float(sure[inside].mean()), 3),
                    round(float(right[inside].mean()), 3),
                ]
            )
            error += float(inside.mean()) * abs(rows[-1][2] - rows[-1][3])
    return {"ece": round(error, 4), "bins": rows}


def spoil(text: str) -> dict[str, str]:
    words = text.split()
    return {
        "as it is": text,
        "upper case": text.upper(),
        "no accents": strip_accents(text),
        "first five words": " ".join(words[:5]),
        "first three words": " ".join(words[:3]),
        "address, numbers, name": f"{text} https://www.example.org/index.html?id=77 12/03/2021 Nº 4521-A @usuario",
    }


def report(model: LanguageModel, test: list[Sentence], sizes: dict[str, int]) -> dict:
    truth = find_truth(model, test)
    said, best, sure = answer(model, [each.text for each in test])
    f1 = score_f1(truth, said)
    trained: Counter[int] = Counter()
    for lect, place in zip(model.lects, model.belongs, strict=True):
        trained[int(place)] += sizes.get(lect, 0)
    known = [tag for tag in f1 if tag != model.none]
    large = [tag for tag in known if trained[tag] >= LARGE]
    names = model.languages
    pairs = Counter(f"{names[a]} as {names[b]}" for a, b in zip(truth, said, strict=True) if a != b)
    spoilt: dict[str, list[str]] = {}
    for each in test:
        for kind, text in spoil(each.text).items():
            spoilt.setdefault(kind, []).append(text)
    robust = {}
    for kind, texts in spoilt.items():
        scores = score_f1(truth, answer(model, texts)[0])
        robust[kind] = round(float(np.mean([scores[tag] for tag in large])), 4)
    unseen = np.array([each.source.startswith("udhr/") for each in test]) & (truth == model.none)
    within = truth != model.none
    return {
        "sentences": len(test),
        "tags": len(known),
        "large_tags": len(large),
        "macro_f1_large": round(float(np.mean([f1[tag] for tag in large])), 4),
        "macro_f1_all": round(float(np.mean([f1[tag] for tag in known])), 4),
        "kept_of_known": round(float((said[within] != model.none).mean()), 4),
        "other_languages_rejected": round(float((said[unseen] == model.none).mean()), 4),
        "f1": {names[tag]: [round(f1[tag], 4), int((truth == tag).sum()), trained[tag]] for tag in sorted(f1, key=lambda tag: names[tag])},
        "confusions": pairs.most_common(20),
        "calibration": measure_calibration(best[within] == truth[within], sure[within]),
        "robustness_macro_f1_large": robust,
    }
