"""The merges of byte-pair encoding (Sennrich et al. 2016), found on counted words, in 64-bit integers.

    left, right, gains = continue_merges(symbols, starts, lengths, weights, guard, tokens, limits)

Each round counts the pairs of neighbours anew, then takes the heaviest pair, writes one symbol for it in every word that has
it, and goes on. Which words have a pair is kept as a list a pair, so that a merge costs what it changes. Ties go to the pair
of the smaller ids, as in Hugging Face's trainer: the same counts always give the same merges.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
from numba import njit

_EMPTY = np.int64(-1)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, Knuth's multiplicative hashing
_SHIFT = np.uint64(32)


@njit(cache=True, inline="never")
def _find(keys: Any, key: Any) -> Any:
    """Where a pair stands in the table, or the empty place where it would stand."""
    mask = len(keys) - 1
    hashed = np.uint64(key) * _SPREAD
    place = np.int64((hashed ^ (hashed >> _SHIFT)) & np.uint64(mask))
    while keys[place] != _EMPTY and keys[place] != key:
        place = (place + 1) & mask
    return place  # type: ignore[return-value]


@njit(cache=True)
def _grow(keys: Any, masses: Any, heads: Any) -> Any:
    """The same table with twice the room."""
    more = np.full(2 * len(keys), _EMPTY)
    more_masses, more_heads = np.zeros(2 * len(keys), np.int64), np.full(2 * len(keys), np.int32(-1))
    for place in range(len(keys)):
        if keys[place] != _EMPTY:
            new = _find(more, keys[place])
            more[new], more_masses[new], more_heads[new] = keys[place], masses[place], heads[place]
    return more, more_masses, more_heads


@njit(cache=True)
def _count_pairs(symbols: Any, starts: Any, lengths: Any, weights: Any) -> Any:
    """Table of pairs: key, mass, head of its list of words; the lists' words and links; how many of each are used."""
    room = np.int64(0)
    for word in range(len(lengths)):
        room += max(0, 3 * (lengths[word] - 1))  # each merge takes a symbol away and makes two pairs at most
    words, links = np.empty(room + 1, np.int32), np.empty(room + 1, np.int32)
    keys, masses, heads = np.full(1 << 16, _EMPTY), np.zeros(1 << 16, np.int64), np.full(1 << 16, np.int32(-1))
    pairs = used = 0
    for word in range(len(lengths)):
        for at in range(starts[word], starts[word] + lengths[word] - 1):
            key = (np.int64(symbols[at]) << 32) | np.int64(symbols[at + 1])
            place = _find(keys, key)
            if keys[place] == _EMPTY:
                if 2 * pairs > len(keys):
                    keys, masses, heads = _grow(keys, masses, heads)
                    place = _find(keys, key)
                keys[place] = key
                pairs += 1
            masses[place] += weights[word]
            if heads[place] < 0 or words[heads[place]] != word:
                words[used], links[used], heads[place] = word, heads[place], used
                used += 1
    return keys, masses, heads, words, links, pairs, used


@njit(cache=True)
def _disturb(symbols: Any, starts: Any, lengths: Any, guard: Any, words: Any, links: Any, entry: int, left: int, right: int) -> Any:
    """How often the pair stands in guarded text."""
    hits = np.int64(0)
    while entry >= 0:
        word = words[entry]
        if guard[word]:
            for at in range(starts[word], starts[word] + lengths[word] - 1):
                if symbols[at] == left and symbols[at + 1] == right:
                    hits += guard[word]
        entry = links[entry]
    return hits  # type: ignore[return-value]


@njit(cache=True)
def _merge_word(symbols: Any, start: int, length: int, left: int, right: int, new: int) -> int:
    """Write the new symbol for every left-right in one word, from its beginning; the word's new length."""
    read, write, end = start, start, start + length
    while read < end:
        if read + 1 < end and symbols[read] == left and symbols[read + 1] == right:
            symbols[write] = new
            read += 2
        else:
            symbols[write] = symbols[read]
            read += 1
        write += 1
    return write - start


