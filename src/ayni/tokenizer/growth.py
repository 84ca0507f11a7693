"""Growing a vocabulary: which pieces to add, one by one, so that every language pays less, under a fairness weight.

    growth = grow(counts, symbols, tokens, 16_000, Fairness(guard=("en",)))
    growth.merges       [(left id, right id), ...]: the new ids follow the old ones in this order
    growth.curve        what each thousand bought, by language

A piece is worth the sum, over languages, of the tokens that it saves a byte of that language's text, times the language's
weight: its bytes ** `exponent`, and (tokens a byte now / the mean) ** `premium`, taken anew at every step, so that a language
that pays more counts for more until it pays less. Old merges come first in byte-pair encoding and a new piece is in none of
them, so merges that continue on text as the old tokenizer splits it give just what the grown tokenizer will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ayni.tokenizer.words import WordCounts

_BASE = 0x100000001B3  # FNV's prime: odd, so that hashes modulo 2**64 keep all their bits
_MASS = 2.0**52  # all weights together: sums of products stay below 2**63
_PIECE_SHARE = 0.02  # of the guarded languages' allowance, for one piece


@dataclass(frozen=True)
class Fairness:
    """How languages count (see above); `guard` ones count nothing, and at most `disturb` of their tokens may be merged."""

    exponent: float = 0.3
    premium: float = 1.0
    guard: tuple[str, ...] = ()
    disturb: float = 0.005


@dataclass(frozen=True)
class Step:
    """What the vocabulary costs after so many new pieces: tokens of the training text by language."""

    pieces: int
    tokens: dict[str, int]


@dataclass
class Growth:
    """New merges in order, and the curve; `guarded` is the share of the guarded languages' tokens that they touch."""

    merges: list[tuple[int, int]] = field(default_factory=list)
    curve: list[Step] = field(default_factory=list)
    guarded: float = 0.0


@dataclass(frozen=True)
class Symbols:
    """Words as token ids: `ids` int32 (symbols,), `starts` int64 (words,), `lengths` int32 (words,); merged in place."""

    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int32]


def grow(
    counts: WordCounts, symbols: Symbols, tokens: Sequence[bytes], wanted: int, fairness: Fairness, *, step: int = 1000, longest: int = 32
) -> Growth:
    """Find up to `wanted` new pieces of at most `longest` bytes; `tokens` are the bytes of the present ids, by id."""
    from ayni.text.kernels.merges import continue_merges

    hashes, powers, sizes = _describe_tokens(tokens, wanted)
    guarded = np.array([name in fairness.guard for name in counts.languages], np.int64)
    guard = counts.weigh(guarded)
    present = counts.total(symbols.lengths.astype(np.int64))
    allowance = int(fairness.disturb * int(present @ guarded))
    left_over = allowance
    growth = Growth(curve=[_take_step(counts, present, 0)])
    while len(growth.merges) < wanted:
        weights = counts.weigh(_weigh_languages(counts, present, guarded, fairness))
        limits = (min(step, wanted - len(growth.merges)), longest, max(1, int(_PIECE_SHARE * allowance)), left_over, 1)
        used = len(tokens) + len(growth.merges)
        found = continue_merges(symbols.ids, symbols.starts, symbols.lengths, weights, guard, hashes, powers, sizes, used, limits)
        growth.merges += [(int(left), int(right)) for left, right, _, _ in found]
        left_over -= int(found[:, 3].sum())
        present = counts.total(symbols.lengths.astype(np.int64))
        growth.curve.append(_take_step(counts, present, len(growth.merges)))
        if len(found) < limits[0]:
            break  # nothing is left to merge
    growth.guarded = (allowance - left_over) / max(1, growth.curve[0].tokens.get(fairness.guard[0], 1)) if fairness.guard else 0.0
    return growth


def split_bytes(words: Sequence[str], ids: Sequence[int]) -> Symbols:
    """Words as single bytes; `ids` (256,) are the tokens of the bytes."""
    data = np.frombuffer("".join(words).encode(), np.uint8)
    lengths = np.fromiter((len(word.encode()) for word in words), np.int32, len(words))
    return Symbols(np.asarray(ids, np.int32)[data], _start(lengths), lengths)


def split_ids(ids: npt.NDArray[np.uint32], lengths: npt.NDArray[np.int64]) -> Symbols:
    """Words as a tokenizer encoded them, one after the other."""
    return Symbols(ids.astype(np.int32), _start(lengths.astype(np.int32)), lengths.astype(np.int32))


def _start(lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)[:-1]]).astype(np.int64)


def _weigh_languages(
    counts: WordCounts, present: npt.NDArray[np.int64], guarded: npt.NDArray[np.int64], fairness: Fairness
) -> npt.NDArray[np.int64]:
    """(languages,) whole numbers: what one token of each language's text is worth. Six digits, whatever the machine's pow."""
    size = np.maximum(counts.bytes, 1).astype(np.float64)
    price = present / size
    mass = size**fairness.exponent * (1 - guarded)
    mean = (mass @ price) / max(mass.sum(), 1e-9)
    mass = mass * (price / max(mean, 1e-9)) ** fairness.premium
    worth = mass / max(mass.sum(), 1e-9) / size * _MASS
    return np.array([round(float(f"{value:.6g}")) for value in worth], np.int64)


def _take_step(counts: WordCounts, present: npt.NDArray[np.int64], pieces: int) -> Step:
    return Step(pieces, dict(zip(counts.languages, map(int, present), strict=True)))


def _describe_tokens(tokens: Sequence[bytes], wanted: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Content hash, base ** length and length of every present token, with room for the new ones."""
    hashes, powers = np.zeros(len(tokens) + wanted, np.uint64), np.zeros(len(tokens) + wanted, np.uint64)
    sizes = np.zeros(len(tokens) + wanted, np.int32)
    for place, token in enumerate(tokens):
        value = 0
        for byte in token:
            value = (value * _BASE + byte + 1) % 2**64
        hashes[place], powers[place], sizes[place] = value, pow(_BASE, len(token), 2**64), len(token)
    return hashes, powers, sizes
