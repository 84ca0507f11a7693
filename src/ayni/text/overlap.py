"""N-grams of words of some texts, and which of them stand in other texts, exactly: for what must not be learnt.

    grams, members, words = gather_grams(items, words=13, shortest=8)    the items' n-grams, each once; who has which; words of each
    rows, numbers = Finder(grams).find(table["text"])                    row -> n-gram, each pair once, sorted

Texts are compared as fingerprints do: without case, punctuation, white space and Unicode form. A text of fewer than `words` words
is one n-gram as a whole, if it has `shortest`; of a shorter one nothing is asked. A hash only leads to an n-gram; its letters decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ayni.text.fingerprint import fold_slowly
from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.fold import WIDEST, fold_text, load_forms
from ayni.text.kernels.overlap import BASE, find, gather, unite

_BITS_A_KEY = 32  # of the sieve: 3 of 100 windows pass by chance
_FILES = ("keys", "begins", "ends", "letters", "lengths")

Numbers = npt.NDArray[np.int64]
MEMBER = np.dtype([("gram", np.int64), ("text", np.int64)])  # a text that has the n-gram


@dataclass(frozen=True)
class Grams:
    """Distinct n-grams: `keys` sorted; letters[begins[g] : ends[g]] are the folded bytes of g; `lengths`, in words, that occur."""

    keys: npt.NDArray[np.uint64]
    begins: Numbers
    ends: Numbers
    letters: npt.NDArray[np.uint8]
    lengths: Numbers

    def save(self, folder: Path) -> None:
        """One file an array."""
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Grams:
        """From its files, not into memory: workers of one machine share them."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FILES))


def gather_grams(texts: pa.Array | pa.ChunkedArray, words: int, shortest: int) -> tuple[Grams, npt.NDArray[Any], Numbers]:
    """The n-grams of texts; MEMBER rows, sorted, each once; and the number of words of each text."""
    letters, offsets = _fold(texts)
    room = letters.size // 2 + len(texts) + 1
    starts, prefix, keys = np.empty(room + 1, np.int64), np.empty(room + 1, np.uint64), np.empty(room, np.uint64)
    begins, ends, rows = (np.empty(room, np.int64) for _ in range(3))
    count = gather(letters, offsets, words, shortest, _raise_base(np.arange(words + 1)), starts, prefix, keys, begins, ends, rows)
    order = np.argsort(keys[:count], kind="stable")
    keys, begins, ends, rows = keys[order], begins[order], ends[order], rows[order]
    firsts, numbers = np.empty(count, np.int64), np.empty(count, np.int64)
    firsts = firsts[: unite(keys, begins, ends, letters, firsts, numbers)]
    members = np.empty(count, MEMBER)
    members["gram"], members["text"] = numbers, rows
    sizes = _count_words(letters, offsets)
    lengths = np.unique(np.minimum(sizes[np.unique(rows)], words)).astype(np.int64)
    return Grams(keys[firsts], begins[firsts], ends[firsts], letters, lengths), np.unique(members), sizes


class Finder:
    """Looks n-grams up in texts."""

    def __init__(self, grams: Grams) -> None:
        self.grams = grams
        bits = max(64, 1 << int(grams.keys.size * _BITS_A_KEY).bit_length())
        self._shift = np.uint64(64 - (bits.bit_length() - 1))
        self._sieve = np.zeros(bits // 8, np.uint8)
        places = grams.keys >> self._shift
        np.bitwise_or.at(self._sieve, (places >> np.uint64(3)).astype(np.int64), (1 << (places & np.uint64(7))).astype(np.uint8))
        self._powers = _raise_base(grams.lengths)

    def find(self, texts: pa.Array | pa.ChunkedArray) -> tuple[Numbers, Numbers]:
        """Rows of `texts` and the n-grams that stand in them: each pair once, sorted."""
        data, offsets = view_strings(texts)
        rows, grams, slow = self._search(data, offsets, False)
        again = np.flatnonzero(slow)
        if again.size:
            plain, places = view_strings(pa.array([fold_slowly(texts[row].as_py()) for row in again.tolist()], pa.large_string()))
            more, others, _ = self._search(plain, places, True)
            rows, grams = np.concatenate([rows, again[more]]), np.concatenate([grams, others])
        pairs = np.unique(rows * max(1, self.grams.keys.size) + grams)
        return pairs // max(1, self.grams.keys.size), pairs % max(1, self.grams.keys.size)

    def _search(self, data: Any, offsets: Any, plain: bool) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
        longest = int(np.diff(offsets).max(initial=0))
        room, most = np.empty(WIDEST * longest + 1, np.uint8), WIDEST * longest // 2 + 2  # a word has a letter and a space at least
        starts, prefix, slow = np.empty(most, np.int64), np.empty(most, np.uint64), np.zeros(offsets.size - 1, np.bool_)
        known = self.grams
        about = (known.lengths, self._powers, self._sieve, self._shift, known.keys, known.begins, known.ends, known.letters)
        size = 1024
        while True:  # again, with room enough, where more was found than was thought of
            rows, grams = np.empty(size, np.int64), np.empty(size, np.int64)
            count = find(data, offsets, plain, *load_forms(), *about, room, starts, prefix, rows, grams, slow)
            if count <= size:
                return rows[:count], grams[:count], slow
            size = count


def _fold(texts: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.uint8], Numbers]:
    """Folded texts as one run of bytes, and where each starts and the last ends."""
    data, offsets = view_strings(texts)
    room = np.empty(WIDEST * int(np.diff(offsets).max(initial=0)) + 1, np.uint8)
    plain = bytearray()
    ends = [0]
    for row in range(len(texts)):
        folded = fold_text(data, offsets[row], offsets[row + 1], room)
        plain += fold_slowly(texts[row].as_py()).encode() if folded is None else folded
        ends.append(len(plain))
    return np.frombuffer(bytes(plain), np.uint8), np.array(ends, np.int64)


def _count_words(letters: npt.NDArray[np.uint8], offsets: Numbers) -> Numbers:
    """Words of each folded text: one more than its spaces, none of an empty one."""
    spaces = np.concatenate([[0], np.cumsum(letters == 32)])[offsets]
    sizes: Numbers = (np.diff(spaces) + (np.diff(offsets) > 0)).astype(np.int64)
    return sizes


def _raise_base(exponents: Any) -> npt.NDArray[np.uint64]:
    return np.array([pow(BASE, int(each), 1 << 64) for each in exponents], np.uint64)
