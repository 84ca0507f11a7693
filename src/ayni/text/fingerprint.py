"""Scorer `fingerprint`: one digest for texts that differ only in case, spaces, punctuation or Unicode form.

fingerprint("¡Hola,  Mundo!") == fingerprint("hola mundo")
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from ayni.text.kernels.buffers import view_strings
from ayni.text.scorer import batch_scorer

_APART = re.compile(r"[\W_]+")


def fingerprint(text: str) -> str:
    """16 hex digits of SHA-256 over the letters and digits of NFKC, case-folded text."""
    return hashlib.sha256(fold_slowly(text).encode()).hexdigest()[:16]


def fold_slowly(text: str) -> str:
    """Letters and digits of any text, NFKC and case-folded, everything else one space: what kernels/fold.py does for most."""
    return _APART.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def fold_odd_words(text: str) -> str:
    """The text with those words folded that kernels/fold.py cannot fold; the others stay as they are, for the kernel."""
    pieces: list[str] = []
    end = 0
    for found in _list_odd().finditer(text):
        if found.start() < end:
            continue
        begin = 1 + max(text.rfind(mark, end, found.start()) for mark in " \n")
        begin = max(begin, end)
        pieces += [text[end:begin], fold_slowly(text[begin : (end := _find_gap(text, found.end()))])]
    return "".join([*pieces, text[end:]])


def _find_gap(text: str, start: int) -> int:
    return min((place for mark in " \n" if (place := text.find(mark, start)) >= 0), default=len(text))


@cache
def _list_odd() -> re.Pattern[str]:
    """Characters whose form depends on their neighbours, or that the kernel's table does not hold."""
    from ayni.text.kernels.fold import LIMIT, load_forms

    codes = np.flatnonzero(load_forms()[0] < 0)
    runs = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    ranges = [f"\\u{run[0]:04x}-\\u{run[-1]:04x}" for run in runs]
    return re.compile(f"[{''.join(ranges)}\\U{LIMIT:08x}-\\U0010ffff]")


@batch_scorer("fingerprint", version=1, columns={"text_digest": "string"})
def score(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, list[str]]:
    """Digest of the text for finding exact copies."""
    from ayni.text.kernels.fold import WIDEST, fold_text

    texts = documents["text"]
    data, offsets = view_strings(texts)
    room = np.empty(WIDEST * int(np.diff(offsets).max(initial=0)), np.uint8)
    digests = []
    for row in range(len(texts)):
        plain = fold_text(data, offsets[row], offsets[row + 1], room)
        digests.append(fingerprint(texts[row].as_py()) if plain is None else hashlib.sha256(plain).hexdigest()[:16])
    return {"text_digest": digests}
