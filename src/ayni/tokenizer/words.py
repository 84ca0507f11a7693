"""The words of a text, counted by language: all that byte-pair encoding needs to know of it.

    counts = count_words(sample.rows("train"), split)
    counts.words[counts.word[i]] stands counts.count[i] times in counts.languages[counts.language[i]]

Memory is bounded: where more than `most` (word, language) pairs are open, the rarest are dropped, and so again with a higher
bar (lossy counting, Manku & Motwani 2002, with one bar for all, so that the order of the text decides nothing else).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ayni.core.formats.sample import SampleRow
from ayni.model.pre_tokenizer import Splitter

MOST = 8_000_000  # pairs of word and language; about 1.2 GB as Python objects


@dataclass(frozen=True)
class WordCounts:
    """Distinct words, and how often each stands in each language: three columns, sorted by word, then language."""

    words: list[str]
    languages: tuple[str, ...]
    word: npt.NDArray[np.int32]
    language: npt.NDArray[np.int16]
    count: npt.NDArray[np.int64]
    bytes: npt.NDArray[np.int64]  # (languages,) of the text that was read
    dropped: int  # the largest count that was dropped for want of room; 0: none

    def total(self, of_word: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """(languages,): the sum, over a language's text, of a number that every word has."""
        sums = np.zeros(len(self.languages), np.int64)
        np.add.at(sums, self.language, of_word[self.word] * self.count)
        return sums

    def weigh(self, of_language: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """(words,): the count of every word, with a weight for each language."""
        sums = np.zeros(len(self.words), np.int64)
        np.add.at(sums, self.word, of_language[self.language] * self.count)
        return sums


def count_words(rows: Iterable[SampleRow], split: Splitter, most: int = MOST) -> WordCounts:
    """Count the words of every language."""
    counters: dict[str, Counter[str]] = {}
    sizes: Counter[str] = Counter()
    bar = 0
    for row in rows:
        counters.setdefault(row.language, Counter()).update(split(row.text))
        sizes[row.language] += len(row.text.encode())
        while sum(map(len, counters.values())) > most:
            bar += 1
            counters = {name: Counter({word: n for word, n in each.items() if n > bar}) for name, each in counters.items()}
    languages = tuple(sorted(counters))
    words = sorted(set().union(*counters.values()))
    places = {word: place for place, word in enumerate(words)}
    number = sum(map(len, counters.values()))
    word, language, count = np.empty(number, np.int32), np.empty(number, np.int16), np.empty(number, np.int64)
    begin = 0
    for index, name in enumerate(languages):
        counter = counters.pop(name)
        end = begin + len(counter)
        word[begin:end] = np.fromiter((places[word] for word in counter), np.int32, len(counter))
        language[begin:end] = index
        count[begin:end] = np.fromiter(counter.values(), np.int64, len(counter))
        begin = end
    totals = np.array([sizes[name] for name in languages], np.int64)
    order = np.lexsort((language, word))
    return WordCounts(words, languages, word[order], language[order], count[order], totals, bar)
