"""Scorer `fingerprint`: one digest for texts that differ only in case, spaces, punctuation or Unicode form.

fingerprint("¡Hola,  Mundo!") == fingerprint("hola mundo")
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from ayni.core.formats.documents import Document
from ayni.text.scorer import scorer

_APART = re.compile(r"[\W_]+")


def fingerprint(text: str) -> str:
    """16 hex digits of SHA-256 over the letters and digits of NFKC, case-folded text."""
    plain = _APART.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


@scorer("fingerprint", version=1, columns={"text_digest": "string"})
def score(document: Document) -> dict[str, object]:
    """Digest of the text for finding exact copies."""
    return {"text_digest": fingerprint(document.text)}
