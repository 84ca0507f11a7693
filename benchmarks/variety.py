"""Varieties held out by source: ours and a linear model on word and character n-grams, trained and tested on the same texts.

    python dev/variety_model/texts.py CORPUS src/ayni/assets/starter texts.parquet
    python benchmarks/variety.py texts.parquet [--without-baseline]      JSON; needs scikit-learn, about five minutes

A source and its twins (the TXT and the XML of the same laws) are held out together, whole; what may not train only measures.
Countries weigh the same, and in a country its sources. `named` forces one of the countries with two sources; `curve_nearest` takes
the nearest country as the answer, `curve` only the countries that are answered; both count every country's texts.
The baseline sees the whole text, names of countries included; ours does not.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "dev" / "variety_model"))


def macro_f1(texts, scores, countries, learned):
    """F1 of each country with two sources, by the best of these countries; and the macro-F1."""
    from fit import balance

    rows = np.flatnonzero(np.isin(texts.country, learned) & ~texts.short)
    weight, truth = balance(texts, rows), texts.country[rows]
    named = np.array(learned)[scores[rows][:, [countries.index(each) for each in learned]].argmax(axis=1)]
    found = {}
    for country in learned:
        both = weight[(named == country) & (truth == country)].sum()
        found[country] = round(float(2 * both / (weight[named == country].sum() + weight[truth == country].sum())), 3)
    return {"macro_f1": round(float(np.mean(list(found.values()))), 3), **found}


def accuracy_by_source(texts, scores, countries, learned):
    """Share of a source's documents for which its country is the best of the learned ones."""
    named = np.array(learned)[scores[:, [countries.index(each) for each in learned]].argmax(axis=1)]
    keys = sorted(set(zip(texts.country, texts.group, strict=True)))
    found = {}
    for country, group in keys:
        rows = (texts.country == country) & (texts.group == group) & ~texts.short
        if country in learned and rows.sum() >= 10:
            found[f"{country} {group}"] = [int(rows.sum()), round(float((named[rows] == country).mean()), 3)]
    return found


def score_baseline(texts, learned):
    """Decision values (documents, countries) of a linear SVM on TF-IDF of words (1-2) and characters (2-5), by held-out group."""
    from scipy import sparse
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
    from sklearn.linear_model import SGDClassifier

    whole = np.flatnonzero(~texts.short)
    text = [texts.text[row] for row in whole]
    words = HashingVectorizer(n_features=2**18, ngram_range=(1, 2), alternate_sign=False, norm=None).transform(text)
    letters = HashingVectorizer(n_features=2**19, analyzer="char_wb", ngram_range=(2, 5), alternate_sign=False, norm=None).transform(text)
    labels = np.where(np.isin(texts.country[whole], learned), texts.country[whole], "other")
    group, trains = texts.group[whole], np.isin(whole, texts.trains)
    scores = np.full((len(texts), len(learned)), -9.0)
    for held in sorted(set(group)):
        seen, rows = np.flatnonzero(trains & (group != held)), np.flatnonzero(group == held)
        weighted = [TfidfTransformer(sublinear_tf=True).fit(part[seen]) for part in (words, letters)]
        machine = SGDClassifier(loss="hinge", alpha=1e-5, class_weight="balanced", max_iter=8, tol=None, random_state=0)
        parts = [weigh.transform(part[seen]) for weigh, part in zip(weighted, (words, letters), strict=True)]
        machine.fit(sparse.hstack(parts).tocsr(), labels[seen])
        parts = [weigh.transform(part[rows]) for weigh, part in zip(weighted, (words, letters), strict=True)]
        values = machine.decision_function(sparse.hstack(parts).tocsr())
        values = values if values.ndim == 2 else np.column_stack([-values, values])
        for place, country in enumerate(machine.classes_):
            if country in learned:
                scores[whole[rows], learned.index(country)] = values[:, place]
    return scores


def measure_language(path, language, with_baseline):
    from calibrate import ANSWER, choose_answered, cross_calibrate, expected_error, list_facts
    from fit import LEARNED, balance, load_texts, read_markers, score_held_out
    from train import draw_curve

    texts = load_texts(path, language)
    learned = list(LEARNED[language])
    countries, scores = score_held_out(texts, read_markers(language))
    total, found = scores.sum(axis=1), list_facts(scores)
    right = np.array(countries)[found.best] == texts.country
    confidence = cross_calibrate(texts, found, right, len(countries))
    answered = choose_answered(texts, found, confidence, countries, ANSWER[language])
    says = np.isin(np.array(countries)[found.best], [each for each, row in answered.items() if row["answered"]])
    among = np.isin(texts.country, [each for each, row in answered.items() if row["answered"]])
    result = {
        "documents": int((~texts.short).sum()), "sources": len(set(texts.source)),
        "named": macro_f1(texts, total, list(countries), learned),
        "named_by_source": accuracy_by_source(texts, total, list(countries), learned),
        "answered": answered, "ece": round(expected_error(confidence, right, balance(texts, np.arange(len(texts)))), 3),
        "curve_nearest": draw_curve(texts, right, confidence, ~texts.short),
        "curve": draw_curve(texts, right, confidence * says, ~texts.short),
        "curve_answered_countries": draw_curve(texts, right, confidence * says, ~texts.short & among),
        "curve_300_characters": draw_curve(texts, right, confidence * says, texts.short),
    }  # fmt: skip
    if with_baseline:
        baseline = score_baseline(texts, learned)
        result["baseline"] = {
            "named": macro_f1(texts, baseline, learned, learned),
            "named_by_source": accuracy_by_source(texts, baseline, learned, learned),
        }
    return result


def measure_speed(path):
    """MB/s on one core of the scorer as it is shipped, the second of two passes."""
    import pyarrow.parquet as parquet

    from ayni.text.variety import judge_texts

    text = parquet.read_table(path, columns=["text"])["text"]
    size = sum(len(each.encode()) for each in text.to_pylist()) / 1e6
    for _ in range(2):
        began = time.perf_counter()
        judge_texts(text, "es")
        took = time.perf_counter() - began
    return {"megabytes": round(size, 1), "mb_per_second": round(size / took, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", help="what dev/variety_model/texts.py wrote")
    parser.add_argument("--without-baseline", action="store_true")
    args = parser.parse_args()
    found = {language: measure_language(args.texts, language, not args.without_baseline) for language in ("es", "pt")}
    print(json.dumps({**found, "speed": measure_speed(args.texts)}, indent=1))


if __name__ == "__main__":
    main()
