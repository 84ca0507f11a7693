"""Every measure that Gopher, C4 and FineWeb rules ask for, and signs of noise, of each row of an Arrow array of texts.

    out = measure_rows(*view_strings(texts), languages, english)       float64 (rows, len(COLUMNS)), NaN: none

`languages` are rows of the table of function words, or -1; `english` says whose contractions are cut.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from ayni.text.kernels.quality_chunks import FOLLOWS, NEW_PARAGRAPH, ONE_SPACE, PLAIN, read_bytes
from ayni.text.kernels.quality_counters import *  # noqa: F403
from ayni.text.kernels.quality_facts import CHARACTERS, GRAM_SUM, GRAMS, HEADS, MARKS, POINTS, SHAPE, WIDTH, add_facts, build_stops, describe_word, sign_shapes
from ayni.text.kernels.quality_learned import LONGEST_WORD as LETTERS_READ
from ayni.text.kernels.quality_learned import sum_letters, sum_shapes
from ayni.text.kernels.quality_lines import CITATION, CURLY, JAVASCRIPT, LOREM, POLICY, count_sentences, drop_citations, ends_sentence, step_sentence
from ayni.text.kernels.quality_table import Table, double, look_up, make_table, round_up
from ayni.text.kernels.quality_tables import load_classes, load_lower, load_specials
from ayni.text.kernels.quality_totals import COLUMNS, SHAPE_COUNT, SHAPE_SUM, finish_row
from ayni.text.kernels.quality_words import FROM, PLACES, TO, find_special, hash_bytes, make_scratch, split_chunk

SHORT_LINE = 30  # FineWeb's short_line_length
LONGEST_WORD = 1000  # C4's max_word_length
FEWEST_WORDS = 3  # C4's min_words_per_line
_SALT = np.uint64(0xA24BAED4963EE407)


class Tables(NamedTuple):
    """All that is looked up."""

    classes: Any
    signs: Any
    keys: Any
    pieces: Any
    stops: Any
    numbers: Any
    lower: Any
    letters: Any  # int8 (BUCKETS,): weights of letter n-grams
    shapes: Any  # int8 (SHAPES ** 3,): weights of the shapes of three words


class Room(NamedTuple):
    """Arrays that are used again for every document, as long as the longest asks for."""

    chunks: Any  # see quality_chunks
    lines: Any
    segments: Any
    numbers: Any  # int32 (chunks,): which chunk
    firsts: Any  # int32 (chunks + 1,): the first word of each
    ids: Any  # int32 (words,): which word
    state: Any  # int64 (COUNTERS,)
    scratch: Any


class Memory(NamedTuple):
    """Chunks and words met in this batch, so that each is cut and described once."""

    heads: Any  # int32 (chunks + 1, HEADS): where its words begin in the pool, then the sums of what is known of them
    pool: Any  # int32 (words of chunks, 1): which word
    facts: Any  # int32 (words, WIDTH)
    sizes: Any  # int32 (words, 2): their characters and shape again, close together
    counts: Any  # int64: chunks, words in the pool, different words, epoch
    index: Table
    words: Table


MOST_CHUNKS = 1 << 18  # then the memory begins anew


@njit(cache=True, nogil=True)
def _widen(rows: Any, needed: int) -> Any:
    """The same rows, in twice the room where `needed` are more than there are."""
    return rows if needed <= rows.shape[0] else np.concatenate((rows, np.empty_like(rows)))


@njit(cache=True, nogil=True)
def salt(key: Any, language: int, english: bool) -> Any:
    """A key that tells languages apart."""
    return key ^ (np.uint64(language + 2) * _SALT + np.uint64(english))


@cache
def load_tables() -> Tables:
    """The tables, made once a process."""
    from ayni.text.learned_quality import load_weights
    from ayni.text.packs import load_packs

    stops = build_stops([(pack.stop_words, pack.core_words) for pack in load_packs().values()])
    return Tables(load_classes(), sign_shapes(), *load_specials(), *stops, load_lower(), *load_weights())


@njit(cache=True, nogil=True)
def _cut_chunk(data: Any, start: int, end: int, plain: bool, english: bool, classes: Any, keys: Any, pieces: Any, scratch: Any) -> int:
    """How many words a chunk is; where they are stands in scratch."""
    if plain and not (english and find_special(data, start, end, True, keys, pieces)):
        scratch[FROM, 0], scratch[TO, 0] = 0, 1
        scratch[PLACES, 0], scratch[PLACES, 1] = start, end
        return 1
    return split_chunk(data, start, end, english, classes, keys, pieces, scratch)


@njit(cache=True, nogil=True)
def _know_chunks(
    data: Any, begin: int, language: int, english: bool, chunks: Any, count: int, tables: Tables, scratch: Any, memory: Memory, numbers: Any
) -> Memory:
    """Number the chunks; one that was not met before is cut, and its words and what is known of them go into the memory."""
    classes, signs, keys, pieces, stops, ranks, lower, letters, _ = tables
    buckets = np.empty(LETTERS_READ + 2, np.int64)
    heads, pool, facts, sizes, counts, index, words = memory
    known, place, distinct, epoch = counts[0], counts[1], counts[2], counts[3]
    for chunk in range(count):
        start, end = begin + chunks[chunk, 0], begin + chunks[chunk, 1]
        found = look_up(index, index.keys.size, epoch, salt(hash_bytes(data, start, end), language, english), known)
        if found >= 0:
            numbers[chunk] = found
            continue
        several = _cut_chunk(data, start, end, chunks[chunk, 2] & PLAIN != 0, english, classes, keys, pieces, scratch)
        heads, pool = _widen(heads, known + 2), _widen(pool, place + several)
        facts, sizes = _widen(facts, distinct + several), _widen(sizes, distinct + several)
        heads[known, 0], heads[known + 1, 0] = place, place + several
        for column in range(1, HEADS):
            heads[known, column] = 0
        for word in range(several):
            first, last = scratch[PLACES, scratch[FROM, word]], scratch[PLACES, scratch[TO, word]]
            key = hash_bytes(data, first, last)
            number = look_up(words, words.keys.size, epoch, salt(key, language, english), distinct)
            if number < 0:
                number = distinct
                describe_word(data, first, last, key, language, classes, signs, stops, ranks, facts, number)
                facts[number, GRAM_SUM], facts[number, GRAMS] = sum_letters(data, first, last, lower, letters, buckets)
                sizes[number, 0], sizes[number, 1] = facts[number, CHARACTERS], facts[number, SHAPE]
                distinct += 1
                if 2 * distinct > words.keys.size:
                    words = double(words, words.keys.size, epoch)
            pool[place + word, 0] = number
            add_facts(facts, number, heads, known)
        numbers[chunk] = known
        known += 1
        place += several
        if 2 * known > index.keys.size:
            index = double(index, index.keys.size, epoch)
    counts[0], counts[1], counts[2] = known, place, distinct
    return Memory(heads, pool, facts, sizes, counts, index, words)


@njit(cache=True, nogil=True)
def _list_words(numbers: Any, count: int, heads: Any, pool: Any, firsts: Any, ids: Any, totals: Any) -> int:
    """The words of the chunks in order, and the sums of what is known of them."""
    at = 0
    for chunk in range(count):
        firsts[chunk] = at
        number = numbers[chunk]
        for place in range(heads[number, 0], heads[number + 1, 0]):
            ids[at] = pool[place, 0]
            at += 1
        for column in range(totals.size):
            totals[column] += heads[number, column]
    firsts[count] = at
    return at


@njit(cache=True, nogil=True)
def _count_sentences(chunks: Any, numbers: Any, heads: Any, firsts: Any, ids: Any, facts: Any, first: int, last: int, in_line: bool) -> int:
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
def _judge_lines(
    data: Any, begin: int, english: bool, lines: Any, chunks: Any, numbers: Any, heads: Any, firsts: Any, ids: Any, facts: Any, classes: Any, keys: Any, pieces: Any,
    scratch: Any, state: Any,
) -> None:  # fmt: skip
    """Lines as str.splitlines cuts them: bullets and ellipses for Gopher, C4's rules for each line."""
    first = 0
    for line in range(state[LINES]):
        last, phrases, longest = lines[line, 0], lines[line, 1], lines[line, 2]
        if last == first:
            continue
        start, end = begin + chunks[first, 0], begin + chunks[last - 1, 1]
        state[BULLETS] += data[start] == 45 or (end - start > 2 and data[start] == 0xE2 and data[start + 1] == 0x80 and data[start + 2] == 0xA2)
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
                    both = count_sentences(kept, english, classes, keys, pieces, scratch)
                    sentences, phrases = both & 0xFFFFFFFF, both >> 32
            if ended:
                state[C4_PHRASES] |= phrases & LOREM
                if not phrases & JAVASCRIPT:
                    state[C4_PHRASES] |= phrases & CURLY
                    if not phrases & POLICY:
                        if sentences < 0:
                            sentences = _count_sentences(chunks, numbers, heads, firsts, ids, facts, first, last, True)
                        state[C4_SENTENCES] += sentences
        first = last


