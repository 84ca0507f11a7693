"""N-grams of words that two bodies of text share: hashed, sifted, then compared byte by byte.

    count = gather(letters, offsets, words, shortest, power, starts, prefix, keys, begins, ends, rows)     of folded texts
    count = find(data, offsets, ..., out_rows, out_grams, slow)                                            where those stand in others

A window's hash comes from two prefixes of a polynomial over its words' hashes, so a window of any length costs the same. A sieve of
bits turns away nearly every window; what passes is looked up, and its letters are compared, so equal hashes alone are never a hit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.fold import fold
from ayni.text.kernels.shingles import mix

BASE = 0x9E3779B97F4A7C15  # of the polynomial, as in kernels/shingles.py
_BASE = np.uint64(BASE)
_ONE, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # FNV-1a, 64 bits
_BYTE = np.uint64(3)


@njit(cache=True, nogil=True)
def split(plain: Any, start: int, end: int, starts: Any, prefix: Any) -> int:
    """Where each word of folded bytes starts, with the place after the last and its space; and the prefixes. The number of words."""
    words, at = 0, start
    prefix[0] = np.uint64(0)
    while at < end:
        starts[words] = at
        word = _ONE
        while at < end and plain[at] != 32:
            word = (word ^ np.uint64(plain[at])) * _PRIME
            at += 1
        at += 1
        prefix[words + 1] = prefix[words] * _BASE + mix(word)
        words += 1
    starts[words] = end + 1
    return words


@njit(cache=True, nogil=True)
def gather(
    letters: Any,
    offsets: Any,
    words: int,
    shortest: int,
    powers: Any,
    starts: Any,
    prefix: Any,
    keys: Any,
    begins: Any,
    ends: Any,
    rows: Any,
) -> int:
    """Every n-gram of `words` words of each text; of a shorter one the whole, if it has `shortest`. `powers[n]` is BASE to the n."""
    count = 0
    for row in range(offsets.size - 1):
        size = split(letters, offsets[row], offsets[row + 1], starts, prefix)
        length = min(size, words)
        if length < shortest:
            continue
        for last in range(length, size + 1):
            keys[count] = mix(prefix[last] - prefix[last - length] * powers[length])
            begins[count], ends[count], rows[count] = starts[last - length], starts[last] - 1, row
            count += 1
    return count


@njit(cache=True, nogil=True)
def is_same(one: Any, begin: int, end: int, other: Any, start: int, stop: int) -> bool:
    """Whether two stretches hold the same bytes."""
    if end - begin != stop - start:
        return False
    for at in range(end - begin):  # noqa: SIM110 - a loop is what Numba compiles
        if one[begin + at] != other[start + at]:
            return False
    return True


@njit(cache=True, nogil=True)
def unite(keys: Any, begins: Any, ends: Any, letters: Any, firsts: Any, numbers: Any) -> int:
    """Number places, sorted by key, by their letters: `numbers` of each place, `firsts` of each number; how many there are."""
    count, low = 0, 0
    for at in range(keys.size):
        if at and keys[at] != keys[at - 1]:
            low = count
        number = low
        while number < count and not is_same(letters, begins[at], ends[at], letters, begins[firsts[number]], ends[firsts[number]]):
            number += 1
        if number == count:
            firsts[count] = at
            count += 1
        numbers[at] = number
    return count


@njit(cache=True, nogil=True)
def find(
    data: Any,
    offsets: Any,
    plain: bool,
    places: Any,
    pool: Any,
    lengths: Any,
    powers: Any,
    sieve: Any,
    shift: Any,
    keys: Any,
    begins: Any,
    ends: Any,
    letters: Any,
    room: Any,
    starts: Any,
    prefix: Any,
    rows: Any,
    grams: Any,
    slow: Any,
) -> int:
    """Fill `rows` and `grams` with what stands where, repeated ones too; how many, which may be more than there is room for.

    `slow` becomes true of the texts that must be folded the slow way first; `plain`: they are folded already.
    """
    found = 0
    for row in range(offsets.size - 1):
        if plain:
            size = offsets[row + 1] - offsets[row]
            room[:size] = data[offsets[row] : offsets[row + 1]]
        else:
            size = fold(data, offsets[row], offsets[row + 1], places, pool, room)
        slow[row] = size < 0
        words = split(room, 0, max(size, 0), starts, prefix)
        for which in range(lengths.size):
            length, power = lengths[which], powers[which]
            for last in range(length, words + 1):
                key = mix(prefix[last] - prefix[last - length] * power)
                bit = key >> shift
                if not (sieve[bit >> _BYTE] >> (bit & np.uint64(7))) & 1:
                    continue
                gram = np.searchsorted(keys, key)
                while gram < keys.size and keys[gram] == key:
                    if is_same(room, starts[last - length], starts[last] - 1, letters, begins[gram], ends[gram]):
                        if found < rows.size:
                            rows[found], grams[found] = row, gram
                        found += 1
                    gram += 1
    return found
