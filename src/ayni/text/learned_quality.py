"""The learned part of the scorer `quality`: how much a text reads like one that somebody edited, 0 to 1.

    score_rows(measures, languages)      float (rows,), NaN where the model was not trained for the language

A linear model of ours over hashed letter n-grams and shapes of words, at assets/quality_model, trained by
dev/quality_model/train.py on texts and on damaged copies of the same texts: OCR noise, page furniture, indexes, tables,
keywords, shuffled words. Short texts carry little evidence and stay near the middle of the good ones. Its card stands
in dev/quality_model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ayni.core.digest import digest_folder
from ayni.core.files import read_json
from ayni.core.places import asset
from ayni.text.kernels.quality_totals import COLUMNS, LETTER_COUNT, LETTER_SUM, SHAPE_COUNT, SHAPE_SUM


@dataclass(frozen=True)
class QualityModel:
    """Scales of the two tables, how much evidence a text must bring, and weights of measures."""

    languages: tuple[str, ...]
    bias: float
    letter_scale: float
    shape_scale: float
    letter_prior: float  # n-grams that count as unknown beside those of the text
    shape_prior: float
    measures: tuple[tuple[str, float, float, float], ...]  # name, mean, spread, weight


@cache
def load_model() -> QualityModel:
    """The shipped model without its tables."""
    head = read_json(asset("quality_model") / "model.json")
    measures = tuple((name, *numbers) for name, numbers in head.pop("measures").items())
    return QualityModel(languages=tuple(head.pop("languages")), measures=measures, **head)


@cache
def load_weights() -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Weights of letter n-grams and of the shapes of three words."""
    with np.load(asset("quality_model") / "weights.npz", allow_pickle=False) as tables:
        return tables["letters"], tables["shapes"]


@cache
def model_digest() -> str:
    """Digest of the shipped model."""
    return digest_folder(asset("quality_model"))


def score_rows(rows: npt.NDArray[np.float64], languages: Sequence[str]) -> npt.NDArray[np.float64]:
    """The score of each row of measures (see kernels.quality_totals.COLUMNS)."""
    model = load_model()
    evidence = rows[:, SHAPE_COUNT] / (rows[:, SHAPE_COUNT] + model.shape_prior)
    logit = np.full(len(rows), model.bias)
    logit += model.letter_scale * rows[:, LETTER_SUM] / (rows[:, LETTER_COUNT] + model.letter_prior)
    logit += model.shape_scale * rows[:, SHAPE_SUM] / (rows[:, SHAPE_COUNT] + model.shape_prior)
    logit += evidence * weigh_measures(rows, model.measures)
    trained = np.isin(np.array(languages, dtype=object), model.languages) & (rows[:, SHAPE_COUNT] > 0)
    return np.where(trained, 1 / (1 + np.exp(-np.clip(logit, -30, 30))), np.nan)


def weigh_measures(rows: npt.NDArray[np.float64], measures: Sequence[tuple[Any, ...]]) -> npt.NDArray[np.float64]:
    """Sum of the weighted, standardised measures; one that is missing says nothing."""
    total = np.zeros(len(rows))
    for name, mean, spread, weight in measures:
        total += weight * np.nan_to_num(np.clip((rows[:, COLUMNS.index(name)] - mean) / spread, -3, 3))
    return total
