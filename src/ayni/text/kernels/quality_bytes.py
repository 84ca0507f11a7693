"""UTF-8 bytes inside compiled code: 64 bits that stand for some of them, and the character at a place.

hash_bytes(data, start, end); decode_one(data, at) -> (code point, bytes)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_SEED = np.uint64(0x9E3779B97F4A7C15)
_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_MIX = np.uint64(32)
_EIGHT = np.uint64(8)


@njit(cache=True, nogil=True)
def hash_bytes(data: Any, start: Any, end: Any) -> Any:
    """64 bits of some bytes, never 0; equal for equal bytes, and practically only for those."""
    value = _SEED ^ np.uint64(end - start)
    at, last = np.uintp(start), np.uintp(end)  # unsigned, so that no index is asked whether it counts from the end
    while at + np.uintp(8) <= last:
        word = np.uint64(0)
        for step in range(8):
            word |= np.uint64(data[at + np.uintp(step)]) << np.uint64(8 * step)
        value = (value ^ word) * _FACTOR
        value ^= value >> _MIX
        at += np.uintp(8)
    word, shift = np.uint64(0), np.uint64(0)
    while at < last:
        word |= np.uint64(data[at]) << shift
        shift += _EIGHT
        at += np.uintp(1)
    value = (value ^ word) * _FACTOR
    value ^= value >> _MIX
    value *= _FACTOR
    value ^= value >> _MIX
    return value if value else np.uint64(1)


@njit(cache=True, nogil=True)
def decode_one(data: Any, at: Any) -> Any:
    """(code point, bytes) of the character at a byte of valid UTF-8."""
    lead = np.int64(data[at])
    if lead < 0x80:
        return lead, 1
    if lead < 0xE0:
        return ((lead & 0x1F) << 6) | (np.int64(data[at + 1]) & 0x3F), 2
    if lead < 0xF0:
        return ((lead & 0x0F) << 12) | ((np.int64(data[at + 1]) & 0x3F) << 6) | (np.int64(data[at + 2]) & 0x3F), 3
    code = ((lead & 0x07) << 18) | ((np.int64(data[at + 1]) & 0x3F) << 12) | ((np.int64(data[at + 2]) & 0x3F) << 6)
    return code | (np.int64(data[at + 3]) & 0x3F), 4
