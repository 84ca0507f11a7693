"""The one pass over a document's bytes: characters are counted, chunks between white space and lines are noted.

    read_bytes(data, begin, end, classes, chunks, lines, segments, state)

chunks    int32 (chunks, 3): first byte, end, NOTES (is it plain letters, only symbols, what white space is before it)
lines     int32 (lines, 3): as str.splitlines cuts: chunks up to its end, phrases in it, longest chunk
segments  int32 (segments, 3): between newlines: first byte, end, characters << 2 | ends in a final mark << 1 | is not blank
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.quality_bytes import decode_one
from ayni.text.kernels.quality_counters import (
    CHARACTERS_SEEN,
    CHUNKS,
    DIGITS_SEEN,
    ELLIPSES,
    HASHES,
    LETTERS_SEEN,
    LINES,
    REPLACEMENTS,
    SEGMENTS,
    SOLID_SEEN,
    SYMBOL_CHUNKS,
)
from ayni.text.kernels.quality_lines import CITATION, phrases_at
from ayni.text.kernels.quality_tables import ALPHA, LIMIT, LINE, NUMBER, SPACE, SYMBOL, TERMINAL, TRIGGER, WORD
from ayni.text.kernels.quality_words import LONGEST

PLAIN, NEW_LINE, NEW_PARAGRAPH, ONE_SPACE, FOLLOWS = (1 << bit for bit in range(5))


@njit(cache=True, nogil=True)
def _count_sign(code: Any, flag: Any, state: Any) -> Any:
    """Count a character that is neither white space, a plain letter nor a point; CITATION where it may open one, or 0."""
    if flag & ALPHA:
        state[LETTERS_SEEN] += 1
    elif flag & NUMBER:
        state[DIGITS_SEEN] += 1
    elif code == 35:
        state[HASHES] += 1
    elif code == 0x2026:
        state[ELLIPSES] += 1
    elif code == 0xFFFD:
        state[REPLACEMENTS] += 1
    return CITATION if code == 91 else 0


@njit(cache=True, nogil=True)
def _note(rows: Any, row: Any, first: Any, second: Any, third: Any) -> Any:
    """Fill a row; the number of the next."""
    rows[row, 0], rows[row, 1], rows[row, 2] = first, second, third
    return row + 1


@njit(cache=True, nogil=True)
def read_bytes(data: Any, begin: Any, end: Any, classes: Any, chunks: Any, lines: Any, segments: Any, state: Any) -> None:
    """Fill chunks, lines and segments (their numbers stand in state[CHUNKS], [LINES], [SEGMENTS]); `state` begins empty."""
    at = segment = line = gap = begin
    chunk, notes, symbols, solid, newlines, phrases, longest = -1, 0, True, 0, 2, 0, 0
    characters = chunk_characters = segment_characters = letters = signs = dots = symbol_chunks = number = row = part = 0
    last_dot, flag, code, size = -1, np.uint32(0), np.int64(0), 1
    while True:
        before, flag = flag, np.uint32(SPACE)
        if at < end:
            code, size = np.int64(data[np.uintp(at)]), 1
            if code >= 128:
                code, size = decode_one(data, at)
            flag = classes[np.uintp(code)] if code < LIMIT else np.uint32(0)
        if not flag & SPACE:
            if chunk < 0:
                notes = PLAIN | (NEW_PARAGRAPH if newlines > 1 else NEW_LINE if newlines else 0)
                notes |= ONE_SPACE if at - gap == 1 and data[gap] == 32 else FOLLOWS if at == gap else 0
                chunk, chunk_characters, symbols, newlines = at, characters, True, 0
            if flag & WORD:
                letters += 1
                symbols = False
            else:
                notes &= ~PLAIN
                symbols &= bool(flag & SYMBOL)
                signs += 1
                if code == 46:
                    dots = dots % 3 + 1 if last_dot == at else 1
                    last_dot = at + 1
                    state[ELLIPSES] += dots == 3
                else:
                    phrases |= _count_sign(code, flag, state)
            if flag & TRIGGER:
                phrases |= phrases_at(data, at, begin, end)
            at += size
            characters += 1
            if at - chunk < LONGEST:
                continue
        if chunk >= 0:
            number = _note(chunks, number, chunk - begin, at - begin, notes)
            symbol_chunks += symbols
            longest = max(longest, characters - chunk_characters)
            chunk, gap, solid = -1, at, 1
        if at >= end:
            break
        if not flag & SPACE:
            continue
        if flag & LINE:
            if not (code == 10 and at > begin and data[at - 1] == 13):
                row = _note(lines, row, number, phrases, longest)
                phrases = longest = 0
            line = at + size
            if code == 10:
                final = 2 if before & TERMINAL else 0
                part = _note(segments, part, segment - begin, at - begin, (characters - segment_characters) << 2 | final | solid)
                segment, segment_characters, solid = at + 1, characters + 1, 0
                newlines += 1
        at += size
        characters += 1
    if line < end:
        row = _note(lines, row, number, phrases, longest)
    final = 2 if before & TERMINAL else 0
    part = _note(segments, part, segment - begin, end - begin, (characters - segment_characters) << 2 | final | solid)
    state[SOLID_SEEN] = letters + signs
    state[LETTERS_SEEN] += letters
    state[CHARACTERS_SEEN], state[SYMBOL_CHUNKS] = characters, symbol_chunks
    state[CHUNKS], state[LINES], state[SEGMENTS] = number, row, part
