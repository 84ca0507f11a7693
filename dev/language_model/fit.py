"""The compiled half of train.py: n-grams of sentences, and softmax regression over them by stochastic gradient descent.

    words, grams, sizes = list_features(texts)
    weights = fit(..., epochs=6, rate=0.8, drop=0.3, seed=1)

One sentence after another in one thread: the same seed gives the same weights.
"""

import numpy as np
import pyarrow as pa
from numba import njit

from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.language import find_row, sum_word
from ayni.text.kernels.words import END, LENGTH, LONGEST, MOST_GRAMS, POSITION, STATE_SIZE, WORD, fold_tables, hash_grams, next_word


@njit(cache=True, nogil=True)
def _list(data, offsets, fold, compose, starts, sizes, found):
    """Words and grams of every text: starts of texts in words, sizes of words in grams, hashes of grams."""
    letters, grams = np.zeros(LONGEST + 2, np.uint16), np.zeros(MOST_GRAMS, np.int64)
    state = np.zeros(STATE_SIZE, np.int64)
    words = number = 0
    for text in range(offsets.shape[0] - 1):
        starts[text] = words
        state[:] = 0
        state[POSITION] = offsets[text]
        kind = WORD
        while kind != END:
            kind = next_word(data, state, offsets[text + 1], fold, compose, letters)
            if kind == WORD:
                count = hash_grams(letters, state[LENGTH], grams)
                sizes[words] = count
                for at in range(count):
                    found[number + at] = np.uint32(grams[at])
                words += 1
                number += count
    starts[offsets.shape[0] - 1] = words
    return words, number


def list_features(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts of texts in words (texts + 1,), ends of words in grams (words + 1,), hashes (grams,)."""
    data, offsets = view_strings(pa.array(texts, pa.large_string()))
    starts, sizes = np.zeros(len(texts) + 1, np.int64), np.zeros(len(data) + 1, np.uint8)
    found = np.zeros(6 * len(data) + 8 * len(texts) + 64, np.uint32)
    words, number = _list(data, offsets, *fold_tables(), starts, sizes, found)
    return starts, np.concatenate([[0], np.cumsum(sizes[:words], dtype=np.int64)]), found[:number].copy()


@njit(cache=True, nogil=True)
def find_rows(grams, keys, rows):
    """The row of every n-gram, or -1."""
    found = np.empty(grams.shape[0], np.int32)
    for at in range(grams.shape[0]):
        found[at] = find_row(np.int64(grams[at]), keys, rows)
    return found


@njit(cache=True, nogil=True, fastmath=True)
def _step(weights, chosen, count, size, label, rate, power, scores):
    labels = weights.shape[1]
    scores[:] = 0.0
    for at in range(count):
        row = weights[chosen[at]]
        for each in range(labels):
            scores[each] += row[each]
    factor = np.float32(1.0 / max(size, 1) ** power)
    top = np.float32(-1e30)
    for each in range(labels):
        scores[each] *= factor
        top = max(top, scores[each])
    total = np.float32(0.0)
    for each in range(labels):
        scores[each] = np.exp(scores[each] - top)
        total += scores[each]
    loss = -np.log(scores[label] / total + 1e-12)
    for each in range(labels):
        scores[each] *= -rate * factor / total
    scores[label] += np.float32(rate * factor)
    for at in range(count):
        row = weights[chosen[at]]
        for each in range(labels):
            row[each] += scores[each]
    return loss


@njit(cache=True, nogil=True)
def fit_epoch(weights, order, starts, ends, rows, labels, rate, last_rate, drop, crop, power, seed):
    """One pass over `order`; a share `crop` of the sentences is cut to 2 to 8 words, a share `drop` of n-grams is left out."""
    np.random.seed(seed)
    scores = np.zeros(weights.shape[1], np.float32)
    chosen = np.zeros(100_000, np.int32)
    loss = 0.0
    for turn in range(order.shape[0]):
        text = order[turn]
        first, last = starts[text], starts[text + 1]
        if np.random.random() < crop and last - first > 3:
            wide = np.random.randint(2, min(9, last - first))
            first = np.random.randint(first, last - wide + 1)
            last = first + wide
        count, size = 0, 0
        for at in range(ends[first], ends[last]):
            if np.random.random() >= drop:
                size += 1
                if rows[at] >= 0 and count < chosen.shape[0]:
                    chosen[count] = rows[at]
                    count += 1
        if count:
            pace = rate + (last_rate - rate) * turn / order.shape[0]
            loss += _step(weights, chosen, count, size, labels[text], pace, power, scores)
    return loss / order.shape[0]


@njit(cache=True, nogil=True)
def _sum(data, offsets, fold, compose, keys, rows, weights, sums, sizes):
    letters, grams = np.zeros(LONGEST + 2, np.uint16), np.zeros(MOST_GRAMS, np.int64)
    state, vector = np.zeros(STATE_SIZE, np.int64), np.zeros(weights.shape[1], np.int16)
    for text in range(offsets.shape[0] - 1):
        state[:] = 0
        state[POSITION] = offsets[text]
        kind = WORD
        while kind != END:
            kind = next_word(data, state, offsets[text + 1], fold, compose, letters)
            if kind == WORD:
                sizes[text] += sum_word(letters, state[LENGTH], keys, rows, weights, grams, vector)
                for label in range(vector.shape[0]):
                    sums[text, label] += vector[label]


def sum_texts(texts, model):
    """Sums of weights (texts, labels) and numbers of n-grams (texts,), before any scale."""
    data, offsets = view_strings(pa.array(texts, pa.large_string()))
    sums, sizes = np.zeros((len(texts), model.weights.shape[1]), np.int32), np.zeros(len(texts), np.int32)
    _sum(data, offsets, *model.tables()[:5], sums, sizes)
    return sums, sizes
