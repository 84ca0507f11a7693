"""What is known of one word by its letters alone: found once a document for each different word.

describe_word(data, start, end, language, ...) fills one row of facts: CHARACTERS, MARKS, SYLLABLES, SHAPE, ...
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.quality_bytes import decode_one, hash_bytes
from ayni.text.kernels.quality_tables import (
    ACCENTED,
    ALPHA,
    DIGIT,
    LIMIT,
    LOWER,
    NUMBER,
    PUNCTUATION,
    STRONG,
    SYMBOL,
    TERMINAL,
    UPPER,
    VOWEL,
    WORD,
)

CHARACTERS, MARKS, SYLLABLES, SHAPE, STOP_NUMBER, GRAM_SUM, GRAMS = range(7)
WIDTH = 7
# what is known of the words of a chunk: column 0 says where they are, the rest are sums
(
    _,
    WORDS_SUM,
    SIZE_SUM,
    ALPHABETIC_SUM,
    STOP_SUM,
    LETTERED_SUM,
    SYLLABLE_SUM,
    SINGLE_SUM,
    MIXED_SUM,
    VOWELLESS_SUM,
    POINTS,
    GRAM_SUMS,
    GRAM_COUNT,
) = range(13)
HEADS = 16  # two vectors wide
# marks of a word
ALPHABETIC, SOLID, STOP, CORE, VOWELLESS, MIXED, SINGLE, POINT, MARK, LETTERS = (1 << bit for bit in range(10))
# shapes of words, as the learned scorer sees them; 0 to 2 are no words
NOTHING, LINE_BEGINS, PARAGRAPH_BEGINS, STOP_SHAPE, LETTER, CAPITAL, SHORT, MIDDLE, LONG, VERY_LONG = range(10)
TITLE, LONG_TITLE, UPPER_SHORT, UPPER_LONG, ONE_DIGIT, DIGITS, YEAR, MANY_DIGITS, MIX, SIGNS = range(10, 20)
FIRST_SIGN = 20
SIGNS_APART = ".,;:()\"'-–/%$«»¿?¡!…•#*=|_&“”[]"
SHAPES = 64
CORE_WORD = 1 << 20


def sign_shapes() -> Any:
    """Shape of each mark that has one of its own, by code point; 0 for others."""
    table = np.zeros(0x2100, np.int32)
    for place, sign in enumerate(SIGNS_APART):
        table[ord(sign)] = FIRST_SIGN + place
    return table


@njit(cache=True, nogil=True)
def _find_stop(keys: Any, numbers: Any, language: Any, key: Any) -> Any:
    """Which function word of a language a hash is (CORE_WORD added for one of the few), or 0."""
    mask = keys.shape[1] - 1
    slot = np.int64(key & np.uint64(mask))
    while keys[language, slot] != np.uint64(0):
        if keys[language, slot] == key:
            return np.int64(numbers[language, slot])
        slot = (slot + 1) & mask
    return 0


@njit(cache=True, nogil=True)
def _choose_shape(size: Any, every: Any, some: Any, first: Any, code: Any, rises: bool, signs: Any) -> Any:
    """Shape of a word from the flags that all of its characters have, and that some have."""
    if some & WORD == 0:
        if some & (DIGIT | NUMBER):
            if every & (DIGIT | NUMBER):
                return ONE_DIGIT if size == 1 else YEAR if size == 4 else DIGITS if size < 4 else MANY_DIGITS
            return MIX
        if size == 1 and code < signs.size and signs[code]:
            return signs[code]
        return SIGNS
    if some & DIGIT or rises:
        return MIX
    if some & LOWER == 0:
        return CAPITAL if size == 1 else UPPER_SHORT if size < 5 else UPPER_LONG
    if first & UPPER and not first & LOWER:
        return CAPITAL if size == 1 else TITLE if size < 8 else LONG_TITLE
    return LETTER if size == 1 else SHORT if size < 4 else MIDDLE if size < 8 else LONG if size < 16 else VERY_LONG


@njit(cache=True, nogil=True)
def describe_word(
    data: Any, start: Any, end: Any, key: Any, language: Any, classes: Any, signs: Any, stops: Any, numbers: Any, facts: Any, row: Any
) -> None:
    """Fill one row of facts for the word at some bytes; `language` is a row of `stops` and `numbers`, or -1."""
    size = syllables = lowers = 0
    some, every = np.uint32(0), np.uint32(0xFFFFFFFF)
    first = before = np.uint32(0)
    rises = solid = False
    at, code = start, np.int64(0)
    while at < end:
        code, step = decode_one(data, at)
        flag = classes[code] if code < LIMIT else np.uint32(0)
        solid |= not flag & SYMBOL
        rises |= bool(flag & UPPER and not flag & LOWER and before & LOWER and not before & UPPER)
        lowers += bool(flag & LOWER)
        if flag & VOWEL:
            weak_accent = (flag & ACCENTED and not flag & STRONG and before & STRONG) or (
                flag & STRONG and before & ACCENTED and not before & STRONG
            )
            syllables += bool(not before & VOWEL or (flag & STRONG and before & STRONG) or weak_accent)
        if (code == 121 or code == 89) and before & VOWEL:  # y after a vowel belongs to the vowel that follows: ma-yo
            flag &= ~np.uint32(VOWEL)
        some |= flag
        every &= flag
        first = flag if size == 0 else first
        before = flag
        size += 1
        at += step
    marks = SOLID if solid else 0
    marks |= ALPHABETIC if some & ALPHA else 0
    marks |= LETTERS if some & WORD else 0
    marks |= MARK if every & PUNCTUATION else 0
    marks |= POINT if size == 1 and every & TERMINAL else 0
    shape = _choose_shape(size, every, some, first, code, rises, signs)
    marks |= MIXED if shape == MIX and some & WORD else 0
    marks |= VOWELLESS if every & WORD and size > 2 and lowers > 1 and not some & VOWEL else 0
    number = _find_stop(stops, numbers, language, key) if language >= 0 else 0
    marks |= CORE if number & CORE_WORD else 0
    number &= CORE_WORD - 1
    if number:
        marks |= STOP
        shape = STOP_SHAPE
    elif shape in (LETTER, CAPITAL):
        marks |= SINGLE
    facts[row, CHARACTERS], facts[row, MARKS], facts[row, SYLLABLES] = size, marks, syllables
    facts[row, SHAPE], facts[row, STOP_NUMBER] = shape, number


@njit(cache=True, nogil=True)
def add_facts(facts: Any, row: Any, heads: Any, chunk: Any) -> None:
    """Add what is known of one word to the sums of its chunk."""
    marks = facts[row, MARKS]
    if marks & SOLID:
        heads[chunk, WORDS_SUM] += 1
        heads[chunk, SIZE_SUM] += facts[row, CHARACTERS]
    heads[chunk, ALPHABETIC_SUM] += (marks & ALPHABETIC) != 0
    heads[chunk, STOP_SUM] += (marks & STOP) != 0
    heads[chunk, POINTS] += (marks & POINT) != 0
    heads[chunk, GRAM_SUMS] += facts[row, GRAM_SUM]
    heads[chunk, GRAM_COUNT] += facts[row, GRAMS]
    if marks & LETTERS:
        heads[chunk, LETTERED_SUM] += 1
        heads[chunk, SYLLABLE_SUM] += max(facts[row, SYLLABLES], 1)
        heads[chunk, SINGLE_SUM] += (marks & SINGLE) != 0
        heads[chunk, MIXED_SUM] += (marks & MIXED) != 0
        heads[chunk, VOWELLESS_SUM] += (marks & VOWELLESS) != 0


def build_stops(words: list[tuple[frozenset[str], tuple[str, ...]]]) -> tuple[Any, Any]:
    """From (function words, core words) of each language: hashes (languages, slots) and their numbers, CORE_WORD added."""
    slots = 1 << 10
    while any(8 * len(common) > slots for common, _ in words):
        slots *= 2
    keys, numbers = np.zeros((len(words), slots), np.uint64), np.zeros((len(words), slots), np.int32)

    def enter(row: int, word: str, number: int) -> None:
        data = np.frombuffer(word.encode(), np.uint8)
        key = hash_bytes(data, 0, len(data))
        slot = int(key) & (slots - 1)
        while keys[row, slot] and keys[row, slot] != key:
            slot = (slot + 1) & (slots - 1)
        keys[row, slot] = key
        numbers[row, slot] |= number if number == CORE_WORD or not numbers[row, slot] else 0

    for row, (common, few) in enumerate(words):
        for number, word in enumerate(sorted(common), start=1):
            for form in {word, word.capitalize(), word.upper()}:
                enter(row, form, number)
        for word in few:
            enter(row, word, CORE_WORD)
    return keys, numbers
