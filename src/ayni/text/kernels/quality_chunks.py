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
def read_bytes(data: Any, begin: int, end: int, classes: Any, chunks: Any, lines: Any, segments: Any, state: Any) -> None:
    """Fill chunks, lines and segments (their numbers stand in state[CHUNKS], [LINES], [SEGMENTS])."""
    at = segment = line = begin
    chunk, notes, symbols, solid = -1, 0, True, 0
    characters = chunk_characters = segment_characters = letters = solids = digits = hashes = ellipses = replacements = 0
    dots, last_dot, gap, newlines, phrases, longest = 0, -1, begin, 2, 0, 0
    number = row = part = symbol_chunks = 0
    flag, code, size = np.uint32(0), np.int64(0), 1
    simple = np.zeros(256, np.bool_)
    for code in range(128):
        simple[code] = classes[code] & WORD and not classes[code] & TRIGGER
    while True:
        before = flag
        flag = np.uint32(SPACE)
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
                if code < 128 and not flag & TRIGGER:  # most of a text: plain letters in a row
                    at += 1
                    run = at
                    while run < end and simple[data[np.uintp(run)]]:
                        run += 1
                    letters += run - at
                    characters += run - at + 1
                    at = run
                    flag = np.uint32(ALPHA)
                    if at - chunk < LONGEST:
                        continue
                    flag = np.uint32(WORD)
                    size = 0
                    characters -= 1
            else:
                notes &= ~PLAIN
                symbols &= bool(flag & SYMBOL)
                solids += 1
                if flag & ALPHA:
                    letters += 1
                    solids -= 1
                elif flag & NUMBER:
                    digits += 1
                elif code == 46:
                    dots = dots + 1 if last_dot == at else 1
                    last_dot = at + 1
                    ellipses += dots == 3
                    dots = 0 if dots == 3 else dots
                elif code == 35:
                    hashes += 1
                elif code == 91:
                    phrases |= CITATION
                elif code == 0x2026:
                    ellipses += 1
                elif code == 0xFFFD:
                    replacements += 1
            if flag & TRIGGER:
                phrases |= phrases_at(data, at, begin, end)
            at += size
            characters += 1
            if at - chunk < LONGEST:
                continue
        if chunk >= 0:
            chunks[number, 0], chunks[number, 1], chunks[number, 2] = chunk - begin, at - begin, notes
            number += 1
            symbol_chunks += symbols
            longest = max(longest, characters - chunk_characters)
            chunk, gap, solid = -1, at, 1
        if at >= end:
            break
        if not flag & SPACE:
            continue
        if flag & LINE:
            if not (code == 10 and at > begin and data[at - 1] == 13):
                lines[row, 0], lines[row, 1], lines[row, 2] = number, phrases, longest
                row += 1
                phrases = longest = 0
            line = at + size
            if code == 10:
                final = 2 if before & TERMINAL else 0
                segments[part, 0], segments[part, 1], segments[part, 2] = (
                    segment - begin,
                    at - begin,
                    (characters - segment_characters) << 2 | final | solid,
                )
                part += 1
                segment, segment_characters, solid = at + 1, characters + 1, 0
                newlines += 1
        at += size
        characters += 1
    if line < end:
        lines[row, 0], lines[row, 1], lines[row, 2] = number, phrases, longest
        row += 1
    final = 2 if before & TERMINAL else 0
    segments[part, 0], segments[part, 1], segments[part, 2] = (
        segment - begin,
        end - begin,
        (characters - segment_characters) << 2 | final | solid,
    )
    state[CHARACTERS_SEEN], state[LETTERS_SEEN], state[SOLID_SEEN], state[DIGITS_SEEN] = characters, letters, letters + solids, digits
    state[HASHES], state[ELLIPSES], state[REPLACEMENTS] = hashes, ellipses, replacements
    state[CHUNKS], state[SYMBOL_CHUNKS], state[LINES], state[SEGMENTS] = number, symbol_chunks, row, part + 1
