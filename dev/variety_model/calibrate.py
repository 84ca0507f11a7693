"""From scores of held-out texts to a confidence, and to the countries that the scorer may answer.

    found = list_facts(scores)                                            what the confidence is made from
    confidence = cross_calibrate(texts, found, right, len(countries))     of each text, by a fit without its source

A confidence is a logistic function of five facts: the best country's linear score, its lead over the second, its markers,
their lead over any other country's, and the most markers that another has. It is fitted on texts held out by source; its figures
come from fits that left the source out once more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from fit import Texts, balance
from scipy.optimize import minimize

MOST = 3.0  # six markers of half a point prove as much as ten
ANSWER = {"es": 0.7, "pt": 0.8}  # confidence from which the scorer answers
PRECISION, ENOUGH = 0.8, 20  # precision of at least so many held-out answers, right in two sources or more, that lets a country be answered


@dataclass(frozen=True)
class Facts:
    """Of each text: the best country and the second (indices), and the facts (texts, 5)."""

    best: np.ndarray
    second: np.ndarray
    facts: np.ndarray


def list_facts(scores: np.ndarray) -> Facts:
    """From scores (texts, 2, countries). The same arithmetic as in ayni.text.variety."""
    total = scores.sum(axis=1)
    order = np.argsort(-total, axis=1, kind="stable")
    row, best, second = np.arange(len(total)), order[:, 0], order[:, 1]
    lead = total[row, best] - total[row, second]
    words = scores[row, 1, best]
    others = scores[:, 1].copy()
    others[row, best] = 0
    rival = others.max(axis=1)
    own = np.where(words > rival, words, 0)  # voseo is of eight countries: what another has as much of decides nothing
    marks = np.clip(np.column_stack([own, words - rival, rival]), -MOST, MOST)
    facts = np.column_stack([scores[row, 0, best], lead, marks])
    return Facts(best, second, facts)


def fit_logistic(facts: np.ndarray, best: np.ndarray, right: np.ndarray, weight: np.ndarray, countries: int) -> np.ndarray:
    """Coefficients: one a fact, then one a country (drawn towards their mean)."""
    design = np.column_stack([facts, np.ones(len(facts)), np.eye(countries)[best]])
    weight = weight / weight.sum()
    drawn = np.r_[np.full(facts.shape[1], 1e-4), 0, np.full(countries, 2e-3)]

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        score = design @ coefficients
        chance = 1 / (1 + np.exp(-score))
        value = (weight * (np.logaddexp(0, score) - right * score)).sum() + (drawn * coefficients**2).sum()
        return float(value), design.T @ (weight * (chance - right)) + 2 * drawn * coefficients

    found = minimize(
        loss,
        np.zeros(design.shape[1]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * 4 + [(None, 0)] + [(None, None)] * (1 + countries),
    ).x
    return np.r_[found[: facts.shape[1]], found[facts.shape[1]] + found[facts.shape[1] + 1 :]]


def apply_logistic(coefficients: np.ndarray, facts: np.ndarray, best: np.ndarray) -> np.ndarray:
    size = facts.shape[1]
    return 1 / (1 + np.exp(-(facts @ coefficients[:size] + coefficients[size:][best])))


def cross_calibrate(texts: Texts, found: Facts, right: np.ndarray, countries: int) -> np.ndarray:
    """Confidence of every text by a fit that left its source out."""
    weight = balance(texts, np.arange(len(texts)))
    confidence = np.zeros(len(texts))
    for group in sorted(set(texts.group)):
        inside = texts.group == group
        coefficients = fit_logistic(found.facts[~inside], found.best[~inside], right[~inside], weight[~inside], countries)
        confidence[inside] = apply_logistic(coefficients, found.facts[inside], found.best[inside])
    return confidence


def expected_error(confidence: np.ndarray, right: np.ndarray, weight: np.ndarray, bins: int = 10) -> float:
    """ECE with bins of equal width."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for each in range(bins):
        inside = place == each
        if inside.any() and weight[inside].sum() > 0:
            mean = np.average(confidence[inside], weights=weight[inside])
            total += weight[inside].sum() * abs(mean - np.average(right[inside], weights=weight[inside]))
    return float(total / weight.sum())


def choose_answered(
    texts: Texts, found: Facts, confidence: np.ndarray, countries: tuple[str, ...], least: float
) -> dict[str, dict[str, object]]:
    """Countries whose answers (confidence at least `least`) are right often enough, in two sources or more."""
    weight = balance(texts, np.arange(len(texts)))
    named = np.array(countries)[found.best]
    right = named == texts.country
    answered: dict[str, dict[str, object]] = {}
    for country in countries:
        said = (confidence >= least) & (named == country) & (weight > 0)
        own = sorted(set(texts.group[said & right]))
        if not said.any():
            continue
        precision = float(weight[said & right].sum() / weight[said].sum())
        recall = float(weight[said & right].sum() / weight[texts.country == country].sum()) if (texts.country == country).any() else 0.0
        answered[country] = {"precision": round(precision, 3), "recall": round(recall, 3), "texts": int(said.sum()), "sources": own}
        answered[country]["answered"] = bool(precision >= PRECISION and said.sum() >= ENOUGH and len(own) >= 2)
    return answered
