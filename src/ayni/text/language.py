"""Scorer `language`: which language a text is in, by document, by paragraph, and where it changes inside a paragraph.

    echo "Mba'éichapa, che irũnguéra" | ayni try language -

Softmax regression over hashed character n-grams (1 to 5, and whole words) of our own, at assets/language_model; its card with
data, figures and limits is dev/language_model/README.md. Answers are BCP 47 tags: `qu`, `nah`, `gn`, `oto`, `mix`, `zap` stand
for groups, and `lect` says which of them where that is sure (`quz`, `nci`). `und` is the answer where there is too little text,
no clear winner or a language that the model does not know; `mul` where no language has 80% of the letters of a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ayni.core.digest import digest_folder
from ayni.core.files import read_json
from ayni.core.formats.notes import SPANS
from ayni.core.places import asset
from ayni.text.kernels import language as kernel
from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.switches import CHANGE, LOUDEST, find_switches
from ayni.text.kernels.words import fold_tables
from ayni.text.scorer import batch_scorer

_MAJORITY = 0.8  # of the letters: less is `mul`; as in the first version
_ROMANCE = ("und", "ca", "es", "fr", "it", "pt")  # `und`, too, whose words are mostly European names
_SURE_SPAN = 0.5  # a document's share of a language counts paragraphs and spans that are at least so sure

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LanguageModel:
    """Weights of n-grams by label (lect), and what the sums of them are worth."""

    languages: tuple[str, ...]  # the answers
    lects: tuple[str, ...]  # the labels; a lect that is a language by itself has the language's tag
    belongs: npt.NDArray[np.int16]  # (labels,) place of the language that a label is answered as
    keys: npt.NDArray[np.int64]  # open addressing: hash of an n-gram or 0
    rows: npt.NDArray[np.int32]  # and the row of its weights
    weights: npt.NDArray[np.int8]  # (n-grams, labels, padded to whole vectors)
    scales: Floats  # (labels,) what 1 of a weight is worth, calibrated
    power: float  # a sum is divided by the number of n-grams to this power
    threshold: float  # less sure is `und`
    minimum: int  # fewer n-grams are no evidence

    @property
    def none(self) -> int:
        """The place of `und`, which languages of elsewhere have trained."""
        return self.languages.index("und")

    def tables(self) -> Any:
        """What the kernels read, in their order."""
        return (*fold_tables(), self.keys, self.rows, self.weights, self.scales, self.power, self.belongs)

    def families(self) -> npt.NDArray[np.int16]:
        """A number for every language, one for all Romance languages: the first look for mixed paragraphs."""
        found = np.arange(len(self.languages), dtype=np.int16)
        found[[place for place, tag in enumerate(self.languages) if tag in _ROMANCE]] = self.none
        return found


def build_model(head: Mapping[str, Any], hashes: npt.NDArray[np.uint32], weights: npt.NDArray[np.int8]) -> LanguageModel:
    """A model from its parts on disk."""
    places = 1 << (2 * len(hashes) - 1).bit_length()
    keys, rows = np.zeros(places, np.int64), np.zeros(places, np.int32)
    kernel.lay_out(hashes, keys, rows)
    lects = tuple(head["labels"])
    answers = [head["lects"].get(lect, lect) for lect in lects]
    languages = tuple(sorted(set(answers)))
    belongs = np.array([languages.index(answer) for answer in answers], np.int16)
    padded = np.zeros((len(hashes), -(-len(lects) // 32) * 32), np.int8)
    padded[:, : len(lects)] = weights
    scales = np.array(head["scales"], np.float32)
    return LanguageModel(languages, lects, belongs, keys, rows, padded, scales, head["power"], head["threshold"], head["minimum"])


@cache
def load_model() -> LanguageModel:
    """The shipped model."""
    folder = asset("language_model")
    with np.load(folder / "weights.npz", allow_pickle=False) as stored:
        return build_model(read_json(folder / "model.json"), stored["hashes"], stored["weights"])


@cache
def model_digest() -> str:
    """Digest of the shipped model."""
    return digest_folder(asset("language_model"))


@dataclass(frozen=True)
class Found:
    """What the kernel says of rows of text: fields by kernel.ROW .. kernel.MIXED, and how surely."""

    parts: Ints  # (paragraphs, fields)
    sure_parts: Floats
    wholes: Ints  # (texts, fields)
    sure_wholes: Floats
    spans: Ints  # (spans, fields), of the paragraphs with more than one language
    sure_spans: Floats


def find_languages(texts: pa.Array | pa.ChunkedArray, model: LanguageModel, loudest: float = LOUDEST, change: float = CHANGE) -> Found:
    """Languages of texts, of their paragraphs, and of the spans of mixed paragraphs."""
    data, offsets = view_strings(texts)
    score_texts: Any = kernel.score_texts  # mypy takes the type of a compiled function from Python's, without *
    switches: Any = find_switches
    parts, sure_parts, wholes, sure_wholes = score_texts(data, offsets, *model.tables(), model.families())
    mixed = parts[parts[:, kernel.MIXED] > 0]
    if not len(mixed):  # and nothing more to compile for a first short text
        return Found(parts, sure_parts, wholes, sure_wholes, parts[:0], sure_parts[:0])
    rows = mixed[:, kernel.ROW]
    begins, ends = (offsets[rows] + mixed[:, place] for place in (kernel.BYTE, kernel.BYTE_END))
    spans, sure_spans = switches(data, begins, ends, mixed[:, kernel.BYTE_POINT], rows, *model.tables(), model.none, loudest, change)
    return Found(parts, sure_parts, wholes, sure_wholes, spans, sure_spans)


def name_languages(model: LanguageModel, fields: Ints, sure: Floats) -> Ints:
    """Places of the languages that are answered: `und` where there is too little text or certainty."""
    unsure = (sure < model.threshold) | (fields[:, kernel.GRAMS] < model.minimum)
    return np.where(unsure, model.none, fields[:, kernel.LANGUAGE])


def list_spans(rows: int, owners: Ints, fields: Ints, tags: pa.Array, sure: Floats) -> pa.Array:
    """Spans of rows as a list array; spans come in the order of their rows."""
    ends = np.zeros(rows + 1, np.int32)
    ends[1:] = np.cumsum(np.bincount(owners, minlength=rows))
    columns = [pa.array(fields[:, kernel.START]), pa.array(fields[:, kernel.STOP]), tags, pa.array(np.round(sure, 4))]
    return pa.ListArray.from_arrays(pa.array(ends), pa.StructArray.from_arrays(columns, fields=list(SPANS.value_type)))


def find_majorities(rows: int, found: Found, answers: Ints, model: LanguageModel) -> npt.NDArray[np.float64]:
    """Letters by row and language (rows, languages): of paragraphs, and of the spans of mixed ones instead."""
    letters = np.zeros((rows, len(model.languages)))
    spanned = np.isin(found.parts[:, kernel.ROW], found.spans[:, kernel.ROW]) & (found.parts[:, kernel.MIXED] > 0)
    plain = found.parts[~spanned]
    np.add.at(letters, (plain[:, kernel.ROW], answers[~spanned]), plain[:, kernel.LETTERS])
    spans = found.spans[found.sure_spans >= _SURE_SPAN]
    np.add.at(letters, (spans[:, kernel.ROW], spans[:, kernel.LANGUAGE]), spans[:, kernel.LETTERS])
    letters[:, model.none] = 0
    return letters


_COLUMNS = {
    "language": "string",
    "lect": "string",
    "confidence": "double",
    "second": "string",
    "paragraphs": "spans",
    "switches": "spans",
}


@cache
def _tag_arrays() -> tuple[pa.Array, pa.Array]:
    model = load_model()
    lects = [None if lect == model.languages[place] else lect for lect, place in zip(model.lects, model.belongs, strict=True)]
    return pa.array([*model.languages, "mul"]), pa.array(lects, pa.string())


def list_switches(rows: int, found: Found, tags: pa.Array) -> pa.Array:
    """The spans of every paragraph that has two languages or more."""
    owners = found.spans[:, kernel.ROW]
    return list_spans(rows, owners, found.spans, tags.take(pa.array(found.spans[:, kernel.LANGUAGE])), found.sure_spans)


@batch_scorer("language", version=2, columns=_COLUMNS, assets=model_digest)
def score(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Language of a document, of its paragraphs, and of the spans where it changes inside one; offsets in code points."""
    model, (tags, lects) = load_model(), _tag_arrays()
    found, rows = find_languages(documents["text"], model), documents.num_rows
    answers, parts = name_languages(model, found.wholes, found.sure_wholes), name_languages(model, found.parts, found.sure_parts)
    letters = find_majorities(rows, found, parts, model)
    most, total = letters.max(axis=1), letters.sum(axis=1)
    several = (most < _MAJORITY * total) & (total > 0)
    chances = np.where(several, 1 - most / np.maximum(total, 1), found.sure_wholes)
    empty = found.wholes[:, kernel.GRAMS] < model.minimum
    named = (found.wholes[:, kernel.LECT] >= 0) & (answers == found.wholes[:, kernel.LANGUAGE]) & ~several
    return {
        "language": tags.take(pa.array(np.where(several, len(model.languages), answers))),
        "lect": lects.take(pa.array(found.wholes[:, kernel.LECT], mask=~named)),
        "confidence": np.round(np.where(empty, 0.0, chances).astype(np.float64), 4),
        "second": tags.take(pa.array(found.wholes[:, kernel.SECOND], mask=empty)),
        "paragraphs": list_spans(rows, found.parts[:, kernel.ROW], found.parts, tags.take(pa.array(parts)), found.sure_parts),
        "switches": list_switches(rows, found, tags),
    }
