"""Stage `tokenizer.extend`: more pieces for a tokenizer that exists, so that the region's languages pay less with it.

    [tokenizer]
    stage = "tokenizer.extend"
    base = "@llama"                  # a tokenizer, or a model with one: any byte-level BPE
    sample = "@sample"
    pieces = 16_000
    guard = ["en"]                   # languages that must be split as before, but for `disturb` of their tokens

No old id moves, and the new merges come after all old ones: text in which no new piece occurs is split as before. The
pre-tokenizer stays the base's, so llama.cpp reads the grown tokenizer as it read the base. growth.json says what each
thousand pieces bought.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.model import Model, Tokenizer
from ayni.core.formats.sample import Sample
from ayni.model.bytes import read
from ayni.model.encoder import open_encoder, read_tokenizer
from ayni.model.folder import copy_tokenizer
from ayni.model.pre_tokenizer import NAMES, find_name, open_splitter
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.tokenizer.growth import Fairness, Symbols, grow, split_ids
from ayni.tokenizer.train import add_pieces, write_growth
from ayni.tokenizer.words import WordCounts, count_words

_WORDS_AT_ONCE = 65_536


class ExtendParams(StageParams):
    """`pieces` to add; how languages weigh; what may happen to the guarded ones; most bytes of a piece."""

    pieces: int = Field(default=16_000, ge=1)
    exponent: float = 0.8
    premium: float = 1.0
    guard: tuple[str, ...] = ("en",)
    disturb: float = Field(default=0.03, ge=0, le=1)
    longest: int = Field(default=32, ge=2)


@stage("tokenizer.extend", version=1)
def extend(job: Job, base: Tokenizer | Model, sample: Sample, params: ExtendParams) -> Tokenizer:  # type: ignore[return]
    """Count words, split them as the base does, go on merging, write the folder."""
    body = read_tokenizer(base.path)
    if body["model"].get("type") != "BPE" or body["model"].get("byte_fallback") or body.get("normalizer"):
        raise FormatError(
            "this tokenizer cannot be extended", why="it is not byte-level BPE without a normaliser", mend="extend Llama-3's or SmolLM2's"
        )
    name = find_name(body)
    counts = count_words(sample.rows("train"), open_splitter(body["pre_tokenizer"]))
    symbols = _encode_words(base, counts)
    fairness = Fairness(params.exponent, params.premium, params.guard, params.disturb)
    growth = grow(counts, symbols, _list_tokens(body), params.pieces, fairness, longest=params.longest)
    copy_tokenizer(base.path, job.folder)
    write_json(job.folder / "tokenizer.json", add_pieces(body, growth))
    write_growth(job.folder, counts, growth, {"pre_tokenizer": name, "same_ids_in_llamacpp": name in NAMES})
    origin = read_json(base.path / "origin.json") if (base.path / "origin.json").exists() else {}
    write_json(job.folder / "origin.json", {**origin, "base_tokenizer": base.tokenizer_digest(), "pieces": len(growth.merges)})


def _encode_words(base: Tokenizer | Model, counts: WordCounts) -> Symbols:
    """Every word as the base splits it."""
    import numpy as np

    encoder = open_encoder(base.path)
    batches = [encoder.encode(counts.words[at : at + _WORDS_AT_ONCE]) for at in range(0, len(counts.words), _WORDS_AT_ONCE)]
    return split_ids(np.concatenate([ids for ids, _ in batches]), np.concatenate([lengths for _, lengths in batches]))


def _list_tokens(body: dict[str, Any]) -> list[bytes]:
    """The bytes of every id; one that is not taken (models are padded) has none."""
    names = {index: read(name) for name, index in body["model"]["vocab"].items()}
    names.update({added["id"]: added["content"].encode() for added in body["added_tokens"]})
    return [names.get(index, b"") for index in range(max(names) + 1)]
