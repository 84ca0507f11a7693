"""Whether a tokenizer cuts words where their morphemes meet, for languages of which a segmented list of words exists.

    es<TAB>in|útil|mente            a line a word: the language's tag, the word with its boundaries marked

`recall`: of the boundaries between morphemes, those where a token ends; `precision`: of the cuts that the tokenizer makes inside
words, those that are such boundaries. Every word is encoded with a space before it, as it stands in a text. The two figures are
those of the Morpho Challenge (Kurimo et al. 2010). No list comes with Ayni: `ayni eval TOKENIZER --segments FILE`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from ayni.core.errors import InputError
from ayni.model.bytes import read
from ayni.model.encoder import Encoder

_MARK = "|"


@dataclass(frozen=True)
class Boundaries:
    """One tokenizer on one language; a figure is None where there is nothing to count."""

    tokenizer: str
    language: str
    words: int
    boundaries: int  # between morphemes
    cuts: int  # between tokens, inside words
    recall: float | None
    precision: float | None


def read_segments(path: Path) -> dict[str, list[tuple[str, ...]]]:
    """Language -> words as their morphemes. Raises InputError, with the line, for one that is no such word."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        language, _, word = line.partition("\t")
        morphemes = tuple(word.split(_MARK))
        if line.startswith("#") or not line.strip():
            continue
        if not language.strip() or not all(morphemes) or any(each != "".join(each.split()) for each in morphemes):
            raise InputError(
                f"line {number} of {path.name} is no segmented word",
                why=f"it reads {line[:60]!r}",
                mend="write: language tag, tab, the word with | between its morphemes",
            )
        found[language.strip()].append(morphemes)
    if not found:
        raise InputError(f"{path.name} holds no word", why="it has no line of: language, tab, mor|phemes", mend="name a list of words")
    return dict(found)


def compare_boundaries(encoder: Encoder, name: str, segments: dict[str, list[tuple[str, ...]]]) -> list[Boundaries]:
    """One row a language."""
    return [_compare_language(encoder, name, language, words) for language, words in sorted(segments.items())]


def _compare_language(encoder: Encoder, name: str, language: str, words: list[tuple[str, ...]]) -> Boundaries:
    wanted = cut = both = 0
    for morphemes in words:
        ends = set(accumulate(len(each.encode()) for each in morphemes[:-1]))
        cuts = _list_cuts(encoder, "".join(morphemes))
        wanted, cut, both = wanted + len(ends), cut + len(cuts), both + len(ends & cuts)
    recall, precision = (round(both / number, 4) if number else None for number in (wanted, cut))
    return Boundaries(name, language, len(words), wanted, cut, recall, precision)


def _list_cuts(encoder: Encoder, word: str) -> set[int]:
    """Places, in bytes from the word's first, where one token ends and another begins; the space before it is no place."""
    ids = encoder.encode([f" {word}"])[0].tolist()
    sizes = [len(read(encoder.tokenizer.id_to_token(each))) for each in ids]
    return {end - 1 for end in accumulate(sizes[:-1]) if end > 1}
