"""Scorer `variety`: which country's written Spanish or Portuguese a text looks like; of Spanish it abstains so far.

    echo "O utilizador deve abrir o ficheiro" | ayni try variety -        {"variety": "pt-PT", "confidence": ..., "second": "pt-BR"}

Reads the text and the `language` of the document; needs es or pt. Writes `variety` (a language tag with a country, null where it
abstains), `confidence` (chance that the nearest country is right, also where it abstains) and `second` (the runner-up of an answer).
Only countries are answered whose precision is shown on sources held out: pt-BR and pt-PT, and none of Spanish (why, and all figures:
dev/variety_model). The model, assets/variety_model, is linear over hashed words, pairs of words and endings, learned so that no
country gains by a domain, plus markers written by hand. Names, numbers and demonyms are no features.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as compute

from ayni.core.digest import digest_folder
from ayni.core.files import read_json
from ayni.core.places import asset
from ayni.text.kernels.buffers import view_strings
from ayni.text.scorer import batch_scorer

_LEAST_WORDS = 3  # fewer words in small letters say nothing
_MOST_MARKERS = 3.0  # as in calibrate.py: six markers of half a point prove no more than three


@dataclass(frozen=True)
class VarietyModel:
    """One language: features as an open-address table, int8 weights (features, 2 x countries), and what a score is worth."""

    countries: tuple[str, ...]
    answered: npt.NDArray[np.bool_]
    keys: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int8]
    units: tuple[float, float]
    facts: npt.NDArray[np.float64]
    offsets: npt.NDArray[np.float64]
    answer: float


@cache
def load_model(language: str) -> VarietyModel:
    """The shipped model of es or pt."""
    from ayni.text.kernels.variety import build_table

    folder = asset("variety_model")
    head = read_json(folder / "model.json")[language]
    with np.load(folder / f"{language}.npz", allow_pickle=False) as arrays:
        keys, rows = build_table(arrays["features"])
        weights = arrays["weights"]
    answered = np.isin(head["countries"], head["answered"])
    facts, offsets = np.array(head["facts"]), np.array(head["offsets"])
    units = (head["unit"], head["marker_unit"])
    return VarietyModel(tuple(head["countries"]), answered, keys, rows, weights, units, facts, offsets, head["answer"])


@cache
def _load_names() -> npt.NDArray[np.uint32]:
    from ayni.text.kernels.variety import build_table

    keys: npt.NDArray[np.uint32] = build_table(np.load(asset("variety_model") / "names.npy", allow_pickle=False))[0]
    return keys


@cache
def model_digest() -> str:
    """Digest of the shipped model."""
    return digest_folder(asset("variety_model"))


@dataclass(frozen=True)
class Verdicts:
    """Of each text: the nearest country and the next (indices), the chance that the nearest is right, and whether it is said."""

    best: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    said: npt.NDArray[np.bool_]


def score_texts(texts: pa.Array | pa.ChunkedArray, language: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """(texts, 2, countries), the linear part and the markers; and how many words each text has that count."""
    from ayni.text.kernels.variety import score_windows

    model = load_model(language)
    data, offsets = view_strings(texts)
    number, width = len(offsets) - 1, len(model.countries)
    sums, facts = np.zeros((number, 2 * width)), np.zeros((number, 2), np.int64)
    score_windows(data, offsets, _load_names(), model.keys, model.rows, model.weights, width, sums, facts)
    windows = np.maximum(facts[:, :1], 1)
    linear = sums[:, :width] * model.units[0] / windows
    # markers of a long text add up, but a chapter more is not as much evidence as a text more: the root of their number
    markers = sums[:, width:] * model.units[1] / np.sqrt(windows)
    return np.stack([linear, markers], axis=1), facts[:, 1]


def judge_texts(texts: pa.Array | pa.ChunkedArray, language: str) -> Verdicts:
    """The nearest countries of texts in es or pt, and how sure that is (the arithmetic of dev/variety_model/calibrate.py)."""
    model = load_model(language)
    scores, words = score_texts(texts, language)
    total = scores.sum(axis=1)
    order = np.argsort(-total, axis=1, kind="stable")
    row, best, second = np.arange(len(total)), order[:, 0], order[:, 1]
    others = scores[:, 1].copy()
    others[row, best] = 0
    rival = others.max(axis=1)
    marked = scores[row, 1, best]
    own = np.where(marked > rival, marked, 0)  # voseo is of eight countries: what another has as much of decides nothing
    marks = np.clip(np.column_stack([own, marked - rival, rival]), -_MOST_MARKERS, _MOST_MARKERS)
    facts = np.column_stack([scores[row, 0, best], total[row, best] - total[row, second], marks])
    confidence = 1 / (1 + np.exp(-(facts @ model.facts + model.offsets[best])))
    said = (confidence >= model.answer) & model.answered[best] & (words >= _LEAST_WORDS)
    return Verdicts(best, second, confidence, said)


@batch_scorer(
    "variety",
    version=1,
    columns={"variety": "string", "confidence": "double", "second": "string"},
    assets=model_digest,
    needs=("language",),
)
def score(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Country whose written Spanish or Portuguese a text looks like; abstains where that is not shown."""
    spoken = notes["language"]["language"]
    found: dict[str, Any] = {name: np.full(documents.num_rows, None, dtype=object) for name in ("variety", "confidence", "second")}
    for language in ("es", "pt"):
        mask = compute.fill_null(compute.equal(spoken, language), False)
        places = np.flatnonzero(mask.to_numpy())
        if not len(places):
            continue
        verdicts = judge_texts(documents["text"].filter(mask), language)
        tags = np.array([f"{language}-{country}" for country in load_model(language).countries], dtype=object)
        found["confidence"][places] = np.round(verdicts.confidence, 4)
        said = places[verdicts.said]
        found["variety"][said] = tags[verdicts.best[verdicts.said]]
        found["second"][said] = tags[verdicts.second[verdicts.said]]
    return {name: pa.array(values, from_pandas=True) for name, values in found.items()}
