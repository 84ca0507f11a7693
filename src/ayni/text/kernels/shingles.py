"""Shingles, five words in a row, as hashes; and the signature of a text's set of them, in one pass over its bytes.

    sizes = sign(data, offsets, plain, *load_forms(), least, room, hashes, donors, signatures, marks)
    size = collect(data, start, end, plain, *load_forms(), room, hashes)            the shingles of one text, in order

The words are those that a fingerprint sees (kernels/fold.py). A signature is one-permutation hashing (Li, Owen and Zhang 2012): the
hashes fall into bins, the least of each bin stands; an empty bin takes the value of another one, which a hash of its own place names
(Shrivastava 2017, "Optimal densification for fast and accurate minwise hashing"), so that equal places of two signatures agree with
the chance of the Jaccard similarity of their sets.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.fold import fold

WORDS = 5  # of a shingle
BINS = 100
ATTEMPTS = 256  # to find a full bin by chance
_ONE, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # FNV-1a, 64 bits
_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the polynomial over words
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)  # the finalizer of SplitMix64
_27, _30, _31, _32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_BINS64, _EMPTY = np.uint64(BINS), np.uint32(0xFFFFFFFF)
_LEAVING = np.uint64(pow(0x9E3779B97F4A7C15, WORDS, 1 << 64))


@njit(cache=True, nogil=True, inline="always")
def mix(value: Any) -> Any:
    """64 bits to 64 bits, every bit of which depends on all."""
    value = (value ^ (value >> _30)) * _FIRST
    value = (value ^ (value >> _27)) * _SECOND
    return value ^ (value >> _31)


@njit(cache=True, nogil=True)
def collect(data: Any, start: int, end: int, plain: bool, places: Any, pool: Any, room: Any, hashes: Any) -> int:
    """Fill `hashes` with the shingles of one text; their number, or -1 where it must be folded the slow way first.

    `plain`: the bytes are folded already. `room`: WIDEST bytes a byte of text; `hashes`: a place for every two bytes of text.
    """
    if plain:
        size = end - start
        room[:size] = data[start:end]
    else:
        size = fold(data, start, end, places, pool, room)
    if size < 0:
        return -1
    ring = np.zeros(WORDS, np.uint64)
    words, found, at = 0, 0, 0
    rolling = np.uint64(0)
    while at < size:
        word = _ONE
        while at < size and room[at] != 32:
            word = (word ^ np.uint64(room[at])) * _PRIME
            at += 1
        at += 1
        word = mix(word)
        place = words % WORDS
        rolling = rolling * _BASE + word - ring[place] * _LEAVING
        ring[place] = word
        words += 1
        if words >= WORDS:
            hashes[found] = mix(rolling)
            found += 1
    return found


@njit(cache=True, nogil=True)
def sign(
    data: Any,
    offsets: Any,
    plain: bool,
    places: Any,
    pool: Any,
    least: int,
    room: Any,
    hashes: Any,
    donors: Any,
    signatures: Any,
    marks: Any,
) -> Any:
    """Signatures (texts, BINS) uint32 and marks, in place; the number of shingles of each text (texts,), -1 as `collect` says.

    A mark is the sum of a text's shingles: texts of the same shingles have the same mark. Texts of fewer than `least` get neither.
    """
    sizes = np.empty(offsets.size - 1, np.int64)
    full = np.empty(BINS, np.bool_)
    for row in range(sizes.size):
        count = collect(data, offsets[row], offsets[row + 1], plain, places, pool, room, hashes)
        sizes[row] = count
        if count < least:
            continue
        bins = signatures[row]
        bins[:] = _EMPTY
        mark = np.uint64(0)
        for at in range(count):
            value = hashes[at]
            mark += value
            place = np.int64(((value >> _32) * _BINS64) >> _32)
            low = np.uint32(value)
            if low < bins[place]:
                bins[place] = low
        marks[row] = mark
        densify(bins, full, donors)
    return sizes


@njit(cache=True, nogil=True)
def densify(bins: Any, full: Any, donors: Any) -> None:
    """Give every empty bin the value of a full one: the first full one of its `donors`, else the next one."""
    for place in range(BINS):
        full[place] = bins[place] != _EMPTY
    for place in range(BINS):
        if full[place]:
            continue
        donor, attempt = place, 0
        while not full[donor]:
            donor = donors[place, attempt] if attempt < ATTEMPTS else (donor + 1) % BINS
            attempt += 1
        bins[place] = bins[donor]


@cache
def list_donors() -> Any:
    """The bins that each bin asks in turn, (BINS, ATTEMPTS): the same ones in every text."""
    donors = np.empty((BINS, ATTEMPTS), np.int64)
    _fill_donors(donors)
    return donors


@njit(cache=True, nogil=True)
def _fill_donors(donors: Any) -> None:
    for place in range(BINS):
        for attempt in range(ATTEMPTS):
            state = mix(np.uint64(place * ATTEMPTS + attempt) + _BASE)
            donors[place, attempt] = np.int64(((state >> _32) * _BINS64) >> _32)


@njit(cache=True, nogil=True)
def band(signatures: Any, rows: Any, bands: int, keys: Any) -> None:
    """One key (rows, bands) for each run of BINS / bands places of the signatures of `rows`."""
    width = BINS // bands
    for at in range(rows.size):
        bins = signatures[rows[at]]
        for number in range(bands):
            key = np.uint64(number + 1)
            for place in range(number * width, (number + 1) * width):
                key = mix(key * _BASE + np.uint64(bins[place]))
            keys[at, number] = key


@njit(cache=True, nogil=True)
def count_common(one: Any, other: Any) -> int:
    """How many values two sorted sets share."""
    left, right, common = 0, 0, 0
    while left < one.size and right < other.size:
        first, second = one[left], other[right]
        common += first == second
        left += first <= second
        right += second <= first
    return common
