"""Words of UTF-8 text for the compiled loops: letters folded by table, paragraphs, and hashed character n-grams.

    fold, compose = fold_tables()
    next_word(data, state, end, fold, compose, letters)      WORD: letters[1 : state[LENGTH] + 1] holds it, between two pads

A word is a run of letters, marks and apostrophes. Case is folded; the many apostrophes with which a glottal stop is written
become one letter, `+` is a letter too (Wixárika writes ɨ with it), a letter and a combining accent are the composed letter.
Digits, web addresses, words with an @ and runs of more than 40 letters are no words. A paragraph is a run of lines without a
blank one between.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

END, WORD, BREAK = 0, 1, 2
POSITION, POINT, FIRST, LAST, LENGTH, HASH, WORD_POINT, WORD_END = range(8)  # places in a scan's state
STATE_SIZE = 8

LONGEST = 40  # letters of a word; a longer one (base64, glued lines) is none
ORDERS = 5
MOST_GRAMS = ORDERS * (LONGEST + 2) + 1
PAD = 1
_FOREIGN = 2  # stands for every letter beyond the table
_TABLE = 0xAC00
_APOSTROPHES = "'’‘ʼʻˈꞌꞋ´`ʹ′＇"
_PRIME = np.uint64(0x2127599BF4325C37)  # odd, with its bits well spread; any such number does
_SEED = np.uint64(0x51ED270B35A1F3)  # unsigned: LLVM takes it that signed numbers never overflow
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(31)
_WEB = ("http", "https", "www", "ftp", "mailto")


def _fold_letter(letter: str) -> int:
    if letter in _APOSTROPHES:
        return ord("'")
    if letter == "+" or letter in "ªº":
        return ord(letter) if letter == "+" else 0
    if unicodedata.category(letter)[0] not in "LM":
        return 0
    lower = letter.lower()
    return ord(lower) if len(lower) == 1 and ord(lower) < _TABLE else ord(letter)


@cache
def fold_tables() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Code point -> folded letter, 0 where it is none; and (combining mark - 0x300, letter) -> composed letter, 0 where none."""
    fold = np.zeros(_TABLE, dtype=np.uint16)
    for start, end in ((0x27, 0x1400), (0x1AB0, 0x2190), (0x2C60, 0x2E00), (0xA640, 0xABC0)):  # scripts with cases, and marks
        fold[start:end] = [_fold_letter(chr(code)) for code in range(start, end)]
    for start, end in ((0x1400, 0x1AB0), (0x3040, 0xA640)):  # syllabaries and ideographs: letters, whatever they are
        fold[start:end] = np.arange(start, end)
    compose = np.zeros((0x70, 0x250), dtype=np.uint16)
    for code in range(0xC0, 0x250):
        lower = chr(code).lower()
        parts = unicodedata.normalize("NFD", lower)
        base = unicodedata.normalize("NFC", parts[:-1])
        if len(lower) == len(base) == 1 < len(parts) and ord(base) < 0x250 and 0x300 <= ord(parts[-1]) < 0x370:
            compose[ord(parts[-1]) - 0x300, ord(base)] = ord(lower)
    return fold, compose