@njit(cache=True, nogil=True)
def _judge_segments(data: Any, begin: int, end: int, segments: Any, seen: Any, slots: int, state: Any) -> None:
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
def _judge_paragraphs(data: Any, begin: int, start: int, end: int, segments: Any, number: int, seen: Any, slots: int, state: Any) -> None:
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


@njit(cache=True, nogil=True)
def _measure_one(
    data: Any, begin: int, end: int, language: int, english: bool, tables: Tables, room: Room, memory: Memory, seen: Any, grams: Any, out: Any
) -> Any:
    """Fill one row; the memory and the two hash tables, wider where they had to be."""
    chunks, lines, segments, numbers, firsts, ids, state, scratch = room
    epoch = state[EPOCH] + 2  # this one for lines, the next for paragraphs
    state[:] = 0
    state[EPOCH] = epoch
    read_bytes(data, begin, end, tables.classes, chunks, lines, segments, state)
    count = state[CHUNKS]
    memory = _know_chunks(data, begin, language, english, chunks, count, tables, scratch, memory, numbers)
    heads, facts = memory.heads, memory.facts
    totals = np.zeros(HEADS, np.int32)
    state[TOKENS] = _list_words(numbers, count, heads, memory.pool, firsts, ids, totals)
    state[SENTENCES] = _count_sentences(chunks, numbers, heads, firsts, ids, facts, 0, count, False)
    _judge_lines(
        data, begin, english, lines, chunks, numbers, heads, firsts, ids, facts, tables.classes, tables.keys, tables.pieces, scratch, state
    )
    parts = state[SEGMENTS]
    slots = round_up(4 * parts, 64)
    if slots > seen.keys.size:
        seen = make_table(slots)
    _judge_segments(data, begin, end, segments, seen, slots, state)
    state[PARAGRAPHS] = end > begin
    if count:
        _judge_paragraphs(data, begin, begin + chunks[0, 0], begin + chunks[count - 1, 1], segments, parts, seen, slots, state)
    out[SHAPE_SUM], out[SHAPE_COUNT] = sum_shapes(chunks, count, firsts, ids, memory.sizes, tables.shapes)
    grams, last_epoch = finish_row(ids, facts, memory.sizes, totals, grams, state, language >= 0, out)
    state[EPOCH] = max(epoch, last_epoch)
    return memory, seen, grams


