"""Every measure that Gopher, C4 and FineWeb rules ask for, and signs of noise, of each row of an Arrow array of texts.

    out = measure_rows(*view_strings(texts), languages, english)       float64 (rows, len(COLUMNS)), NaN: none

`languages` are rows of the table of function words, or -1; `english` says whose contractions are cut.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from ayni.text.kernels.quality_bytes import hash_bytes
from ayni.text.kernels.quality_chunks import PLAIN, read_bytes
from ayni.text.kernels.quality_counters import (
    CHUNKS,
    COUNTERS,
    EPOCH,
    PARAGRAPHS,
    SEGMENTS,
    SENTENCES,
    TOKENS,
)
from ayni.text.kernels.quality_facts import (
    CHARACTERS,
    GRAM_SUM,
    GRAMS,
    HEADS,
    SHAPE,
    WIDTH,
    add_facts,
    build_stops,
    describe_word,
    sign_shapes,
)
from ayni.text.kernels.quality_judges import count_sentences, judge_lines, judge_paragraphs, judge_segments
from ayni.text.kernels.quality_learned import LONGEST_WORD as LETTERS_READ
from ayni.text.kernels.quality_learned import sum_letters, sum_shapes
from ayni.text.kernels.quality_table import Table, double, look_up, make_table, round_up
from ayni.text.kernels.quality_tables import load_classes, load_lower, load_specials
from ayni.text.kernels.quality_totals import COLUMNS, SHAPE_COUNT, SHAPE_SUM, finish_row
from ayni.text.kernels.quality_words import FROM, PLACES, TO, find_special, make_scratch, split_chunk

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
    chunk_index: Table
    word_index: Table


MOST_CHUNKS = 1 << 18  # then the memory begins anew


@njit(cache=True, nogil=True)
def _widen(rows: Any, needed: Any) -> Any:
    """The same rows, in twice the room where `needed` are more than there are."""
    return rows if needed <= rows.shape[0] else np.concatenate((rows, np.empty_like(rows)))


@njit(cache=True, nogil=True)
def salt(key: Any, language: Any, english: bool) -> Any:
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
def _cut_chunk(data: Any, start: Any, end: Any, plain: bool, english: bool, classes: Any, keys: Any, pieces: Any, scratch: Any) -> Any:
    """How many words a chunk is; where they are stands in scratch."""
    if plain and not (english and find_special(data, start, end, True, keys, pieces)):
        scratch[FROM, 0], scratch[TO, 0] = 0, 1
        scratch[PLACES, 0], scratch[PLACES, 1] = start, end
        return 1
    return split_chunk(data, start, end, english, classes, keys, pieces, scratch)


@njit(cache=True, nogil=True)
def _know_chunks(
    data: Any, begin: Any, language: Any, english: bool, chunks: Any, count: Any, tables: Tables, scratch: Any, memory: Memory, numbers: Any
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
def _list_words(numbers: Any, count: Any, heads: Any, pool: Any, firsts: Any, ids: Any, totals: Any) -> Any:
    """The words of the chunks in order, and the sums of what is known of them."""
    at = 0
    for chunk in range(count):
        firsts[chunk] = at
        number = numbers[chunk]
        for place in range(heads[number, 0], heads[number + 1, 0]):
            ids[at] = pool[place, 0]
            at += 1
        for column in range(HEADS):
            totals[column] += heads[number, column]
    firsts[count] = at
    return at


@njit(cache=True, nogil=True)
def _measure_one(
    data: Any,
    begin: Any,
    end: Any,
    language: Any,
    english: bool,
    tables: Tables,
    room: Room,
    memory: Memory,
    seen: Any,
    grams: Any,
    out: Any,
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
    state[SENTENCES] = count_sentences(chunks, numbers, heads, firsts, ids, facts, 0, count, False)
    judge_lines(
        data, begin, english, lines, chunks, numbers, heads, firsts, ids, facts, tables.classes, tables.keys, tables.pieces, scratch, state
    )
    parts = state[SEGMENTS]
    slots = round_up(4 * parts, 64)
    if slots > seen.keys.size:
        seen = make_table(slots)
    judge_segments(data, begin, end, segments, seen, slots, state)
    state[PARAGRAPHS] = end > begin
    if count:
        judge_paragraphs(data, begin, begin + chunks[0, 0], begin + chunks[count - 1, 1], segments, parts, seen, slots, state)
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
