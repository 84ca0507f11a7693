"""Where a text may hold personal data: the first look of the scorer `personal_data`, over the bytes of Arrow strings.

    number = find_candidates(data, start, end, keys, flags, out)        byte places into `out`; -1 where it is too short

A place is: a token with seven digits or more; an @; two names of the lists side by side, capitalised; a word that announces
something (`TRIGGER`) with a digit or a listed name within sixty bytes after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

NAME, TRIGGER, PARTICLE = 1, 2, 4
_REACH = 60
_DIGITS = 7
_SEED = np.uint64(14695981039346656037)  # FNV-1a, 64 bits
_PRIME = np.uint64(1099511628211)
_FOLDED = "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo*ouuuuypy"  # U+00C0 to U+00FF
_LATIN = np.frombuffer(_FOLDED.encode(), np.uint8)
_ASCII = np.zeros(256, np.uint8)
for _code in range(26):
    _ASCII[65 + _code] = _ASCII[97 + _code] = 97 + _code
_BETWEEN = np.zeros(256, np.bool_)
_BETWEEN[[ord(mark) for mark in " .-/()"]] = True


def hash_word(word: str) -> int:
    """The hash of a folded word of Latin letters."""
    found = int(_SEED)
    for code in word.encode("ascii", "ignore"):
        found = ((found ^ code) * int(_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return found


def lay_out(words: Mapping[str, int]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8]]:
    """Open addressing: hashes and flags of words (2^n,)."""
    size = 1 << (4 * len(words)).bit_length()
    keys, flags = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    for word, flag in words.items():
        place = (code := hash_word(word)) & (size - 1)
        while keys[place] not in (0, code):
            place = (place + 1) & (size - 1)
        keys[place] = code
        flags[place] |= flag
    return keys, flags


@njit(cache=True, nogil=True, inline="always")
def _look_up(digest: Any, keys: Any, flags: Any) -> int:
    place = np.int64(digest & np.uint64(keys.size - 1))
    while keys[place] != 0:
        if keys[place] == digest:
            return np.int64(flags[place])  # type: ignore[no-any-return,return-value]
        place = (place + 1) & (keys.size - 1)
    return 0


@njit(cache=True, nogil=True)
def find_candidates(data: Any, start: int, end: int, keys: Any, flags: Any, out: Any) -> int:
    """Fill `out` with places in order; their number, or -1."""
    number, at = 0, start
    trigger, name, digits, last_digit = -1000, -1000, 0, -1000
    while at < end:
        byte = data[at]
        hit = -1
        if _ASCII[byte] != 0 or (byte == 0xC3 and at + 1 < end):
            begin, digest = at, _SEED
            while at < end:
                if _ASCII[data[at]] != 0:
                    digest = (digest ^ np.uint64(_ASCII[data[at]])) * _PRIME
                    at += 1
                elif data[at] == 0xC3 and at + 1 < end:
                    digest = (digest ^ np.uint64(_LATIN[data[at + 1] & 0x3F])) * _PRIME
                    at += 2
                else:
                    break
            flag = _look_up(digest, keys, flags)
            capital = data[begin] < 97 or (data[begin] == 0xC3 and data[begin + 1] < 0xA0)
            if flag & NAME:
                if (capital and begin - name <= 2) or begin - trigger <= _REACH:
                    hit = begin
                if capital:
                    name = at
            elif flag & PARTICLE and begin - name <= 2:
                name = at
            if flag & TRIGGER:
                trigger = at
        elif 48 <= byte <= 57:
            digits = digits + 1 if at - last_digit <= 2 else 1
            last_digit = at
            if digits == _DIGITS or at - trigger <= _REACH:
                hit = at
            at += 1
        else:
            if byte == 64:
                hit = at
            elif not _BETWEEN[byte]:
                digits = 0
            at += 1
        if hit >= 0:
            if number == out.size:
                return -1
            out[number] = hit
            number += 1
    return number
