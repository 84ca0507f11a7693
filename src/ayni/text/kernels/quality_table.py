"""A hash table inside compiled code: 64-bit keys to numbers, emptied in no time by a new epoch.

table = make_table(1024); slot = find(table, mask, epoch, key); if table.stamps[slot] >> SHIFT != epoch: put(...)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

SHIFT = np.int64(32)
_LOW = np.int64(0xFFFFFFFF)


class Table(NamedTuple):
    """Open addressing; a slot counts only where the upper half of its stamp is the present epoch, the lower is the value."""

    keys: Any  # uint64 (slots,)
    stamps: Any  # int64 (slots,)


@njit(cache=True, nogil=True)
def make_table(slots: Any) -> Any:
    """A table of a power of two of slots."""
    return Table(np.zeros(slots, np.uint64), np.zeros(slots, np.int64))


@njit(cache=True, nogil=True)
def round_up(number: Any, least: Any) -> Any:
    """The smallest power of two that is neither below `number` nor below `least`."""
    size = least
    while size < number:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def look_up(table: Table, slots: Any, epoch: Any, key: Any, value: Any) -> Any:
    """The value that a key has in this epoch, or -1 after giving it this value. The first `slots` slots are used."""
    mask = slots - 1
    slot = np.int64(key & np.uint64(mask))
    while table.stamps[slot] >> SHIFT == epoch:
        if table.keys[slot] == key:
            return np.int64(table.stamps[slot] & _LOW)
        slot = (slot + 1) & mask
    table.keys[slot] = key
    table.stamps[slot] = (np.int64(epoch) << SHIFT) | np.int64(value)
    return -1


@njit(cache=True, nogil=True)
def double(table: Table, slots: Any, epoch: Any) -> Any:
    """A table of twice the slots with the same keys and values."""
    wider = make_table(2 * slots)
    for slot in range(slots):
        if table.stamps[slot] >> SHIFT == epoch:
            look_up(wider, 2 * slots, epoch, table.keys[slot], np.int64(table.stamps[slot] & _LOW))
    return wider
