"""How much of a document repeats itself: n-grams of words by identity, each length only where the shorter one repeats.

    measure_grams(grams, uses, ends, count, characters, table, epoch, out)     fills the shares that Gopher's repetition rules ask for

An n-gram can repeat only where both (n-1)-grams inside it do, so that after pairs little is left to count.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ayni.text.kernels.quality_table import Table, look_up, round_up

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


@njit(cache=True, nogil=True)
def _pair_key(first: Any, second: Any) -> Any:
    value = ((np.uint64(first) << _HALF) | np.uint64(second)) * _GOLDEN
    return value ^ (value >> _HALF)  # both steps can be undone: two pairs never share a key


@njit(cache=True, nogil=True)
def _number_grams(grams: Any, uses: Any, longer: Any, counts: Any, places: Any, table: Table, slots: Any, epoch: Any) -> Any:
    """Number the n-grams (pairs of neighbouring (n-1)-grams that each repeat) and count them; -1 where one is unique."""
    found = 0
    for at in range(places):
        first, second = grams[at], grams[at + 1]
        if first < 0 or second < 0 or uses[first] < 2 or uses[second] < 2:
            longer[at] = -1
            continue
        number = look_up(table, slots, epoch, _pair_key(first, second), found)
        if number < 0:
            number = found
            counts[found] = 0
            found += 1
        counts[number] += 1
        longer[at] = number
    return found


@njit(cache=True, nogil=True)
def _top_size(longer: Any, counts: Any, places: Any, found: Any, ends: Any, size: Any) -> Any:
    """Characters that the most frequent n-gram, the earliest of equals, takes with its spaces, times its uses."""
    best = 0
    for number in range(found):
        if counts[number] > counts[best]:
            best = number
    if found == 0 or counts[best] < 2:
        return ends[size] - ends[0] + size - 1
    at = 0
    while longer[at] != best:
        at += 1
    return (ends[at + size] - ends[at] + size - 1) * counts[best]


@njit(cache=True, nogil=True)
def _repeated_size(longer: Any, met: Any, places: Any, ends: Any, size: Any) -> Any:
    """Characters of the n-grams that were met before; a repeated one is stepped over whole."""
    repeated = at = 0
    while at < places:
        number = longer[at]
        if number >= 0 and met[number]:
            repeated += ends[at + size] - ends[at]
            at += size
            continue
        if number >= 0:
            met[number] = True
        at += 1
    return repeated


@njit(cache=True, nogil=True)
def measure_grams(grams: Any, uses: Any, ends: Any, count: Any, characters: Any, table: Table, epoch: Any, out: Any) -> Any:
    """Shares of n-grams of 2 to 4 (the most frequent) and 5 to 10 (repeated) words; the epoch that the table has reached.

    grams[1], uses[1]: which word stands where, and how often each does; the other rows are room. ends: where words end.
    """
    out[:] = 0.0
    slots = round_up(2 * count, 512)
    for size in range(2, 11):
        places = count - size + 1
        if places <= 0:
            break
        old, new = size % 2 ^ 1, size % 2
        epoch += 1
        found = _number_grams(grams[old], uses[old], grams[new], uses[new], places, table, slots, epoch)
        if size <= 4:
            out[size - 2] = _top_size(grams[new], uses[new], places, found, ends, size) / characters
        elif found == 0:
            break
        else:
            out[size - 2] = _repeated_size(grams[new], np.zeros(found, np.bool_), places, ends, size) / characters
    return epoch
