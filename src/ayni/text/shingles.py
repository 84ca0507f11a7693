"""Shingles of a text: every five words in a row, folded as for a fingerprint, as 64-bit hashes. For copies and for overlap.

    hash_shingles("Al comienzo era el verbo y el verbo era ...")        array([..], uint64), one a place, in order
    gather_sets(table["text"])                                          of each text the sorted set, 32 bits each
    sign_texts(table["text"])                                           signatures whose equal places estimate Jaccard similarity

Case, accents' Unicode form, punctuation and white space do not matter; accents and digits do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ayni.text.fingerprint import fold_odd_words, fold_slowly
from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.fold import WIDEST, load_forms
from ayni.text.kernels.shingles import BINS, WORDS, collect, list_donors, sign

Hashes = npt.NDArray[np.uint64]
Set = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Signatures:
    """Of some texts: `bins` (texts, BINS); `sizes` (texts,), shingles, repeated ones too; `marks` (texts,), equal for equal shingles.

    A text of fewer shingles than were asked for has nothing in its row of `bins`, and the mark 0.
    """

    bins: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.int64]
    marks: Hashes


def sign_texts(texts: pa.Array | pa.ChunkedArray, least: int = 1) -> Signatures:
    """The signatures of texts of `least` shingles or more."""
    found = _sign(texts, least, plain=False)
    for fold, plain in ((fold_odd_words, False), (fold_slowly, True)):  # the second for the few that the first does not help
        slow = np.flatnonzero(found.sizes < 0)
        if slow.size:
            again = _sign(pa.array([fold(texts[row].as_py()) for row in slow.tolist()], pa.large_string()), least, plain=plain)
            found.bins[slow], found.sizes[slow], found.marks[slow] = again.bins, again.sizes, again.marks
    return found


def _sign(texts: pa.Array | pa.ChunkedArray, least: int, *, plain: bool) -> Signatures:
    """As `sign_texts`, but the size is -1 where the kernel cannot fold the text. `plain`: they are folded already."""
    data, offsets = view_strings(texts)
    bins, marks = np.empty((len(texts), BINS), np.uint32), np.zeros(len(texts), np.uint64)
    sizes = sign(data, offsets, plain, *load_forms(), least, *_make_room(offsets), list_donors(), bins, marks)
    return Signatures(bins, sizes, marks)


def hash_shingles(text: str) -> Hashes:
    """The hashes of a text's shingles, in order, repeated ones too."""
    return next(iterate_shingles(pa.array([text], pa.large_string()))).copy()


def gather_sets(texts: pa.Array | pa.ChunkedArray) -> Iterator[Set]:
    """Of each text the sorted set of its shingles, cut to 32 bits: two texts of 10,000 words then share 0.02 by chance."""
    for hashes in iterate_shingles(texts):
        values = np.sort(hashes.astype(np.uint32))
        yield values[np.concatenate([[True], values[1:] != values[:-1]])] if values.size else values


def iterate_shingles(texts: pa.Array | pa.ChunkedArray) -> Iterator[Hashes]:
    """The hashes of each text's shingles in turn; each array is overwritten by the next."""
    data, offsets = view_strings(texts)
    room, hashes = _make_room(offsets)
    for row in range(len(texts)):
        count = collect(data, offsets[row], offsets[row + 1], False, *load_forms(), room, hashes)
        if count < 0:
            plain = np.frombuffer(fold_slowly(texts[row].as_py()).encode(), np.uint8)
            own, hashes_of_it = _make_room(np.array([0, plain.size]))
            count = collect(plain, 0, plain.size, True, *load_forms(), own, hashes_of_it)
            yield hashes_of_it[:count]
        else:
            yield hashes[:count]


def _make_room(offsets: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint8], Hashes]:
    """Room for the longest text, folded, and for its shingles: a word has a letter and a space at least."""
    longest = int(np.diff(offsets).max(initial=0))
    return np.empty(WIDEST * longest + 1, np.uint8), np.empty(WIDEST * longest // 2 + WORDS, np.uint64)
