"""Words of a chunk between white space, as spaCy's blank English tokenizer cuts them, over UTF-8 bytes.

    split_chunk(data, start, end, english, classes, keys, pieces, scratch) -> number of words; where they are stands in scratch

Marks go off in front and behind, then the rest is cut at infixes; listed chunks (specials) and addresses stay as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.quality_bytes import decode_one, hash_bytes
from ayni.text.kernels.quality_tables import (
    ALPHA,
    CURRENCY,
    DIGIT,
    ICON,
    LIMIT,
    LOWER,
    PREFIX,
    QUOTE,
    SUFFIX,
    UPPER,
    WORD,
)

LONGEST = 4096  # code points; a longer chunk without white space is cut there
ENGLISH_ONLY = 1 << 24
LONGEST_SPECIAL, LONGEST_FACE = 24, 7  # bytes: of any listed chunk, and of one that is listed for every language


CODES, FLAGS, PLACES, FROM, TO, TAIL = range(6)  # rows of the room for one chunk


def make_scratch() -> Any:
    """Room for the longest chunk: code points, their flags, the byte where each begins, words (from, to), marks behind."""
    return np.zeros((6, LONGEST + 8), np.int64)


@njit(cache=True, nogil=True)
def find_special(data: Any, start: Any, end: Any, english: bool, keys: Any, pieces: Any) -> Any:
    """The sizes of the pieces of a listed chunk (a byte each), or 0."""
    if end - start > (LONGEST_SPECIAL if english else LONGEST_FACE):
        return 0
    key = hash_bytes(data, start, end)
    mask = keys.size - 1
    slot = np.int64(key & np.uint64(mask))
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return pieces[slot] & 0xFFFFFF if english or pieces[slot] < ENGLISH_ONLY else 0
        slot = (slot + 1) & mask
    return 0


@njit(cache=True, nogil=True)
def _prefix(scratch: Any, low: Any, high: Any) -> Any:
    code = scratch[CODES, low]
    if scratch[FLAGS, low] & PREFIX:
        return 1
    if code == 43:  # + before anything but a digit
        return 0 if low + 1 < high and scratch[FLAGS, low + 1] & DIGIT else 1
    if code == 46 and low + 1 < high and scratch[CODES, low + 1] == 46:
        at = low
        while at < high and scratch[CODES, at] == 46:
            at += 1
        return at - low
    if low + 1 < high and scratch[CODES, low + 1] == 36 and (code == 65 or code == 67):  # A$ C$
        return 2
    if low + 2 < high and scratch[CODES, low + 2] == 36 and code == 85 and scratch[CODES, low + 1] == 83:  # US$
        return 3
    return 0


@njit(cache=True, nogil=True)
def _is_unit(scratch: Any, low: Any, size: Any) -> bool:
    """km, m², kg, %, KB, ...: units that are cut off a number."""
    first = scratch[CODES, low]
    if size == 1:
        return first == 109 or first == 103 or first == 116 or first == 84 or first == 71 or first == 77 or first == 75 or first == 37
    second = scratch[CODES, low + 1]
    if size == 2:
        if second == 109:  # km dm cm mm µm nm
            return first == 107 or first == 100 or first == 99 or first == 109 or first == 181 or first == 110
        if second == 103:  # kg mg µg
            return first == 107 or first == 109 or first == 181
        if second == 98 or second == 66:  # mb MB kb KB gb GB tb TB
            upper = first - (32 if second == 98 else 0)
            return upper == 77 or upper == 75 or upper == 71 or upper == 84 or (second == 98 and first == 108)
        if second == 178 or second == 179:
            return first == 109
        pair = first * 256 + second  # ha yd in ft oz Pa
        return pair == 26721 or pair == 31076 or pair == 26990 or pair == 26228 or pair == 28538 or pair == 20577
    third = scratch[CODES, low + 2]
    if size == 3:
        if third == 178 or third == 179:
            return second == 109 and (first == 107 or first == 100 or first == 99 or first == 109)
        triple = (first * 256 + second) * 256 + third  # m/s kmh mph hPa
        return triple == 7155571 or triple == 7040360 or triple == 7172200 or triple == 6836321
    four = ((first * 256 + second) * 256 + third) * 256 + scratch[CODES, low + 3]
    return size == 4 and (four == 1835164018 or four == 1802317672)  # mbar km/h


@njit(cache=True, nogil=True)
def _suffix(scratch: Any, low: Any, high: Any) -> Any:
    last = scratch[CODES, high - 1]
    for size in range(min(4, high - low - 1), 0, -1):
        if scratch[FLAGS, high - 1 - size] & DIGIT and _is_unit(scratch, high - size, size):
            return size
    if high - low >= 2:
        before, flag = scratch[CODES, high - 2], scratch[FLAGS, high - 2]
        if (last == 115 or last == 83) and (before == 39 or before == 0x2019):
            return 2
        if last == 46:
            if before == 46:
                at = high
                while at > low and scratch[CODES, at - 1] == 46:
                    at -= 1
                return high - at
            if flag & (DIGIT | QUOTE | SUFFIX | LOWER) and not flag & ICON and before != 0x2014 and before != 0x2013:
                return 1
            if before == 37 or before == 178 or before == 45 or before == 43 or before == 124:  # % ² - + |
                return 1
            return 1 if high - low >= 3 and flag & UPPER and scratch[FLAGS, high - 3] & UPPER else 0
        if last == 0x2026 and before == 0x2026:
            return 2
        if flag & DIGIT and (scratch[FLAGS, high - 1] & CURRENCY or last == 43):
            return 1
    return 1 if scratch[FLAGS, high - 1] & SUFFIX else 0


@njit(cache=True, nogil=True)
def _infix(scratch: Any, low: Any, high: Any, at: Any) -> Any:
    """Code points of the infix that begins at a place, or 0."""
    code = scratch[CODES, at]
    if code == 0x2026 or scratch[FLAGS, at] & ICON:
        return 1
    if code == 46 and at + 1 < high and scratch[CODES, at + 1] == 46:
        end = at
        while end < high and scratch[CODES, end] == 46:
            end += 1
        return end - at
    if at == low or at + 1 >= high:
        return 0
    before, after = scratch[FLAGS, at - 1], scratch[FLAGS, at + 1]
    if before & DIGIT and (code == 43 or code == 45 or code == 42 or code == 94) and (after & DIGIT or scratch[CODES, at + 1] == 45):
        return 1
    if code == 46:
        return 1 if before & (LOWER | QUOTE) and after & (UPPER | QUOTE) else 0
    if code == 44:
        return 1 if before & WORD and after & WORD else 0
    if not before & (WORD | DIGIT):
        return 0
    if code == 58 or code == 60 or code == 62 or code == 61 or code == 47:  # : < > = /
        return 1 if after & WORD else 0
    if code == 45 or code == 0x2013 or code == 0x2014 or code == 126:
        end = at + 1
        limit = 3 if code == 45 else 2 if code == 0x2014 else 1
        while end < high and scratch[CODES, end] == code and end - at < limit:
            end += 1
        return end - at if end < high and scratch[FLAGS, end] & WORD else 0
    return 0


@njit(cache=True, nogil=True)
def _is_host(scratch: Any, low: Any, high: Any) -> bool:
    """name.name.tld from `low`, then nothing, a port or a path."""
    at = label = low
    points = 0
    while at < high:
        code = scratch[CODES, at]
        if code == 46:
            if at == label or scratch[CODES, at - 1] == 45 or scratch[CODES, at - 1] == 95:
                return False
            points += 1
            label = at + 1
        elif code == 45 or code == 95:
            if at == label:
                return False
        elif not (scratch[FLAGS, at] & DIGIT or code >= 0xA1 or (code < 128 and scratch[FLAGS, at] & ALPHA)):
            break
        at += 1
    if points == 0 or at - label < 2 or at - label > 63:
        return False
    for place in range(label, at):
        if not scratch[FLAGS, place] & LOWER:
            return False
    if at < high and scratch[CODES, at] == 58:
        at += 1
        digits = at
        while at < high and scratch[FLAGS, at] & DIGIT:
            at += 1
        if at - digits < 2 or at - digits > 5:
            return False
    return at == high or scratch[CODES, at] == 47 or scratch[CODES, at] == 63 or scratch[CODES, at] == 35


@njit(cache=True, nogil=True)
def _is_address(scratch: Any, low: Any, high: Any) -> bool:
    """A URL or mail address: it is one word."""
    points = 0
    for at in range(low, high):
        points += scratch[CODES, at] == 46
    if points == 0 or high - low < 4:
        return False
    start = low
    for at in range(low, high - 2):
        if scratch[CODES, at] == 58 and scratch[CODES, at + 1] == 47 and scratch[CODES, at + 2] == 47:
            if at - low >= 2:
                start = at + 3
            break
        if not (
            scratch[FLAGS, at] & (ALPHA | DIGIT)
            or scratch[CODES, at] == 43
            or scratch[CODES, at] == 45
            or scratch[CODES, at] == 46
            or scratch[CODES, at] == 95
        ):
            break
    if _is_host(scratch, start, high):
        return True
    at = start + 1
    while at < high - 1 and not (scratch[CODES, at] == 64 and _is_host(scratch, at + 1, high)):
        at += 1
    return at < high - 1


@njit(cache=True, nogil=True)
def _take_marks(data: Any, low: Any, high: Any, english: bool, keys: Any, pieces: Any, scratch: Any) -> Any:
    """Take marks off in front (they are words) and behind (their sizes); (low, high, words, marks behind)."""
    words = marks = 0
    size = -1
    while low < high and high - low != size:
        size = high - low
        if find_special(data, scratch[PLACES, low], scratch[PLACES, high], english, keys, pieces):
            break
        front = _prefix(scratch, low, high)
        if front:
            scratch[FROM, words], scratch[TO, words] = low, low + front
            if low + front < high and find_special(data, scratch[PLACES, low + front], scratch[PLACES, high], english, keys, pieces):
                return low + front, high, words + 1, marks
        behind = _suffix(scratch, low + front, high) if low + front < high else 0
        if behind:
            scratch[TAIL, marks] = behind
            if high - behind > low and find_special(data, scratch[PLACES, low], scratch[PLACES, high - behind], english, keys, pieces):
                return low, high - behind, words, marks + 1
        words += 1 if front else 0
        low += front
        marks += 1 if behind else 0
        high -= behind
    return low, high, words, marks


@njit(cache=True, nogil=True)
def _cut_core(data: Any, low: Any, high: Any, words: Any, english: bool, keys: Any, pieces: Any, scratch: Any) -> Any:
    """Cut what is left between the marks: a listed chunk, an address, or pieces between infixes."""
    listed = find_special(data, scratch[PLACES, low], scratch[PLACES, high], english, keys, pieces)
    start = at = low
    while listed:
        end = at
        while scratch[PLACES, end] - scratch[PLACES, at] < (listed & 0xFF):
            end += 1
        scratch[FROM, words], scratch[TO, words] = at, end
        words += 1
        start = at = end
        listed >>= 8
    if start < high and not _is_address(scratch, low, high):
        while at < high:
            size = _infix(scratch, low, high, at)
            if size and at > low:
                if at > start:
                    scratch[FROM, words], scratch[TO, words] = start, at
                    words += 1
                scratch[FROM, words], scratch[TO, words] = at, at + size
                words += 1
                start = at + size
            at += size if size else 1
    if start < high:
        scratch[FROM, words], scratch[TO, words] = start, high
        words += 1
    return words


@njit(cache=True, nogil=True)
def _join(data: Any, words: Any, english: bool, keys: Any, pieces: Any, scratch: Any) -> Any:
    """Join neighbouring words that together are listed whole: `:` and `)` are one face."""
    kept = at = 0
    while at < words:
        taken = 1
        begin = scratch[PLACES, scratch[FROM, at]]
        if not scratch[FLAGS, scratch[FROM, at]] & ALPHA or scratch[TO, at] - scratch[FROM, at] == 1:
            for several in range(min(5, words - at), 1, -1):
                listed = find_special(data, begin, scratch[PLACES, scratch[TO, at + several - 1]], english, keys, pieces)
                if listed and listed < 0x100:
                    taken = several
                    break
        scratch[FROM, kept], scratch[TO, kept] = scratch[FROM, at], scratch[TO, at + taken - 1]
        kept += 1
        at += taken
    return kept


@njit(cache=True, nogil=True)
def split_chunk(data: Any, start: Any, end: Any, english: bool, classes: Any, keys: Any, pieces: Any, scratch: Any) -> Any:
    """Words of one chunk of at most LONGEST bytes and a character; word w is code points scratch[FROM, w] to scratch[TO, w]."""
    high = 0
    at = start
    while at < end:
        code, size = decode_one(data, at)
        scratch[CODES, high], scratch[PLACES, high], scratch[FLAGS, high] = code, at, classes[code] if code < LIMIT else 0
        high += 1
        at += size
    scratch[PLACES, high] = end
    low, high, words, marks = _take_marks(data, 0, high, english, keys, pieces, scratch)
    if low < high:
        words = _cut_core(data, low, high, words, english, keys, pieces, scratch)
    while marks:
        marks -= 1
        scratch[FROM, words], scratch[TO, words] = high, high + scratch[TAIL, marks]
        high += scratch[TAIL, marks]
        words += 1
    return _join(data, words, english, keys, pieces, scratch) if words > 1 else words