def _hash_text(word: str) -> int:
    found = int(_SEED)
    for code in (PAD, *map(ord, word)):
        found = ((found ^ code) * int(_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return found


_WEB_HASHES = np.array([_hash_text(word) for word in _WEB], dtype=np.uint64)
_START = np.uint64(_hash_text(""))
_SPACE = np.zeros(0x80, dtype=np.bool_)
_SPACE[[9, 10, 11, 12, 13, 32]] = True


@njit(cache=True, nogil=True, inline="always")
def _read_point(data: Any, position: int, end: int) -> tuple[Any, int]:
    """The code point at a byte, and where the next begins; bytes that are no UTF-8 do not lead beyond the end."""
    lead = np.int64(data[position])
    if lead < 0x80:
        return lead, position + 1
    if lead < 0xE0:
        point, after = lead & 0x1F, position + 2
    elif lead < 0xF0:
        point, after = lead & 0x0F, position + 3
    else:
        point, after = lead & 0x07, position + 4
    after = min(after, end)
    for at in range(position + 1, after):
        point = (point << 6) | (np.int64(data[at]) & 0x3F)
    return point, after


@njit(cache=True, nogil=True)
def _is_web(digest: Any) -> Any:
    return (digest == _WEB_HASHES).any()


@njit(cache=True, nogil=True, inline="always")
def _is_letter_beyond(code: int) -> bool:
    """Whether a code point beyond the table is a letter: no private use, variation selector or pictograph."""
    if code < 0x10000:
        return code < 0xD800 or 0xF900 <= code < 0xFE00 or 0xFE70 <= code < 0xFEFF or 0xFF21 <= code < 0xFFE0
    return code < 0x1F000 or 0x20000 <= code < 0xE0000


@njit(cache=True, nogil=True, inline="always")
def _is_word(length: int, sounds: int, code: int, digest: Any) -> bool:
    """Whether a run of letters before `code` is a word: not too long, not of apostrophes alone, no beginning of an address."""
    if length > LONGEST or sounds == 0 or code == 0x40:
        return False
    return not ((code == 0x3A or code == 0x2E) and _is_web(digest))


@njit(cache=True, nogil=True)
def next_word(data: Any, state: Any, end: int, fold: Any, compose: Any, letters: Any) -> int:
    """Go on to the next word, the end of a paragraph, or the end of the text, and say which."""
    position, point, first, last = state[POSITION], state[POINT], state[FIRST], state[LAST]
    length, sounds, begin, newlines, skipping, kind = 0, 0, point, 0, False, END
    digest = before = _START
    while position < end:
        code, after = _read_point(data, position, end)
        letter = np.int64(fold[code]) if code < _TABLE else _FOREIGN * _is_letter_beyond(code)
        if letter != 0 and not skipping:
            if length == 0:
                begin = point
            if 0x300 <= letter < 0x370 and 0 < length <= LONGEST and letters[length] < 0x250:
                joined = np.int64(compose[letter - 0x300, letters[length]])
                if joined != 0:
                    digest, letter, length, sounds = before, joined, length - 1, sounds - 1
            length += 1
            sounds += letter != 0x27 and letter != 0x2B
            if length <= LONGEST:
                letters[length] = letter
                before = digest
                digest = (digest ^ np.uint64(letter)) * _PRIME
        elif letter == 0 and length > 0:
            if _is_word(length, sounds, code, digest):
                kind = WORD
                break
            skipping = code == 0x40 or code == 0x3A or code == 0x2E
            length, sounds, digest = 0, 0, _START
        space = _SPACE[code] if code < 0x80 else (code == 0xA0 or code == 0x2028 or code == 0x2029)
        if space:
            skipping = False
            if code == 10:
                newlines += 1
                if newlines == 2 and first >= 0:
                    position, point, kind = after, point + 1, BREAK
                    break
        else:
            newlines = 0
            if code == 0x40:
                skipping = True
            if first < 0:
                first = point
            last = point + 1
        position, point = after, point + 1
    if kind == END and length > 0 and _is_word(length, sounds, 0, digest):
        kind = WORD
    letters[0] = PAD
    letters[min(length, LONGEST) + 1] = PAD
    state[POSITION], state[POINT], state[FIRST], state[LAST] = position, point, first, last
    state[LENGTH], state[HASH], state[WORD_POINT], state[WORD_END] = length, np.int64(digest), begin, point
    return kind


@njit(cache=True, nogil=True)
def hash_grams(letters: Any, length: int, grams: Any) -> int:
    """Hashes (32 bits, never 0) of the n-grams of 1 to 5 letters of a padded word, and of the whole word; returns their number."""
    number = 0
    total = length + 2
    for start in range(total):
        digest = _SEED
        stop = min(start + ORDERS, total)
        for place in range(start, stop):
            digest = (digest ^ np.uint64(letters[place])) * _PRIME
            if place > start or (0 < start < total - 1):
                grams[number] = max(np.int64((digest >> _SHIFT) & _LOW), 1)
                number += 1
        if start == 0 and total > ORDERS:
            for place in range(stop, total):
                digest = (digest ^ np.uint64(letters[place])) * _PRIME
            grams[number] = max(np.int64((digest >> _SHIFT) & _LOW), 1)
            number += 1
    return number
