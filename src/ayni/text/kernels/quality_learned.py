"""Features of the learned quality scorer: hashed letter n-grams of words, and the shapes of three words in a row.

    letter_grams(data, start, end, lower, buckets) -> how many; shape_sum(...) -> (sum of weights, trigrams)

Every n-gram is one bucket of a table of small integers; a text's score is a sum of them, so that it is exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.quality_bytes import decode_one, hash_bytes
from ayni.text.kernels.quality_chunks import NEW_LINE, NEW_PARAGRAPH, PLAIN
from ayni.text.kernels.quality_facts import LINE_BEGINS, PARAGRAPH_BEGINS, SHAPE, SHAPES, WIDTH, describe_word
from ayni.text.kernels.quality_words import FROM, PLACES, TO, split_chunk

BUCKETS = 1 << 18
ORDER = 3  # letters of an n-gram; a word is read with its two edges
LONGEST_WORD = 32  # letters of a word that are read
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_TOP = np.uint64(64 - 18)


@njit(cache=True, nogil=True)
def letter_grams(data: Any, start: Any, end: Any, lower: Any, buckets: Any) -> Any:
    """Fill `buckets` with those of a word's letter n-grams; digits are all one sign. How many there are."""
    first, second, count, at = np.uint64(0), np.uint64(1), 0, start  # 0 and 1: nothing, an edge
    while at <= end and count < LONGEST_WORD:
        third = np.uint64(1)
        size = 1
        if at < end:
            code, size = decode_one(data, at)
            third = np.uint64(lower[code] if code < lower.size else code)
            third = np.uint64(48) if 48 <= third <= 57 else third
        if at > start or start + size == end:
            key = (((first << np.uint64(21)) | second) << np.uint64(21)) | third
            buckets[count] = np.int64((key * _PRIME) >> _TOP)
            count += 1
        first, second = second, third
        at += size
    return count


@njit(cache=True, nogil=True)
def sum_letters(data: Any, start: Any, end: Any, lower: Any, weights: Any, buckets: Any) -> Any:
    """The weights of a word's letter n-grams, and how many there are."""
    count, total = letter_grams(data, start, end, lower, buckets), 0
    for gram in range(count):
        total += weights[buckets[gram]]
    return total, count


@njit(cache=True, nogil=True)
def sum_shapes(chunks: Any, count: Any, firsts: Any, ids: Any, shapes: Any, weights: Any) -> Any:
    """The weights of the shapes of three words in a row, line and paragraph beginnings among them; and how many there are."""
    before = total = number = 0
    for chunk in range(count):
        notes = chunks[chunk, 2]
        if notes & (NEW_LINE | NEW_PARAGRAPH):
            before = (before * SHAPES + (PARAGRAPH_BEGINS if notes & NEW_PARAGRAPH else LINE_BEGINS)) & (SHAPES * SHAPES - 1)
        for word in range(firsts[chunk], firsts[chunk + 1]):
            whole = before * SHAPES + shapes[ids[word], 1]
            total += weights[whole]
            number += 1
            before = whole & (SHAPES * SHAPES - 1)
    return total, number


@njit(cache=True, nogil=True)
def collect(
    data: Any, chunks: Any, count: Any, language: Any, classes: Any, signs: Any, keys: Any, pieces: Any, stops: Any, ranks: Any, lower: Any,
    scratch: Any, letters: Any, shapes: Any,
) -> Any:  # fmt: skip
    """Every bucket of a text into `letters` and `shapes`, for training; how many of each there are."""
    facts, buckets = np.zeros((1, WIDTH), np.int32), np.zeros(LONGEST_WORD + 2, np.int64)
    before = lettered = shaped = 0
    for chunk in range(count):
        notes = chunks[chunk, 2]
        if notes & (NEW_LINE | NEW_PARAGRAPH):
            before = (before * SHAPES + (PARAGRAPH_BEGINS if notes & NEW_PARAGRAPH else LINE_BEGINS)) & (SHAPES * SHAPES - 1)
        start, end = np.int64(chunks[chunk, 0]), np.int64(chunks[chunk, 1])
        several = 1
        if not notes & PLAIN:
            several = split_chunk(data, start, end, False, classes, keys, pieces, scratch)
        for word in range(several):
            first, last = start, end
            if not notes & PLAIN:
                first, last = scratch[PLACES, scratch[FROM, word]], scratch[PLACES, scratch[TO, word]]
            describe_word(data, first, last, hash_bytes(data, first, last), language, classes, signs, stops, ranks, facts, 0)
            found = letter_grams(data, first, last, lower, buckets)
            letters[lettered : lettered + found] = buckets[:found]
            lettered += found
            shapes[shaped] = before * SHAPES + facts[0, SHAPE]
            before = shapes[shaped] & (SHAPES * SHAPES - 1)
            shaped += 1
    return lettered, shaped
