"""Where the language changes inside a paragraph: the likeliest run of languages over its words, by Viterbi.

    spans, sure = find_switches(data, begins, ends, points, texts, *model.tables(), LOUDEST, CHANGE)

Every word speaks with the logarithm of its languages' chances, none by more than `LOUDEST`; every change costs `CHANGE`. The
two numbers were chosen on mixtures of held-out sentences (dev/language_model/README.md). A language must have two words that
speak clearly for it. FIELDS columns a span, as for paragraphs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.language import FIELDS, GRAMS, LANGUAGE, LETTERS, ROW, START, STOP, find_two, sum_word, weigh
from ayni.text.kernels.words import (
    FIRST,
    HASH,
    LENGTH,
    LONGEST,
    MOST_GRAMS,
    POINT,
    POSITION,
    STATE_SIZE,
    WORD,
    WORD_END,
    WORD_POINT,
    next_word,
)

LOUDEST = 5.0
CHANGE = 4.0
_CLEAR = 2.0  # times as likely as the next language
_SURE = 0.4  # a span that is less sure goes with the one before it
_WORDS = 2048  # words of one run; a longer paragraph is looked at in pieces
_REMEMBERED = 1 << 13


@njit(cache=True, nogil=True)
def trace_languages(loud: Any, number: int, allowed: Any, change: float) -> Any:
    """The likeliest language of every word among the allowed ones, given how each speaks for each and what a change costs."""
    some = allowed.shape[0]
    came, path = np.zeros((number, some), np.int16), np.zeros(number, np.int16)
    score, after = np.zeros(some), np.zeros(some)
    for word in range(number):
        best = np.argmax(score)
        for each in range(some):
            came[word, each], after[each] = each, score[each]
            if word > 0 and score[best] - change > score[each]:
                came[word, each], after[each] = best, score[best] - change
            after[each] += loud[word, allowed[each]]
        score[:] = after
    best = np.argmax(score)
    for word in range(number - 1, -1, -1):
        path[word] = allowed[best]
        best = came[word, best]
    return path


@njit(cache=True, nogil=True)
def _remember(place: int, letters: Any, length: int, table: Any, memory: Any, scale: Any, chances: Any, grams: Any, loudest: float) -> None:
    """A word's sums, how loud it speaks for every language, the number of its n-grams, and the language it is clear about."""
    (keys, rows, weights), (sums, louds, sizes, clears), (scales, power, languages) = table, memory, scale
    sizes[place] = sum_word(letters, length, keys, rows, weights, grams, sums[place])
    weigh(sums[place], sizes[place], scales, power, languages, chances)
    for tongue in range(chances.shape[0]):
        louds[place, tongue] = max(np.log(chances[tongue] + 1e-9), -loudest)
    first, second = find_two(chances)
    clears[place] = first if chances[first] > _CLEAR * chances[second] else -1


@njit(cache=True, nogil=True)
def cut_spans(
    path: Any, words: int, heard: Any, scale: Any, text: int, spans: Any, sure: Any, number: int, chances: Any, total: Any
) -> int:
    """Append one span for every run of one language, an unsure one to the span before it; returns the number of spans."""
    (sums, sizes, where), (scales, power, languages) = heard, scale
    start, first = 0, number
    while start < words:
        stop = start
        total[:] = 0
        while stop < words and path[stop] == path[start]:
            for label in range(total.shape[0]):
                total[label] += sums[stop, label]
            spans[number, GRAMS] += sizes[stop]
            spans[number, LETTERS] += where[stop, 2]
            stop += 1
        weigh(total, spans[number, GRAMS], scales, power, languages, chances)
        spans[number, ROW], spans[number, LANGUAGE] = text, path[start]
        spans[number, START], spans[number, STOP] = where[start, 0], where[stop - 1, 1]
        sure[number] = chances[path[start]]
        start = stop
        if number > first and (sure[number] < _SURE or spans[number - 1, LANGUAGE] == spans[number, LANGUAGE]):
            for field in (GRAMS, LETTERS):
                spans[number - 1, field] += spans[number, field]
            spans[number - 1, STOP] = spans[number, STOP]
            spans[number] = 0
        else:
            number += 1
    return number


@njit(cache=True, nogil=True)
def _grow(spans: Any, sure: Any, room: int) -> tuple[Any, Any]:
    more, more_sure = np.zeros((room, FIELDS), np.int32), np.zeros(room, np.float32)
    more[: spans.shape[0]], more_sure[: spans.shape[0]] = spans, sure
    return more, more_sure


@njit(cache=True, nogil=True)
def find_switches(
    data: Any, begins: Any, ends: Any, points: Any, texts: Any, fold: Any, compose: Any, keys: Any, rows: Any, weights: Any, scales: Any,
    power: float, languages: Any, none: int, loudest: float, change: float,
) -> tuple[Any, Any]:  # fmt: skip
    """Spans of every paragraph [begins, ends) in bytes, the first of which are at `points` (code points) of `texts`."""
    labels, tongues, state = weights.shape[1], languages.max() + 1, np.zeros(STATE_SIZE, np.int64)
    letters, grams = np.zeros(LONGEST + 2, np.uint16), np.zeros(MOST_GRAMS, np.int64)
    known = np.zeros(_REMEMBERED, np.int64)
    memory = (np.empty((_REMEMBERED, labels), np.int16), np.empty((_REMEMBERED, tongues), np.float32), known.copy(), known.copy())
    loud, table, scale = np.empty((_WORDS, tongues), np.float32), (keys, rows, weights), (scales, power, languages)
    heard = (np.empty((_WORDS, labels), np.int16), np.empty(_WORDS, np.int64), np.empty((_WORDS, 3), np.int64))
    chances, votes, total = np.zeros(tongues), np.zeros(tongues, np.int64), np.zeros(labels, np.int64)
    spans, sure, number = np.zeros((_WORDS, FIELDS), np.int32), np.zeros(_WORDS, np.float32), 0
    for paragraph in range(begins.shape[0]):
        state[:] = 0
        state[POSITION], state[POINT], state[FIRST] = begins[paragraph], points[paragraph], -1
        going = True
        while going:
            words = 0
            votes[:] = 0
            while words < _WORDS and going:
                if next_word(data, state, ends[paragraph], fold, compose, letters) != WORD:
                    going = False
                    break
                place = state[HASH] & (_REMEMBERED - 1)
                if known[place] != state[HASH]:
                    known[place] = state[HASH]
                    _remember(place, letters, state[LENGTH], table, memory, scale, chances, grams, loudest)
                heard[0][words], loud[words], heard[1][words] = memory[0][place], memory[1][place], memory[2][place]
                if memory[3][place] >= 0:
                    votes[memory[3][place]] += 1
                heard[2][words, 0], heard[2][words, 1], heard[2][words, 2] = state[WORD_POINT], state[WORD_END], state[LENGTH]
                words += 1
            votes[none] = 0
            allowed = np.flatnonzero(votes >= 2)
            if allowed.shape[0] >= 2:
                path = trace_languages(loud, words, allowed, change)
                if number + words > spans.shape[0]:
                    spans, sure = _grow(spans, sure, 2 * (number + words))
                number = cut_spans(path, words, heard, scale, texts[paragraph], spans, sure, number, chances, total)
    return spans[:number], sure[:number]
