"""Where a text may hold personal data: the first look of the scorer `personal_data`, over the bytes of Arrow strings.

    number = find_candidates(data, start, end, keys, flags, out)        2 * byte place + (1: not a name alone) into `out`; -1: too short

A place is: a token with seven digits or more, or six right after a letter, that is no date; an @; two names of the
lists side by side, capitalised; a word of streets,
births or plates (`TRIGGER`) with a digit within sixty bytes after it; a word of documents (`NUMBERED`) with five digits; a word of people
(`PERSON`) with a capitalised listed name; a word of speech (`SPEAK`) with a listed name in any letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

NAME, TRIGGER, PARTICLE, NUMBERED, PERSON, SPEAK = 1, 2, 4, 8, 16, 32
_REACH, _NEAR = 60, 36
_DIGITS, _FEW = 7, 5
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


@njit(cache=True, nogil=True, inline="always")
def _skip_date(data: Any, at: int, end: int) -> int:
    """Where a date of the form d-m-yyyy (marks - / . and nothing else) that begins here ends; `at` where none does."""
    place = at
    for _ in range(2):
        size = 0
        while place < end and 48 <= data[place] <= 57 and size < 3:
            place += 1
            size += 1
        if size < 1 or size > 2 or place >= end or (data[place] != 45 and data[place] != 47 and data[place] != 46):
            return at
        place += 1
    if place + 4 > end or not ((data[place] == 49 and data[place + 1] == 57) or (data[place] == 50 and data[place + 1] == 48)):
        return at
    for step in range(2, 4):
        if not 48 <= data[place + step] <= 57:
            return at
    place += 4
    if place < end and (48 <= data[place] <= 57 or data[place] == 45 or data[place] == 47):
        return at
    return place


@njit(cache=True, nogil=True)
def find_candidates(data: Any, start: int, end: int, keys: Any, flags: Any, out: Any) -> int:
    """Fill `out` with places in order; their number, or -1."""
    number, at = 0, start
    trigger, name, digits, last_digit = -1000, -1000, 0, -1000
    numbered, person, speak = -1000, -1000, -1000
    while at < end:
        byte = data[at]
        hit, more = -1, 1
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
                if (capital and (begin - name <= 2 or begin - person <= _NEAR)) or begin - speak <= _NEAR:
                    hit, more = begin, 0
                if capital:
                    name = at
            elif flag & PARTICLE and begin - name <= 2:
                name = at
            if flag & TRIGGER:
                trigger = at
            if flag & NUMBERED:
                numbered = at
            if flag & PERSON:
                person = at
            if flag & SPEAK:
                speak = at
        elif 48 <= byte <= 57:
            if at - last_digit > 2:
                digits = 0
            date = _skip_date(data, at, end) if digits == 0 else at
            if date > at:
                if at - trigger <= _REACH:
                    hit = at
                at = date
            else:
                digits += 1
                last_digit = at
                lettered = digits == _DIGITS - 1 and at - _DIGITS >= start and _ASCII[data[at - _DIGITS + 1]] != 0
                if digits == _DIGITS or lettered or (digits == _FEW and at - numbered <= _REACH) or at - trigger <= _REACH:
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
            out[number] = 2 * hit + more
            number += 1
    return number
