"""Scorer `quality`: measures of a text in the manner of Gopher, C4 and FineWeb, without English stop words.

    characters, words, mean_word_length, alphabetic_share, digit_share, ellipsis_line_share, bullet_line_share,
    duplicate_line_share, top_bigram_share, stop_word_share (null where the language has no pack)

Sources: Rae et al. 2021 (Gopher), Raffel et al. 2020 (C4), Penedo et al. 2024 (FineWeb). Measures only: the verdicts
are SQL rules in the recipe.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ayni.core.formats.documents import Document
from ayni.text.packs import find_pack, packs_digest
from ayni.text.scorer import scorer

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼꞌ][^\W\d_]+)*")
_BULLET = re.compile(r"\s*[-*•·–—]\s")
COLUMNS = {
    "characters": "int64",
    "words": "int64",
    "mean_word_length": "double",
    "alphabetic_share": "double",
    "digit_share": "double",
    "ellipsis_line_share": "double",
    "bullet_line_share": "double",
    "duplicate_line_share": "double",
    "top_bigram_share": "double",
    "stop_word_share": "double",
}


@scorer("quality", version=1, columns=COLUMNS, assets=packs_digest)
def score(document: Document) -> dict[str, object]:
    """Length, letters, repetition and function words of a text."""
    text = document.text
    words = _WORD.findall(text.casefold())
    lines = [line for line in text.split("\n") if line.strip()]
    solid = [character for character in text if not character.isspace()]
    pack = find_pack(document.language)
    return {
        "characters": len(text),
        "words": len(words),
        "mean_word_length": sum(map(len, words)) / len(words) if words else None,
        "alphabetic_share": _share(sum(map(str.isalpha, solid)), len(solid)),
        "digit_share": _share(sum(map(str.isdigit, solid)), len(solid)),
        "ellipsis_line_share": _share(sum(line.rstrip().endswith(("...", "…")) for line in lines), len(lines)),
        "bullet_line_share": _share(sum(bool(_BULLET.match(line)) for line in lines), len(lines)),
        "duplicate_line_share": _share(len(lines) - len(set(lines)), len(lines)),
        "top_bigram_share": _top_bigram(words),
        "stop_word_share": _share(sum(word in pack.stop_words for word in words), len(words)) if pack and pack.stop_words else None,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _top_bigram(words: Sequence[str]) -> float | None:
    """Share of all bigrams that the most frequent one takes."""
    if len(words) < 2:
        return None
    return Counter(pairwise(words)).most_common(1)[0][1] / (len(words) - 1)
