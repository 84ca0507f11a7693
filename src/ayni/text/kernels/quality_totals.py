"""From counters and the facts of words to the row of measures.

    finish_row(ids, facts, table, state, has_stops, out)

MEASURES names the columns; the shares of a text without words or lines stay NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.quality_counters import (
    BULLETS,
    C4_PHRASES,
    C4_SENTENCES,
    CHARACTERS_SEEN,
    CHUNKS,
    DIGITS_SEEN,
    ELLIPSES,
    ELLIPSIS_LINES,
    EPOCH,
    HASHES,
    HYPHEN_LINES,
    LETTERS_SEEN,
    LINES,
    NEWLINES,
    PARAGRAPH_COPIES,
    PARAGRAPH_COPY_CHARACTERS,
    PARAGRAPHS,
    REPLACEMENTS,
    SEGMENT_COPIES,
    SEGMENT_COPY_CHARACTERS,
    SEGMENTS,
    SENTENCES,
    SHORT_LINES,
    SOLID_COPY_CHARACTERS,
    SOLID_LINES,
    SOLID_SEEN,
    SYMBOL_CHUNKS,
    TERMINAL_LINES,
    TOKENS,
)
from ayni.text.kernels.quality_facts import (
    ALPHABETIC_SUM,
    CORE,
    GRAM_COUNT,
    GRAM_SUMS,
    LETTERED_SUM,
    MARKS,
    MIXED_SUM,
    SINGLE_SUM,
    SIZE_SUM,
    STOP_SUM,
    SYLLABLE_SUM,
    VOWELLESS_SUM,
    WORDS_SUM,
)
from ayni.text.kernels.quality_lines import CURLY, LOREM
from ayni.text.kernels.quality_repetition import measure_grams
from ayni.text.kernels.quality_table import Table, look_up, make_table, round_up

MEASURES = (
    "characters", "tokens", "words", "lines", "sentences", "syllables", "lettered_words",
    "c4_sentences", "c4_lorem_ipsum", "c4_curly_bracket", "core_words_found",
    "mean_word_length", "alphabetic_share", "digit_share", "alphabetic_word_share", "stop_word_share", "hash_ratio", "ellipsis_ratio",
    "bullet_line_share", "ellipsis_line_share", "terminal_line_share", "short_line_share", "newline_ratio", "repeated_line_character_share",
    "duplicate_paragraph_share", "duplicate_paragraph_character_share", "duplicate_line_share", "duplicate_line_character_share",
    "top_2_gram_share", "top_3_gram_share", "top_4_gram_share",
    "duplicate_5_gram_share", "duplicate_6_gram_share", "duplicate_7_gram_share",
    "duplicate_8_gram_share", "duplicate_9_gram_share", "duplicate_10_gram_share",
    "symbol_chunk_share", "single_letter_share", "mixed_word_share", "vowelless_share", "hyphen_line_share", "replacement_share",
)  # fmt: skip
COLUMNS = (*MEASURES, "letter_sum", "letter_grams", "shape_sum", "shape_grams")  # the last are for the learned scorer
LETTER_SUM, LETTER_COUNT, SHAPE_SUM, SHAPE_COUNT = range(len(MEASURES), len(COLUMNS))
COUNTS = 11  # the first measures are whole numbers
_GRAMS = MEASURES.index("top_2_gram_share")


@njit(cache=True, nogil=True)
def _share(part: Any, whole: Any) -> float:
    return part / whole if whole else np.nan


@njit(cache=True, nogil=True)
def _number_locally(ids: Any, sizes: Any, facts: Any, count: Any, table: Table, epoch: Any, local: Any, uses: Any, ends: Any) -> Any:
    """Number the words anew within the document and count them; where each ends; how many different core words there are."""
    distinct = core = 0
    slots = round_up(2 * count, 512)
    ends[0] = 0
    for at in range(count):
        word = ids[at]
        ends[at + 1] = ends[at] + sizes[word, 0]
        number = look_up(table, slots, epoch, np.uint64(word), distinct)
        if number < 0:
            number = distinct
            uses[distinct] = 0
            distinct += 1
            core += (facts[word, MARKS] & CORE) != 0
        uses[number] += 1
        local[at] = number
    return core


@njit(cache=True, nogil=True)
def finish_row(ids: Any, facts: Any, sizes: Any, sums: Any, table: Table, state: Any, has_stops: bool, out: Any) -> Any:
    """Fill a row; the table for n-grams and the epoch that it has reached."""
    tokens, characters = state[TOKENS], state[CHARACTERS_SEEN]
    epoch = state[EPOCH] + 1
    ends = np.empty(tokens + 1, np.int32)
    grams, uses = np.empty((2, tokens + 1), np.int32), np.empty((2, tokens + 1), np.int32)
    if round_up(2 * tokens, 512) > table.keys.size:
        table = make_table(round_up(2 * tokens, 512))
    core = _number_locally(ids, sizes, facts, tokens, table, epoch, grams[1], uses[1], ends)
    if characters:
        epoch = measure_grams(grams, uses, ends, tokens, characters, table, epoch, out[_GRAMS : _GRAMS + 9])
    out[0], out[1], out[2], out[3], out[4], out[5], out[6] = (
        characters,
        tokens,
        sums[WORDS_SUM],
        state[LINES],
        state[SENTENCES],
        sums[SYLLABLE_SUM],
        sums[LETTERED_SUM],
    )
    out[7], out[8], out[9] = state[C4_SENTENCES], (state[C4_PHRASES] & LOREM) != 0, (state[C4_PHRASES] & CURLY) != 0
    if has_stops:
        out[10] = core
        out[15] = _share(sums[STOP_SUM], sums[LETTERED_SUM])
    out[11] = _share(sums[SIZE_SUM], sums[WORDS_SUM])
    out[12], out[13] = _share(state[LETTERS_SEEN], state[SOLID_SEEN]), _share(state[DIGITS_SEEN], state[SOLID_SEEN])
    out[14], out[16], out[17] = _share(sums[ALPHABETIC_SUM], tokens), _share(state[HASHES], tokens), _share(state[ELLIPSES], tokens)
    out[18], out[19] = _share(state[BULLETS], state[LINES]), _share(state[ELLIPSIS_LINES], state[LINES])
    out[20], out[21] = _share(state[TERMINAL_LINES], state[SOLID_LINES]), _share(state[SHORT_LINES], state[SOLID_LINES])
    out[22], out[23] = _share(state[NEWLINES], tokens), _share(state[SOLID_COPY_CHARACTERS], characters - state[NEWLINES])
    out[24], out[25] = _share(state[PARAGRAPH_COPIES], state[PARAGRAPHS]), _share(state[PARAGRAPH_COPY_CHARACTERS], characters)
    out[26], out[27] = _share(state[SEGMENT_COPIES], state[SEGMENTS]), _share(state[SEGMENT_COPY_CHARACTERS], characters)
    out[37], out[38] = _share(state[SYMBOL_CHUNKS], state[CHUNKS]), _share(sums[SINGLE_SUM], sums[LETTERED_SUM])
    out[39], out[40] = _share(sums[MIXED_SUM], sums[LETTERED_SUM]), _share(sums[VOWELLESS_SUM], sums[LETTERED_SUM])
    out[41], out[42] = _share(state[HYPHEN_LINES], state[SOLID_LINES]), _share(state[REPLACEMENTS], characters)
    out[LETTER_SUM], out[LETTER_COUNT] = sums[GRAM_SUMS], sums[GRAM_COUNT]
    return table, epoch
