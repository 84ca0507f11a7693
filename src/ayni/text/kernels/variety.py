"""Kernel of the scorer `variety`: from UTF-8 bytes to hashed features of language, and from those to sums of weights.

    count, words, end = hash_features(data, begin, end, names, out)      out[:count]: the features of one window, uint32
    score_windows(data, offsets, names, keys, rows, weights, plain, sums, facts)

A feature is a word, two neighbouring words, the last four letters of a word, or a word with the last two letters of the
next. Whatever is a name, a number or furniture gives none and parts its neighbours: a word with a capital letter or a
digit in it, and a word whose hash is in `names` (countries, their people, their capitals, their money in lower case). So
a text with "Colombia" for "México" has the same features.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

WINDOW = 1500  # words, masked ones too, so that a longer name moves no window; a piece of training (6,000 characters) fits in


@numba.njit(cache=True, nogil=True, inline="always")
def _mix(state: Any, value: Any) -> Any:
    """One step of FNV-1a over code points, 64 bits."""
    return (state ^ np.uint64(value)) * np.uint64(1099511628211)


@numba.njit(cache=True, nogil=True, inline="always")
def _key(state: Any) -> Any:
    """32 bits of a 64-bit state; 0 is kept for an empty slot."""
    state = (state ^ (state >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    key = np.uint32(state >> np.uint64(32))
    return key if key != 0 else np.uint32(1)


@numba.njit(cache=True, nogil=True, inline="always")
def _find(keys: Any, key: Any) -> int:
    """Slot of a key in a table of open addresses (a power of two), or -1."""
    last = keys.size - 1
    slot = np.int64(key) & last
    while keys[slot] != 0:
        if keys[slot] == key:
            return slot
        slot = (slot + 1) & last
    return -1


@numba.njit(cache=True, nogil=True)
def hash_features(data: Any, begin: int, end: int, names: Any, out: Any) -> tuple[int, int, int]:
    """Features of data[begin:end] into `out`, as far as it holds four a word; how many words give any; where the next begins."""
    seed: Any = np.uint64(14695981039346656037)
    count, words, left = 0, 0, out.size // 4
    word: Any = seed
    before: Any = np.uint64(0)  # before: the word to the left, 0 where there is none
    a, b, c, d = np.uint32(0), np.uint32(0), np.uint32(0), np.uint32(0)  # the last four letters, d the latest
    length, at = 0, begin
    masked: Any = False
    while at <= end:
        point, step = np.uint32(32), 1
        if at < end:
            point = np.uint32(data[at])
            if point >= 0xC0 and at + 1 < end:
                if point < 0xE0:
                    point, step = np.uint32(((point & 31) << 6) | (data[at + 1] & 63)), 2
                else:
                    point, step = np.uint32(0x2000), 3 if point < 0xF0 else 4  # dashes, quotes, signs: no letters of es and pt
            elif point >= 0x80:
                point = np.uint32(0x2000)
        at += step
        upper = 65 <= point <= 90 or (0xC0 <= point <= 0xDE and point != 0xD7)
        if upper:
            point += np.uint32(32)
        if 97 <= point <= 122 or (0xDF <= point <= 0x24F and point != 0xF7):
            word = _mix(word, point)
            a, b, c, d = b, c, d, point
            length += 1
            masked = masked or upper
            continue
        if 48 <= point <= 57:
            length += 1
            masked = True
            continue
        if length:
            if masked or length > 30 or _find(names, _key(word)) >= 0:
                before = np.uint64(0)
            else:
                words += 1
                out[count] = _key(word)
                count += 1
                if length > 5:
                    out[count] = _key(_mix(_mix(_mix(_mix(seed + np.uint64(1), a), b), c), d))
                    count += 1
                if before:
                    out[count] = _key(_mix(word, 32) ^ (before * np.uint64(0x9E3779B97F4A7C15)))
                    out[count + 1] = _key(_mix(_mix(before + np.uint64(2), c), d))
                    count += 2
                before = word
            word, length, masked, left = seed, 0, False, left - 1
            if left == 0:
                return count, words, min(at, end)
        if point != 32 and point != 10:
            before = np.uint64(0)
    return count, words, end


@numba.njit(cache=True, nogil=True)
def score_windows(data: Any, offsets: Any, names: Any, keys: Any, rows: Any, weights: Any, plain: int, sums: Any, facts: Any) -> None:
    """Sums of weights (documents, columns) float64 over windows, and their facts (documents, 2) int64: windows, words.

    keys, rows: a table of open addresses from a feature to its row of weights (features, columns) int8. The first `plain` columns
    are divided by the root of a window's known features, the others (markers) are added as they are.
    """
    out = np.empty(4 * WINDOW, np.uint32)
    seen = np.full(weights.shape[0], -1, np.int64)
    columns = weights.shape[1]
    local = np.zeros(columns, np.int64)
    window = 0
    for document in range(offsets.size - 1):
        at, end = offsets[document], offsets[document + 1]
        while at < end:
            count, words, at = hash_features(data, at, end, names, out)
            local[:] = 0
            known = 0
            for place in range(count):
                slot = _find(keys, out[place])
                if slot >= 0 and seen[rows[slot]] != window:
                    row = rows[slot]
                    seen[row] = window
                    known += 1
                    for column in range(columns):
                        local[column] += weights[row, column]
            root = np.sqrt(known + 1.0)
            for column in range(columns):
                sums[document, column] += local[column] / root if column < plain else local[column]
            facts[document, 0] += 1
            facts[document, 1] += words
            window += 1


def build_table(features: Any) -> tuple[Any, Any]:
    """Keys and rows of an open-address table, at most half full, for distinct features uint32 (n,)."""
    size = 1 << max(4, int(np.ceil(np.log2(2 * max(1, len(features))))))
    keys, rows = np.zeros(size, np.uint32), np.zeros(size, np.int32)
    for row, key in enumerate(features.tolist()):
        slot = key & (size - 1)
        while keys[slot]:
            slot = (slot + 1) & (size - 1)
        keys[slot], rows[slot] = key, row
    return keys, rows


def hash_word(word: str) -> int:
    """The feature of a lower-case word alone."""
    out, none = np.empty(8, np.uint32), np.zeros(2, np.uint32)
    hash_features(np.frombuffer(word.encode(), np.uint8), 0, len(word.encode()), none, out)
    return int(out[0])
