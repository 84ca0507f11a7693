"""C4's rules for one line: phrases that drop it, its last mark, citations taken out, and how many sentences it has.

phrases_at(data, at, start, end) -> JAVASCRIPT | POLICY | LOREM | CURLY | 0
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.quality_bytes import decode_one
from ayni.text.kernels.quality_facts import MARK, POINT
from ayni.text.kernels.quality_tables import DIGIT, LIMIT, NUMBER, PUNCTUATION, SPACE, TERMINAL
from ayni.text.kernels.quality_words import FLAGS, FROM, LONGEST, TO, split_chunk

JAVASCRIPT, POLICY, LOREM, CURLY, CITATION = (1 << bit for bit in range(5))


def _spell(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


_JAVASCRIPT, _LOREM, _TERMS, _PRIVACY = (_spell(text) for text in ("javascript", "lorem ipsum", "terms of use", "privacy policy"))
_COOKIE, _USES, _USE_OF, _USE = (_spell(text) for text in ("cookie policy", "uses cookies", "use of cookies", "use cookies"))
_EDIT, _NEEDED = _spell("edit]"), _spell("citation needed]")


@njit(cache=True, nogil=True)
def _is_at(data: Any, at: Any, start: Any, end: Any, text: Any) -> bool:
    """Whether lower-case ASCII `text` stands at a byte, in any case."""
    if at < start or at + text.size > end:
        return False
    for step in range(text.size):
        letter = data[at + step]
        if 65 <= letter <= 90:
            letter += 32
        if letter != text[step]:
            return False
    return True


@njit(cache=True, nogil=True)
def phrases_at(data: Any, at: Any, start: Any, end: Any) -> Any:
    """What the letter at a byte is a part of; each phrase is looked for at one letter that is rare (TRIGGERS)."""
    letter = data[at] | 32
    if letter == 123:
        return CURLY if data[at] == 123 else 0
    if letter == 106:
        return JAVASCRIPT if _is_at(data, at, start, end, _JAVASCRIPT) else 0
    if letter == 112:
        return LOREM if _is_at(data, at - 7, start, end, _LOREM) else 0
    if letter == 102:
        return POLICY if _is_at(data, at - 7, start, end, _TERMS) else 0
    if letter == 118:
        return POLICY if _is_at(data, at - 3, start, end, _PRIVACY) else 0
    if _is_at(data, at - 3, start, end, _COOKIE) or _is_at(data, at - 8, start, end, _USES):
        return POLICY
    return POLICY if _is_at(data, at - 10, start, end, _USE_OF) or _is_at(data, at - 7, start, end, _USE) else 0


@njit(cache=True, nogil=True)
def ends_sentence(data: Any, start: Any, end: Any) -> bool:
    """Whether the last byte is one of . ? ! " ' and the line does not end in three points."""
    last = data[end - 1] if end > start else np.uint8(0)
    if last == 46:
        return not (end - start >= 3 and data[end - 2] == 46 and data[end - 3] == 46)
    return last == 63 or last == 33 or last == 34 or last == 39


@njit(cache=True, nogil=True)
def step_sentence(open_: Any, marks: Any) -> Any:
    """Next state of the sentence counter at a word: 0 none open, 1 open, 2 a final mark was seen; +4: a sentence begins here."""
    if open_ == 0:
        return 4 + (2 if marks & POINT else 1)
    if open_ == 2 and not marks & (MARK | POINT):
        return 4 + 1
    return 2 if marks & POINT or open_ == 2 else 1


@njit(cache=True, nogil=True)
def _citation_size(data: Any, at: Any, end: Any, classes: Any) -> Any:
    """Bytes of [12], [], [edit] or [citation needed] at an opening bracket, or 0."""
    if _is_at_exactly(data, at + 1, end, _EDIT):
        return 6
    if _is_at_exactly(data, at + 1, end, _NEEDED):
        return 17
    place = at + 1
    while place < end:
        code, size = decode_one(data, place)
        if code == 93:
            return place + 1 - at
        if code >= LIMIT or not classes[code] & (DIGIT | NUMBER):
            return 0
        place += size
    return 0


@njit(cache=True, nogil=True)
def _is_at_exactly(data: Any, at: Any, end: Any, text: Any) -> bool:
    if at + text.size > end:
        return False
    same = True
    for step in range(text.size):
        same &= data[at + step] == text[step]
    return same


@njit(cache=True, nogil=True)
def drop_citations(data: Any, start: Any, end: Any, classes: Any) -> Any:
    """A copy of some bytes without citations."""
    copy = np.empty(end - start, np.uint8)
    size, at = 0, start
    while at < end:
        gone = _citation_size(data, at, end, classes) if data[at] == 91 else 0
        if gone:
            at += gone
            continue
        copy[size] = data[at]
        size += 1
        at += 1
    return copy[:size]


@njit(cache=True, nogil=True)
def count_in_bytes(data: Any, english: bool, classes: Any, keys: Any, pieces: Any, scratch: Any) -> Any:
    """Sentences of one line as spaCy's sentencizer counts them, and its phrases in the upper bits (<< 32)."""
    found = state = phrases = 0
    at = chunk = gap = 0
    while at < data.size:
        code, size = decode_one(data, at)
        space = code < LIMIT and classes[code] & SPACE
        if space and chunk == at:
            chunk = at + size
        at += size
        if not space and at < data.size and at - chunk < LONGEST:
            continue
        last = at - size if space else at
        if last > chunk:
            if state == 2 and chunk > gap and not (chunk - gap == 1 and data[gap] == 32):
                found, state = found + 1, 1
            words = split_chunk(data, chunk, last, english, classes, keys, pieces, scratch)
            for word in range(words):
                state = step_sentence(state, _marks_of(scratch, scratch[FROM, word], scratch[TO, word]))
                found += state >> 2
                state &= 3
            gap = last
        chunk = at
    for place in range(data.size):
        if data[place] >= 65:
            phrases |= phrases_at(data, place, 0, data.size)
    return found | phrases << 32


@njit(cache=True, nogil=True)
def _marks_of(scratch: Any, first: Any, stop: Any) -> Any:
    for place in range(first, stop):
        if not scratch[FLAGS, place] & PUNCTUATION:
            return POINT if stop - first == 1 and scratch[FLAGS, first] & TERMINAL else 0
    return MARK | (POINT if stop - first == 1 and scratch[FLAGS, first] & TERMINAL else 0)
