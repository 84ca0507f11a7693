"""Scorer `orthography`: in which of its spellings a language is written; and one spelling of all, for comparison only.

    recognise("Kom pu ce ...", "arn")               -> ("raguileo", 0.98), or (None, share) where the letters do not say
    spell_alike("mapuzugun", "arn", "raguileo")     -> "mapudungun"

The spellings are data, assets/orthographies/*.toml: signs by which each is known, rules that lead to one of them, a
source for both. What has no exact rule is listed there as not converted. Stored text keeps its spelling.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from ayni.core.digest import digest_folder
from ayni.core.places import asset
from ayni.text.packs import find_pack
from ayni.text.scorer import batch_scorer

_READ_CHARACTERS = 20_000  # the beginning of a long text says it as well as all of it
_MINIMUM_SIGNS = 8  # that tell the best orthography from the second best
_MINIMUM_SHARE = 0.75  # of those signs that are the best one's
_MINIMUM_FIT = 0.6  # of all signs that are the best one's; fewer: the text is in none of them, or half of it in another language


class Orthography(BaseModel):
    """One way to write a language. `rules`: pairs of a pattern and what stands for it in the spelling of comparison."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    title: str
    source: str
    signs: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    not_converted: tuple[str, ...] = ()


class Spellings(BaseModel):
    """The orthographies of one language or group."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    languages: tuple[str, ...]
    comparison: str
    orthographies: tuple[Orthography, ...]


@cache
def load_spellings() -> dict[str, Spellings]:
    """Tag -> spellings, for all tags that have any."""
    files = sorted(asset("orthographies").glob("*.toml"))
    found = [Spellings.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in files]
    return {tag: each for each in found for tag in each.languages}


@cache
def spellings_digest() -> str:
    """Digest of all spellings."""
    return digest_folder(asset("orthographies"))


def recognise(text: str, tag: str) -> tuple[str | None, float | None]:
    """The orthography of a text, and of the signs that tell it from the next best the share that are its own.

    The name is None where they are few or divided, or fit none of the orthographies.
    """
    if tag not in load_spellings():
        return None, None
    ((name, share),) = _recognise_texts(pa.array([text[:_READ_CHARACTERS]]), load_spellings()[tag])
    return name, share


def _recognise_texts(texts: pa.Array, spellings: Spellings) -> list[tuple[str | None, float | None]]:
    orthographies = spellings.orthographies
    signs = list(dict.fromkeys(sign for each in orthographies for sign in each.signs))
    has = np.array([[sign in each.signs for each in orthographies] for sign in signs], np.int64)
    plain = pc.utf8_lower(texts)
    counts = np.array([pc.count_substring_regex(plain, sign).to_numpy(zero_copy_only=False) for sign in signs]).T  # (texts, signs)
    sums = counts @ has
    second, best = np.argsort(sums, axis=1, kind="stable")[:, -2:].T
    own, others = ((counts * np.maximum(has[:, one] - has[:, two], 0).T).sum(axis=1) for one, two in ((best, second), (second, best)))
    share = (own / np.maximum(own + others, 1)).round(4)
    enough = own + others >= _MINIMUM_SIGNS
    clear = enough & (share >= _MINIMUM_SHARE) & (sums.max(axis=1) >= _MINIMUM_FIT * counts.sum(axis=1))
    names = [orthographies[place].name if sure else None for place, sure in zip(best, clear, strict=True)]
    return [(name, float(each) if many else None) for name, each, many in zip(names, share, enough, strict=True)]


@cache
def _speller(tag: str, name: str) -> Callable[[str], str]:
    rules = next((each.rules for each in load_spellings()[tag].orthographies if each.name == name), ())
    if not rules:
        return str
    pattern = re.compile("|".join(f"(?P<r{place}>{rule})" for place, (rule, _) in enumerate(rules)))
    return lambda text: pattern.sub(lambda found: rules[int((found.lastgroup or "r0")[1:])][1], text)


def spell_alike(text: str, tag: str, orthography: str | None = None) -> str:
    """A form in which spellings of one word can be compared: lower case, one apostrophe letter, one orthography.

    Without `orthography` it is recognised; where it is not, letters stay. Never for display or storage.
    """
    plain = text.casefold()
    if tag in load_spellings():
        plain = _speller(tag, orthography or recognise(text, tag)[0] or "")(plain)
    pack = find_pack(tag)
    if pack and pack.apostrophe:
        plain = pack.apostrophe.find(pack.apostrophe.written + pack.apostrophe.accidents).sub(pack.apostrophe.letter, plain)
    return plain


@batch_scorer(
    "orthography",
    version=1,
    columns={"orthography": "string", "orthography_confidence": "double"},
    assets=spellings_digest,
    needs=("language",),
)
def score(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Orthography of a text in a language that has several; null where its letters do not say, or there is one only."""
    known = pa.array(sorted(load_spellings()))
    stated, found = documents["language"], notes["language"]["language"]
    tags = pc.if_else(pc.is_in(stated, known), stated, found).to_pylist()
    names: list[str | None] = [None] * documents.num_rows
    shares: list[float | None] = [None] * documents.num_rows
    for spellings in {id(each): each for each in load_spellings().values()}.values():
        rows = [row for row, tag in enumerate(tags) if tag in spellings.languages]
        texts = documents["text"].take(pa.array(rows, pa.int64())).to_pylist()
        spans = notes["language"]["paragraphs"].take(pa.array(rows, pa.int64())).to_pylist()
        own = [_own_text(text, parts or (), spellings.languages) for text, parts in zip(texts, spans, strict=True)]
        for row, (name, share) in zip(rows, _recognise_texts(pa.array(own, pa.string()), spellings), strict=True):
            names[row], shares[row] = name, share
    return {"orthography": names, "orthography_confidence": shares}


def _own_text(text: str, paragraphs: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> str:
    """The beginning of what is in these languages; the whole beginning where no paragraph was found to be."""
    own = [text[each["start"] : each["end"]] for each in paragraphs if each["language"] in languages]
    return ("\n".join(own) or text)[:_READ_CHARACTERS]
