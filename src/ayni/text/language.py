"""Scorer `language`: which language a text is in, by document and by paragraph.

    echo "Nimitztlazohtla" | ayni try language -

A naive Bayes model over hashed character n-grams (1 to 4) of our own, at assets/language_model; its card, data and
figures stand in dev/language_model. `und` is the answer where there is too little text or no clear winner, `mul` where
paragraphs disagree. Known here: es, pt, en, Nahuatl (nah), Otomí (oto), Mixtec (mix); other languages come out as
`und` where the model is unsure, and must be added to its data otherwise.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ayni.core.digest import digest_folder
from ayni.core.files import read_json
from ayni.core.formats.documents import Document
from ayni.core.places import asset
from ayni.text.scorer import scorer

ORDERS = (1, 2, 3, 4)
_MINIMUM_GRAMS = 12  # fewer n-grams than a short word gives are no evidence
_READ_CHARACTERS = 4000  # the beginning of a long paragraph decides as well as all of it
_APART = re.compile(r"[\W\d_]+")


@dataclass(frozen=True)
class LanguageModel:
    """log P(bucket | language) (languages, buckets), and what confidence is worth."""

    labels: tuple[str, ...]
    table: np.ndarray[Any, Any]
    temperature: float
    threshold: float


@cache
def load_model() -> LanguageModel:
    """The shipped model."""
    folder = asset("language_model")
    head = read_json(folder / "model.json")
    table = np.load(folder / "table.npy", allow_pickle=False).astype(np.float32)
    return LanguageModel(tuple(head["labels"]), table, head["temperature"], head["threshold"])


@cache
def model_digest() -> str:
    """Digest of the shipped model."""
    return digest_folder(asset("language_model"))


def hash_grams(text: str, buckets: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Buckets of all character n-grams of a text's words, case-folded; int64 (grams,)."""
    plain = _APART.sub(" ", unicodedata.normalize("NFC", text).casefold())
    grams: list[int] = []
    for word in plain.split():
        padded = f" {word} "
        for order in ORDERS:
            grams += [zlib.crc32(padded[at : at + order].encode()) % buckets for at in range(len(padded) - order + 1)]
    return np.array(grams, dtype=np.int64)


def identify_text(text: str) -> dict[str, Any]:
    """{"language", "confidence", "second"} of one piece of text."""
    model = load_model()
    grams = hash_grams(text[:_READ_CHARACTERS], model.table.shape[1])
    if len(grams) < _MINIMUM_GRAMS:
        return {"language": "und", "confidence": 0.0, "second": None}
    # n-grams of one text are far from independent: the root of their number counts as evidence, scaled on held-out text
    scores = model.table[:, grams].mean(axis=1) * math.sqrt(len(grams)) / model.temperature
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best, second = (int(place) for place in np.argsort(-chances)[:2])
    confidence = float(chances[best])
    label = model.labels[best] if confidence >= model.threshold else "und"
    return {"language": label, "confidence": round(confidence, 4), "second": model.labels[second]}


def split_paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every paragraph: runs of lines without a blank one between."""
    for found in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", text):
        yield found.start(), found.end()


@scorer(
    "language",
    version=1,
    columns={"language": "string", "confidence": "double", "second": "string", "paragraphs": "json"},
    assets=model_digest,
)
def score(document: Document) -> dict[str, object]:
    """Language of the document and of its paragraphs."""
    whole = identify_text(document.text)
    spans = list(split_paragraphs(document.text))
    paragraphs = [{"start": begin, "end": end, **identify_text(document.text[begin:end])} for begin, end in spans]
    sizes: dict[str, int] = {}
    for each in paragraphs:
        if each["language"] != "und":
            sizes[each["language"]] = sizes.get(each["language"], 0) + each["end"] - each["start"]
    total = sum(sizes.values())
    if len(sizes) > 1 and max(sizes.values()) < 0.8 * total:
        whole = {**whole, "language": "mul"}
    brief = [{key: each[key] for key in ("start", "end", "language", "confidence")} for each in paragraphs]
    return {**whole, "paragraphs": json.dumps(brief)}
