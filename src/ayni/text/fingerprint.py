"""Scorer `fingerprint`: one digest for texts that differ only in case, spaces, punctuation or Unicode form.

fingerprint("¡Hola,  Mundo!") == fingerprint("hola mundo")
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

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
