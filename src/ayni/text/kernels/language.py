"""Which language, in one pass over the bytes of many texts: n-gram weights summed by word, paragraph and text.

    paragraphs, texts = score_texts(data, offsets, *tables, ...)

A label's score is the sum of the weights of all n-grams, over the root of their number; a softmax gives chances, which the
labels of one language share. The sums of a word are kept in a table keyed by its hash, so that a word that comes again costs
one addition of vectors; the sums are whole numbers, so the answers are the same with or without that table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.words import (
    END,
    FIRST,
    HASH,
    LAST,
    LENGTH,
    LONGEST,
    MOST_GRAMS,
    POINT,
    POSITION,
    STATE_SIZE,
    WORD,
    hash_grams,
    next_word,
)

# columns of what is said of a paragraph, a text or a span
ROW, START, STOP, LANGUAGE, SECOND, LECT, GRAMS, LETTERS, MIXED, BYTE, BYTE_END, BYTE_POINT = range(12)
FIELDS = 12
REMEMBERED = 1 << 15  # words whose sums are kept: 8 MB, of which the frequent ones stay in the second-level cache
_DECISIVE = 0.8  # a word is a vote where its likeliest family of languages is e^0.7 times as likely as the next
_RUN = 2  # words side by side that vote for one family make a run


@njit(cache=True, nogil=True)
def find_row(gram: int, keys: Any, rows: Any) -> int:
    """The row of weights of an n-gram, or -1: open addressing, the empty key is 0."""
    mask = keys.shape[0] - 1
    place = gram & mask
    while keys[place] != 0:
        if keys[place] == gram:
            return rows[place]
        place = (place + 1) & mask
    return -1


@njit(cache=True, nogil=True)
def lay_out(hashes: Any, keys: Any, rows: Any) -> None:
    """Fill the table that find_row reads; keys and rows have a power of two of places, all keys 0."""
    mask = keys.shape[0] - 1
    for row in range(hashes.shape[0]):
        place = np.int64(hashes[row]) & mask
        while keys[place] != 0:
            place = (place + 1) & mask
        keys[place], rows[place] = hashes[row], row


@njit(cache=True, nogil=True)
def sum_word(letters: Any, length: int, keys: Any, rows: Any, weights: Any, grams: Any, sums: Any) -> int:
    """Sums of a word's weights by label, in place; returns the number of its n-grams, known or not."""
    sums[:] = 0
    number = hash_grams(letters, length, grams)
    for at in range(number):
        row = find_row(grams[at], keys, rows)
        if row >= 0:
            weight = weights[row]
            for label in range(weight.shape[0]):
                sums[label] += weight[label]
    return number


@njit(cache=True, nogil=True)
def weigh(sums: Any, grams: int, scales: Any, power: float, languages: Any, chances: Any) -> tuple[int, float]:
    """Chances by language, in place; returns the likeliest label and its own chance."""
    chances[:] = 0.0
    factor = 1.0 / max(grams, 1) ** power
    best, top = 0, -np.inf
    for label in range(scales.shape[0]):
        score = sums[label] * scales[label] * factor
        if score > top:
            best, top = label, score
    total = 0.0
    for label in range(scales.shape[0]):
        behind = sums[label] * scales[label] * factor - top
        if behind > -20.0:
            chance = np.exp(behind)
            total += chance
            chances[languages[label]] += chance
    chances /= total
    return best, 1.0 / total


@njit(cache=True, nogil=True)
def find_two(chances: Any) -> tuple[int, int]:
    """The likeliest language and the next."""
    first, second = 0, -1
    for language in range(1, chances.shape[0]):
        if chances[language] > chances[first]:
            first, second = language, first
        elif second < 0 or chances[language] > chances[second]:
            second = language
    return first, second


@njit(cache=True, nogil=True)
def _vote(sums: Any, grams: int, scales: Any, power: float, languages: Any, families: Any, chances: Any, shares: Any) -> int:
    """The family that a word speaks for, or -1: Spanish and Portuguese words look alike, Spanish and Quechua ones do not."""
    weigh(sums, grams, scales, power, languages, chances)
    shares[:] = 0.0
    for language in range(chances.shape[0]):
        shares[families[language]] += chances[language]
    first, second = find_two(shares)
    return first if shares[first] > np.exp(_DECISIVE) * shares[second] else -1


@njit(cache=True, nogil=True)
def _answer(found: Any, sure: Any, at: int, sums: Any, scales: Any, power: float, languages: Any, chances: Any) -> None:
    label, chance = weigh(sums, found[at, GRAMS], scales, power, languages, chances)
    first, second = find_two(chances)
    found[at, LANGUAGE], found[at, SECOND] = first, second
    found[at, LECT] = label if languages[label] == first and chance >= 0.5 else -1
    sure[at] = chances[first]


