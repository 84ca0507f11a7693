"""What lines and paragraphs say once their words are known: sentences, C4's and Gopher's rules for lines, copies.

judge_lines(...); judge_segments(...); judge_paragraphs(...)        each adds to the counters in `state`
"""

from __future__ import annotations

from typing import Any

from numba import njit

from ayni.text.kernels.quality_bytes import hash_bytes
from ayni.text.kernels.quality_chunks import FOLLOWS, NEW_PARAGRAPH, ONE_SPACE
from ayni.text.kernels.quality_counters import (
    BULLETS,
    C4_PHRASES,
    C4_SENTENCES,
    ELLIPSIS_LINES,
    EPOCH,
    HYPHEN_LINES,
    LINES,
    NEWLINES,
    PARAGRAPH_COPIES,
    PARAGRAPH_COPY_CHARACTERS,
    PARAGRAPHS,
    SEGMENT_COPIES,
    SEGMENT_COPY_CHARACTERS,
    SEGMENTS,
    SHORT_LINES,
    SOLID_COPY_CHARACTERS,
    SOLID_LINES,
    TERMINAL_LINES,
)
from ayni.text.kernels.quality_facts import MARKS, POINTS
from ayni.text.kernels.quality_lines import (
    CITATION,
    CURLY,
    JAVASCRIPT,
    LOREM,
    POLICY,
    count_in_bytes,
    drop_citations,
    ends_sentence,
    step_sentence,
)
from ayni.text.kernels.quality_table import look_up

SHORT_LINE = 30  # FineWeb's short_line_length
LONGEST_WORD = 1000  # C4's max_word_length
FEWEST_WORDS = 3  # C4's min_words_per_line


@njit(cache=True, nogil=True)
def count_sentences(chunks: Any, numbers: Any, heads: Any, firsts: Any, ids: Any, facts: Any, first: Any, last: Any, in_line: bool) -> Any:
    """Sentences that begin in some chunks; white space that is not one space counts as a word, as in spaCy."""
    found = state = 0
    for chunk in range(first, last):
        notes = chunks[chunk, 2]
        if notes & NEW_PARAGRAPH and not in_line:
            state = 0
        elif state == 2 and not notes & (ONE_SPACE | FOLLOWS):
            found, state = found + 1, 1
        if state == 1 and not heads[numbers[chunk], POINTS]:
            continue
        for word in range(firsts[chunk], firsts[chunk + 1]):
            step = step_sentence(state, facts[ids[word], MARKS])
            found += step >> 2
            state = step & 3
    return found


@njit(cache=True, nogil=True)
def judge_lines(
    data: Any, begin: Any, english: bool, lines: Any, chunks: Any, numbers: Any, heads: Any, firsts: Any, ids: Any, facts: Any,
    classes: Any, keys: Any, pieces: Any, scratch: Any, state: Any,
) -> None:  # fmt: skip
    """Lines as str.splitlines cuts them: bullets and ellipses for Gopher, C4's rules for each line."""
    first = 0
    for line in range(state[LINES]):
        last, phrases, longest = lines[line, 0], lines[line, 1], lines[line, 2]
        if last == first:
            continue
        start, end = begin + chunks[first, 0], begin + chunks[last - 1, 1]
        bullet = end - start > 2 and data[start] == 0xE2 and data[start + 1] == 0x80 and data[start + 2] == 0xA2
        state[BULLETS] += data[start] == 45 or bullet
        if end - start > 2:
            a, b, c = data[end - 3], data[end - 2], data[end - 1]
            state[ELLIPSIS_LINES] += (a == 46 and b == 46 and c == 46) or (a == 0xE2 and b == 0x80 and c == 0xA6)
        ended = ends_sentence(data, start, end)
        if longest <= LONGEST_WORD and last - first >= FEWEST_WORDS and (ended or phrases & CITATION):
            sentences = -1
            if phrases & CITATION:
                kept = drop_citations(data, start, end, classes)
                if kept.size < end - start:
                    ended = ends_sentence(kept, 0, kept.size)
                    both = count_in_bytes(kept, english, classes, keys, pieces, scratch)
                    sentences, phrases = both & 0xFFFFFFFF, both >> 32
            if ended:
                state[C4_PHRASES] |= phrases & LOREM
                if not phrases & JAVASCRIPT:
                    state[C4_PHRASES] |= phrases & CURLY
                    if not phrases & POLICY:
                        if sentences < 0:
                            sentences = count_sentences(chunks, numbers, heads, firsts, ids, facts, first, last, True)
                        state[C4_SENTENCES] += sentences
        first = last


@njit(cache=True, nogil=True)
def judge_segments(data: Any, begin: Any, end: Any, segments: Any, seen: Any, slots: Any, state: Any) -> None:
    """Lines between newlines: copies of earlier ones, and FineWeb's measures of those that are not blank."""
    number = state[SEGMENTS]
    state[NEWLINES] = number - 1
    opens, closes = number > 1 and data[begin] == 10, number > 1 and data[end - 1] == 10  # "\\n+" leaves an empty line at either end
    state[SEGMENTS] = opens + closes
    state[SEGMENT_COPIES] += opens and closes
    for row in range(number):
        start, stop, notes = begin + segments[row, 0], begin + segments[row, 1], segments[row, 2]
        if start == stop:
            continue
        size = notes >> 2
        copy = number > 1 and look_up(seen, slots, state[EPOCH], hash_bytes(data, start, stop), 0) >= 0
        state[SEGMENTS] += 1
        state[SEGMENT_COPIES] += copy
        state[SEGMENT_COPY_CHARACTERS] += size if copy else 0
        if notes & 1:
            state[SOLID_LINES] += 1
            state[TERMINAL_LINES] += (notes & 2) >> 1
            state[SHORT_LINES] += size <= SHORT_LINE
            state[SOLID_COPY_CHARACTERS] += size if copy else 0
            state[HYPHEN_LINES] += stop - start > 1 and data[stop - 1] == 45 and (data[stop - 2] | 32 >= 97 or data[stop - 2] >= 0x80)


@njit(cache=True, nogil=True)
def judge_paragraphs(data: Any, begin: Any, start: Any, end: Any, segments: Any, number: Any, seen: Any, slots: Any, state: Any) -> None:
    """Copies among what two or more newlines part, from the first character that is no space to the last (`start` to `end`)."""
    paragraphs, opened = 0, start
    for row in range(number):
        close = begin + segments[row, 1]
        if close < start:
            continue
        apart = row + 1 < number and segments[row + 1, 0] == segments[row + 1, 1]
        if close < end and not apart:
            continue
        stop = min(close, end)
        if stop > opened or paragraphs == 0:
            paragraphs += 1
            if (close < end or paragraphs > 1) and look_up(seen, slots, state[EPOCH] + 1, hash_bytes(data, opened, stop), 0) >= 0:
                state[PARAGRAPH_COPIES] += 1
                for place in range(opened, stop):
                    state[PARAGRAPH_COPY_CHARACTERS] += data[place] & 0xC0 != 0x80
        if close >= end:
            break
        opened = close
        while data[opened] == 10:
            opened += 1
    state[PARAGRAPHS] = max(paragraphs, 1)
