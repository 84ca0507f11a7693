"""Letters and digits of a text in one form: NFKC and case-folded, everything else one space. The bytes that a fingerprint hashes.

    size = fold(data, start, end, places, pool, out)        UTF-8 into out, or -1: a character needs the slow way

Only characters whose form depends on no neighbour are folded here: no combining marks, nothing above U+FFFF.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import numpy as np
from numba import njit

LIMIT = 0x10000
WIDEST = 4  # bytes of a form for each byte of its character: U+2A0C, four integral signs; wider ones (U+FDFA) go the slow way
_APART = re.compile(r"[\W_]")


@cache
def load_forms() -> tuple[Any, Any]:
    """Where in the pool the form of each character begins (-1: it has none that is its own), and the pool; 0 ends a form."""
    places, pool = np.full(LIMIT, -1, np.int32), bytearray()
    for code in (*range(0xD800), *range(0xE000, LIMIT)):  # between them, halves of pairs: no characters
        form = unicodedata.normalize("NFKC", chr(code)).casefold()
        composes = 0x1100 <= code < 0x1200  # Hangul jamo, with their neighbours
        plain = _APART.sub(" ", form).encode()
        marked = unicodedata.category(chr(code)).startswith("M") or unicodedata.combining(form[:1] or " ")
        if not composes and not marked and len(plain) <= WIDEST * len(chr(code).encode()):
            places[code] = len(pool)
            pool += plain + b"\0"
    return places, np.frombuffer(bytes(pool), np.uint8)


def _list_short() -> Any:
    """Forms of one byte for ASCII (256 places: 32 for what is no letter and no digit), else 0; then those of U+00C0 to U+00FF.

    Of the second half, the last byte of a form that begins with C3, as most small letters of Latin-1 do, else 0.
    """
    short = np.zeros(256, np.uint8)
    for code in range(0x80):
        short[code] = ord(_APART.sub(" ", chr(code).casefold()))
    for code in range(0xC0, 0x100):
        form = chr(code).casefold().encode()
        if form[0] == 0xC3 and len(form) == 2 and not _APART.match(chr(code)):
            short[0x80 + (code & 0x3F)] = form[1]
    return short


_SHORT = _list_short()


@njit(cache=True, nogil=True)
def fold(data: Any, start: int, end: int, places: Any, pool: Any, out: Any) -> int:
    """Fill `out`; its size, or -1 where a character has no form of its own."""
    size, at, gap = 0, start, False
    while at < end:
        lead = np.int64(data[at])
        if lead < 0x80:
            if _SHORT[lead] == 32:
                gap = size > 0
            else:
                if gap:
                    out[size] = 32
                    size += 1
                    gap = False
                out[size] = _SHORT[lead]
                size += 1
            at += 1
            continue
        if lead == 0xC3 and _SHORT[data[at + 1]]:
            if gap:
                out[size] = 32
                size += 1
                gap = False
            out[size], out[size + 1] = 0xC3, _SHORT[data[at + 1]]
            size += 2
            at += 2
            continue
        if lead < 0xE0:
            code, step = ((lead & 0x1F) << 6) | (np.int64(data[at + 1]) & 0x3F), 2
        elif lead < 0xF0:
            code, step = ((lead & 0x0F) << 12) | ((np.int64(data[at + 1]) & 0x3F) << 6) | (np.int64(data[at + 2]) & 0x3F), 3
        else:
            return -1
        if code >= places.size or places[code] < 0:
            return -1
        place = places[code]
        while pool[place]:
            if pool[place] == 32:
                gap = size > 0
            else:
                if gap:
                    out[size] = 32
                    size += 1
                    gap = False
                out[size] = pool[place]
                size += 1
            place += 1
        at += step
    return size


def fold_text(data: Any, start: int, end: int, out: Any) -> bytes | None:
    """The folded bytes of a text, or None where they must be found the slow way. `out`: room for WIDEST bytes a byte of text."""
    size = fold(data, start, end, *load_forms(), out)
    return None if size < 0 else out[:size].tobytes()