@njit(cache=True, nogil=True)
def _forget(memory: Memory) -> None:
    """Begin the memory anew: it is a cache, and bounded."""
    memory.counts[0] = memory.counts[1] = memory.counts[2] = 0
    memory.counts[3] += 1


@njit(cache=True, nogil=True)
def _measure(data: Any, offsets: Any, languages: Any, english: Any, tables: Tables, scratch: Any, out: Any) -> None:
    """Every row in turn."""
    size = 16
    for row in range(offsets.size - 1):
        size = max(size, offsets[row + 1] - offsets[row] + 2)  # memory that is not touched is not taken
    state = np.zeros(COUNTERS, np.int64)
    chunks, lines, segments = np.empty((size, 3), np.int32), np.empty((size, 3), np.int32), np.empty((size, 3), np.int32)
    room = Room(chunks, lines, segments, np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int32), state, scratch)
    heads, pool = np.empty((1 << 12, HEADS), np.int32), np.empty((1 << 12, 1), np.int32)
    facts, sizes = np.empty((1 << 12, WIDTH), np.int32), np.empty((1 << 12, 2), np.int32)
    memory = Memory(heads, pool, facts, sizes, np.array([0, 0, 0, 1]), make_table(1 << 13), make_table(1 << 13))
    seen, grams = make_table(64), make_table(512)
    for row in range(offsets.size - 1):
        if memory.counts[0] > MOST_CHUNKS:
            _forget(memory)
        memory, seen, grams = _measure_one(
            data, offsets[row], offsets[row + 1], languages[row], english[row], tables, room, memory, seen, grams, out[row]
        )


def measure_rows(data: Any, offsets: Any, languages: Any, english: Any) -> Any:
    """The measures of every row, NaN where there is none."""
    out = np.full((len(offsets) - 1, len(COLUMNS)), np.nan)
    _measure(data, offsets, np.asarray(languages, np.int32), np.asarray(english, np.bool_), load_tables(), make_scratch(), out)
    return out
