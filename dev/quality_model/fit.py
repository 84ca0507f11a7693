"""Logistic regression over the hashed features of the quality scorer, and its tables in eight bits."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit

from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.quality_chunks import read_bytes
from ayni.text.kernels.quality_counters import CHUNKS, COUNTERS
from ayni.text.kernels.quality_facts import SHAPES
from ayni.text.kernels.quality_learned import BUCKETS, collect
from ayni.text.kernels.quality_measures import load_tables, measure_rows
from ayni.text.kernels.quality_totals import COLUMNS
from ayni.text.kernels.quality_words import make_scratch
from ayni.text.quality import find_stop_rows

LETTER_PRIOR, SHAPE_PRIOR = 150.0, 25.0  # n-grams without a say beside a text's own: a line of proverb is half evidence
EPOCHS, RATE, DECAY = 6, 0.5, 1e-6
GAIN = 20.0  # shares of single n-grams are small numbers


@dataclass
class Features:
    """Buckets of all texts in a row: letters, then shapes; and standardised measures with their evidence."""

    buckets: np.ndarray
    values: np.ndarray
    offsets: np.ndarray
    dense: np.ndarray
    means: np.ndarray
    spreads: np.ndarray


def extract(texts: list[str], languages: list[str], measures: tuple[str, ...]) -> Features:
    tables, scratch = load_tables(), make_scratch()
    rows = measure_rows(*view_strings(pa.array(texts)), find_stop_rows(languages), [False] * len(texts))
    picked = rows[:, [COLUMNS.index(name) for name in measures]]
    means, spreads = np.nanmean(picked, axis=0), np.nanstd(picked, axis=0) + 1e-9
    dense = np.nan_to_num(np.clip((picked - means) / spreads, -3, 3))
    buckets, values, offsets, evidence = [], [], [0], []
    for text, language in zip(texts, find_stop_rows(languages), strict=True):
        letters, shapes = _collect(np.frombuffer(text.encode(), np.uint8), language, tables, scratch)
        for found, base, prior in ((letters, 0, LETTER_PRIOR), (shapes, BUCKETS, SHAPE_PRIOR)):
            kinds, counts = np.unique(found, return_counts=True)
            buckets.append((kinds + base).astype(np.int32))
            values.append((GAIN * counts / (len(found) + prior)).astype(np.float32))
        offsets.append(offsets[-1] + len(buckets[-1]) + len(buckets[-2]))
        evidence.append(len(shapes) / (len(shapes) + SHAPE_PRIOR))
    dense *= np.array(evidence)[:, None]
    return Features(np.concatenate(buckets), np.concatenate(values), np.array(offsets), dense, means, spreads)


def _collect(data: np.ndarray, language: int, tables: object, scratch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = len(data) + 2
    chunks, lines, parts = (np.empty((size, 3), np.int32) for _ in range(3))
    state = np.zeros(COUNTERS, np.int64)
    read_bytes(data, 0, len(data), tables.classes, chunks, lines, parts, state)
    letters, shapes = np.empty(3 * size, np.int64), np.empty(size, np.int64)
    looked_up = (tables.classes, tables.signs, tables.keys, tables.pieces, tables.stops, tables.numbers, tables.lower)
    counts = collect(data, chunks, state[CHUNKS], language, *looked_up, scratch, letters, shapes)
    return letters[: counts[0]], shapes[: counts[1]]


@njit(cache=True)
def _descend(buckets, values, offsets, dense, labels, order, weights, squares, flat, flat_squares):
    """One epoch of AdaGrad; flat: weights of the measures and, last, the bias."""
    loss = 0.0
    for row in order:
        z = flat[-1]
        for at in range(offsets[row], offsets[row + 1]):
            z += weights[buckets[at]] * values[at]
        for column in range(dense.shape[1]):
            z += flat[column] * dense[row, column]
        p = 1.0 / (1.0 + np.exp(-min(max(z, -30.0), 30.0)))
        slope = p - labels[row]
        loss -= np.log(max(1e-9, p if labels[row] > 0.5 else 1 - p))
        for at in range(offsets[row], offsets[row + 1]):
            step = slope * values[at] + DECAY * weights[buckets[at]]
            squares[buckets[at]] += step * step
            weights[buckets[at]] -= RATE * step / np.sqrt(squares[buckets[at]] + 1e-6) * 0.2
        for column in range(dense.shape[1] + 1):
            step = slope * (dense[row, column] if column < dense.shape[1] else 1.0)
            flat_squares[column] += step * step
            flat[column] -= RATE * step / np.sqrt(flat_squares[column] + 1e-6)
    return loss / len(order)


def fit(features: Features, labels: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    weights, squares = np.zeros(BUCKETS + SHAPES**3), np.zeros(BUCKETS + SHAPES**3)
    flat, flat_squares = np.zeros(features.dense.shape[1] + 1), np.zeros(features.dense.shape[1] + 1)
    rows, rng = np.flatnonzero(chosen), np.random.default_rng(2)
    for epoch in range(EPOCHS):
        rng.shuffle(rows)
        loss = _descend(
            features.buckets, features.values, features.offsets, features.dense, labels, rows, weights, squares, flat, flat_squares
        )
        print(f"epoch {epoch}: loss {loss:.4f}")
    return weights, flat


def quantise(weights: tuple[np.ndarray, np.ndarray], features: Features, measures: tuple[str, ...]) -> tuple[dict, dict]:
    """Tables of int8 and the head of the model."""
    table, flat = weights
    tables, scales = {}, {}
    for name, part in (("letters", table[:BUCKETS]), ("shapes", table[BUCKETS:])):
        scale = np.quantile(np.abs(part[part != 0]), 0.999) / 127
        tables[name] = np.clip(np.round(part / scale), -127, 127).astype(np.int8)
        scales[name] = float(scale * GAIN)
    named = {
        name: [float(mean), float(spread), float(weight)]
        for name, mean, spread, weight in zip(measures, features.means, features.spreads, flat, strict=False)
    }
    head = {"bias": float(flat[-1]), "letter_scale": scales["letters"], "shape_scale": scales["shapes"]}
    return {**head, "letter_prior": LETTER_PRIOR, "shape_prior": SHAPE_PRIOR, "measures": named}, tables


def calibrate(model: dict, tables: dict, features: Features, labels: np.ndarray, held: np.ndarray) -> dict:
    """Stretch and shift the logit so that held-out scores are chances (Platt), by Newton's method."""
    table = np.concatenate([tables["letters"] * model["letter_scale"], tables["shapes"] * model["shape_scale"]]) / GAIN
    flat = np.array([numbers[2] for numbers in model["measures"].values()])
    rows = np.flatnonzero(held)
    bounds = features.offsets
    logits = np.array(
        [table[features.buckets[bounds[row] : bounds[row + 1]]] @ features.values[bounds[row] : bounds[row + 1]] for row in rows]
    )
    logits += features.dense[rows] @ flat + model["bias"]
    slope, shift = 1.0, 0.0
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(slope * logits + shift, -30, 30)))
        gradient = np.array([(p - labels[rows]) @ logits, (p - labels[rows]).sum()])
        curve = p * (1 - p) + 1e-9
        hessian = np.array([[curve @ logits**2, curve @ logits], [curve @ logits, curve.sum()]])
        slope, shift = np.array([slope, shift]) - np.linalg.solve(hessian, gradient)
    measures = {name: [mean, spread, weight * slope] for name, (mean, spread, weight) in model["measures"].items()}
    scaled = {key: float(model[key] * slope) for key in ("letter_scale", "shape_scale")}
    return {**model, **scaled, "bias": float(model["bias"] * slope + shift), "measures": measures}