@njit(cache=True)
def _apply_merge(
    symbols: Any,
    starts: Any,
    lengths: Any,
    weights: Any,
    keys: Any,
    masses: Any,
    heads: Any,
    words: Any,
    links: Any,
    pairs: int,
    used: int,
    entry: int,
    left: int,
    right: int,
    new: int,
) -> Any:
    """Merge the pair in every word of its list; the table, as it then is, and the pairs that it did not have before."""
    fresh = [np.int64(0) for _ in range(0)]
    while entry >= 0:
        word = words[entry]
        entry = links[entry]
        start, length = starts[word], lengths[word]
        for at in range(start, start + length - 1):
            masses[_find(keys, (np.int64(symbols[at]) << 32) | np.int64(symbols[at + 1]))] -= weights[word]
        length = _merge_word(symbols, start, length, left, right, new)
        lengths[word] = length
        for at in range(start, start + length - 1):
            pair = (np.int64(symbols[at]) << 32) | np.int64(symbols[at + 1])
            there = _find(keys, pair)
            if keys[there] == _EMPTY:
                if 2 * pairs > len(keys):
                    keys, masses, heads = _grow(keys, masses, heads)
                    there = _find(keys, pair)
                keys[there] = pair
                pairs += 1
                fresh.append(pair)
            masses[there] += weights[word]
            if (symbols[at] == new or symbols[at + 1] == new) and (heads[there] < 0 or words[heads[there]] != word):
                words[used], links[used], heads[there] = word, heads[there], used
                used += 1
    return keys, masses, heads, pairs, used, fresh


@njit(cache=True)
def continue_merges(
    symbols: Any, starts: Any, lengths: Any, weights: Any, guard: Any, hashes: Any, powers: Any, sizes: Any, used_ids: int, limits: Any
) -> Any:
    """Merge in place until `limits[0]` new pieces are made; returns (left, right, mass, guarded hits) of each.

    symbols int32 (symbols,); starts int64, lengths int32, weights int64, guard int64 (words,). hashes and powers uint64, sizes
    int32 (ids + new,): content hash, its base to the power of the length, and bytes of every token; new ones are filled in.
    limits: pieces wanted, most bytes of a piece, most guarded symbols that one piece and that all together may disturb, and
    the least mass. A pair whose bytes are a token already is passed over: it could be reached in two ways.
    """
    keys, masses, heads, words, links, pairs, used = _count_pairs(symbols, starts, lengths, weights)
    heap = [(-masses[place], keys[place]) for place in range(len(keys)) if keys[place] != _EMPTY and masses[place] > 0]
    heapify(heap)
    known = {hashes[0]: True}
    for token in range(used_ids):
        known[hashes[token]] = True
    wanted, longest, piece_limit, left_over, least = limits
    result = np.zeros((wanted, 4), np.int64)
    made = 0
    while made < wanted and len(heap):
        mass, key = heappop(heap)
        place = _find(keys, key)
        if masses[place] != -mass:
            if masses[place] > 0:
                heappush(heap, (-masses[place], key))
            continue
        if -mass < least:
            break
        left, right = np.int32(key >> 32), np.int32(key & 0xFFFFFFFF)
        content = hashes[left] * powers[right] + hashes[right]
        if content in known or sizes[left] + sizes[right] > longest:
            continue
        hits = _disturb(symbols, starts, lengths, guard, words, links, heads[place], left, right)
        if hits > piece_limit or hits > left_over:
            continue
        left_over -= hits
        new = used_ids + made
        known[content] = True
        hashes[new], powers[new], sizes[new] = content, powers[left] * powers[right], sizes[left] + sizes[right]
        result[made, 0], result[made, 1], result[made, 2], result[made, 3] = left, right, -mass, hits
        made += 1
        keys, masses, heads, pairs, used, fresh = _apply_merge(
            symbols, starts, lengths, weights, keys, masses, heads, words, links, pairs, used, heads[place], left, right, new
        )
        for pair in fresh:
            heappush(heap, (-masses[_find(keys, pair)], pair))
    return result[:made]
