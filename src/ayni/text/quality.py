"""Scorer `quality`: what can be measured of a text in the manner of Gopher, C4 and FineWeb, its noise, legibility and worth.

    echo "El agua es de todos y de nadie." | ayni try quality -

Measures only: the verdicts are SQL rules in the recipe (assets/rules holds those of each filter as they were published).
Function words come from the language's pack; where there is none, the columns that need them are null and no rule can
reject by them. The definitions are those of datatrove 0.10.1, on English word for word; they are computed over UTF-8
bytes by compiled code (text/kernels). Sources: Rae et al. 2021 (Gopher), Raffel et al. 2020 (C4), Penedo et al. 2024
(FineWeb); the noise measures are ours; for legibility see text/legibility.py, for `score` text/learned_quality.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from ayni.core.digest import digest_json
from ayni.text.kernels.buffers import view_strings
from ayni.text.scorer import batch_scorer

# in the order of kernels.quality_totals.MEASURES, which a test compares; the kernels are not imported to list a scorer
_COUNTS = "characters tokens words lines sentences syllables lettered_words c4_sentences"
_FLAGS = "c4_lorem_ipsum c4_curly_bracket"
_SHARES = (
    "mean_word_length alphabetic_share digit_share alphabetic_word_share stop_word_share hash_ratio ellipsis_ratio bullet_line_share "
    "ellipsis_line_share terminal_line_share short_line_share newline_ratio repeated_line_character_share duplicate_paragraph_share "
    "duplicate_paragraph_character_share duplicate_line_share duplicate_line_character_share top_2_gram_share top_3_gram_share "
    "top_4_gram_share duplicate_5_gram_share duplicate_6_gram_share duplicate_7_gram_share duplicate_8_gram_share duplicate_9_gram_share "
    "duplicate_10_gram_share symbol_chunk_share single_letter_share mixed_word_share vowelless_share hyphen_line_share replacement_share"
)
COLUMNS = (
    dict.fromkeys(_COUNTS.split(), "int64")
    | dict.fromkeys(_FLAGS.split(), "bool")
    | {"core_words_found": "int64"}
    | dict.fromkeys(_SHARES.split(), "double")
    | dict.fromkeys(("fernandez_huerta", "szigriszt", "flesch_pt", "score"), "double")
)


@cache
def assets_digest() -> str:
    """Digest of the language packs and of the learned model."""
    from ayni.text.learned_quality import model_digest
    from ayni.text.packs import packs_digest

    return digest_json([packs_digest(), model_digest()])


@batch_scorer("quality", version=2, columns=COLUMNS, assets=assets_digest, needs=("language",))
def score(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, pa.Array]:
    """Length, words, lines, repetition, noise, legibility and a learned score of a text."""
    from ayni.text.kernels.quality_measures import measure_rows
    from ayni.text.kernels.quality_totals import MEASURES
    from ayni.text.learned_quality import score_rows
    from ayni.text.legibility import measure_legibility

    languages = choose_languages(documents, notes)
    rows = measure_rows(*view_strings(documents["text"]), find_stop_rows(languages), [tag == "en" for tag in languages])
    found = {name: rows[:, place] for place, name in enumerate(MEASURES)}
    found |= measure_legibility(found["syllables"], found["lettered_words"], found["sentences"], languages)
    found["score"] = score_rows(rows, languages)
    return {name: _as_array(values, COLUMNS[name]) for name, values in found.items()}


def choose_languages(documents: pa.Table, notes: Mapping[str, pa.Table]) -> list[str]:
    """The language that the source states, without its region, else the one that was detected."""
    stated, seen = documents["language"].to_pylist(), notes["language"]["language"].to_pylist()
    return [(one or other or "").split("-")[0] for one, other in zip(stated, seen, strict=True)]


def find_stop_rows(languages: list[str]) -> list[int]:
    """The row of each language among the packs, or -1 where its pack has no function words."""
    from ayni.text.packs import load_packs

    places = {tag: row for row, (tag, pack) in enumerate(load_packs().items()) if pack.stop_words}
    return [places.get(tag, -1) for tag in languages]


def _as_array(values: np.ndarray, kind: str) -> pa.Array:
    """NaN is null; whole numbers and flags in their own type."""
    missing = np.isnan(values)
    if kind == "double":
        return pa.array(values, mask=missing)
    whole = np.where(missing, 0, values).astype(np.bool_ if kind == "bool" else np.int64)
    return pa.array(whole, mask=missing)