@njit(cache=True, nogil=True)
def _close(parts: Any, sure: Any, at: int, text: int, state: Any, sums: Any, wholes: Any, whole: Any, scale: Any, chances: Any) -> None:
    """Answer for a paragraph that ends, add its sums to the text's, and make ready for the next."""
    scales, power, languages = scale
    parts[at, ROW], parts[at, START], parts[at, STOP] = text, state[FIRST], state[LAST]
    _answer(parts, sure, at, sums, scales, power, languages, chances)
    for label in range(sums.shape[0]):
        whole[label] += sums[label]
    wholes[text, GRAMS] += parts[at, GRAMS]
    wholes[text, LETTERS] += parts[at, LETTERS]
    sums[:] = 0
    state[FIRST] = -1


@njit(cache=True, nogil=True)
def count_paragraphs(data: Any, offsets: Any) -> int:
    """No fewer than the paragraphs of all texts: line ends and texts."""
    number = offsets.shape[0]
    for at in range(offsets[0], offsets[-1]):
        number += data[at] == 10
    return number


@njit(cache=True, nogil=True)
def score_texts(
    data: Any, offsets: Any, fold: Any, compose: Any, keys: Any, rows: Any, weights: Any, scales: Any, power: float, languages: Any,
    families: Any,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """What is said of every paragraph and of every text (FIELDS columns), and how surely."""
    labels = weights.shape[1]
    room, texts = count_paragraphs(data, offsets), offsets.shape[0] - 1
    parts, sure = np.zeros((room, FIELDS), np.int32), np.zeros(room, np.float32)
    wholes, whole_sure = np.zeros((texts, FIELDS), np.int32), np.zeros(texts, np.float32)
    letters, grams = np.zeros(LONGEST + 2, np.uint16), np.zeros(MOST_GRAMS, np.int64)
    known, memory = np.zeros(REMEMBERED, np.int64), np.empty((REMEMBERED, labels), np.int16)
    sizes, speaks = np.zeros(REMEMBERED, np.int32), np.zeros(REMEMBERED, np.int32)
    sums, whole = np.zeros(labels, np.int64), np.zeros(labels, np.int64)
    chances, shares = np.zeros(languages.max() + 1), np.zeros(languages.max() + 1)
    state, number, scale = np.zeros(STATE_SIZE, np.int64), 0, (scales, power, languages)
    for text in range(texts):
        end, first_part = offsets[text + 1], number
        state[:] = 0
        state[POSITION], state[FIRST] = offsets[text], -1
        begin, begin_point, byte_end = offsets[text], 0, offsets[text]
        whole[:] = 0
        wholes[text, ROW] = text
        kind, before, main, run, mixed = WORD, -1, -1, 0, False
        while kind != END:
            kind = next_word(data, state, end, fold, compose, letters)
            if kind == WORD:
                place = state[HASH] & (REMEMBERED - 1)
                vector = memory[place]
                if known[place] != state[HASH]:
                    known[place] = state[HASH]
                    sizes[place] = sum_word(letters, state[LENGTH], keys, rows, weights, grams, vector)
                    speaks[place] = _vote(vector, sizes[place], scales, power, languages, families, chances, shares)
                for label in range(labels):
                    sums[label] += vector[label]
                parts[number, GRAMS] += sizes[place]
                parts[number, LETTERS] += state[LENGTH]
                voice = speaks[place]
                if voice >= 0:
                    run = run + 1 if voice == before else 1
                    before = voice
                    if run >= _RUN:
                        mixed = mixed or (main >= 0 and main != voice)
                        main = voice
                byte_end = state[POSITION]
            elif state[FIRST] >= 0:
                parts[number, BYTE], parts[number, BYTE_END] = begin - offsets[text], byte_end - offsets[text]
                parts[number, BYTE_POINT], parts[number, MIXED] = begin_point, mixed
                _close(parts, sure, number, text, state, sums, wholes, whole, scale, chances)
                before, main, run, mixed = -1, -1, 0, False
                begin, begin_point = state[POSITION], state[POINT]
                number += 1
        if number == first_part + 1:
            wholes[text], whole_sure[text] = parts[first_part], sure[first_part]
        elif number > first_part:
            _answer(wholes, whole_sure, text, whole, scales, power, languages, chances)
    return parts[:number], sure[:number], wholes, whole_sure
