"""Stage `tokenizer.train`: a byte-level BPE tokenizer of our own, in which every language has its share.

    [tokenizer]
    stage = "tokenizer.train"
    sample = "@sample"
    vocabulary = 65_536
    pre_tokenizer = "llama-bpe"

Its pre-tokenizer is one that llama.cpp knows by name, so what is trained can be served. Words are counted once, in 64 bits,
and the merges found on the counts (tokenizer/growth.py): 65,000 of them on 100 MB in 11 s and under 1 GB. The chat template is
ChatML. growth.json holds the curve: what the vocabulary costs each language as it grows.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import Field

from ayni.core.errors import InputError
from ayni.core.files import write_json
from ayni.core.formats.model import Tokenizer
from ayni.core.formats.sample import Sample
from ayni.core.places import asset
from ayni.model.bytes import LETTERS, read
from ayni.model.folder import write_generation, write_tokenizer
from ayni.model.pre_tokenizer import KNOWN, NAMES, make_pre_tokenizer, open_splitter
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.tokenizer.growth import Fairness, Growth, grow, split_bytes
from ayni.tokenizer.words import WordCounts, count_words

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_STEPS = 16


class TokenizerParams(StageParams):
    """`vocabulary`: tokens, the three special ones included; `exponent` and `premium` weigh languages (tokenizer/growth.py)."""

    vocabulary: int = Field(default=4096, ge=300)
    pre_tokenizer: str = "smollm"
    exponent: float = 0.3
    premium: float = 1.0
    longest: int = Field(default=32, ge=2)  # bytes of a piece
    context: int = 2048


@stage("tokenizer.train", version=2)
def train(job: Job, sample: Sample, params: TokenizerParams) -> Tokenizer:  # type: ignore[return]
    """Count, merge, write the folder."""
    if params.pre_tokenizer in set(KNOWN) - set(NAMES):
        raise InputError(
            f"no tokenizer is made with the pre-tokenizer '{params.pre_tokenizer}'",
            why="llama.cpp knows its name, but gives other ids for capitals with accents and for combining marks",
            mend=f"take one of: {', '.join(NAMES)}",
        )
    pre_tokenizer = make_pre_tokenizer(params.pre_tokenizer)
    counts = count_words(sample.rows("train"), open_splitter(pre_tokenizer))
    names = [*SPECIAL, *sorted(LETTERS)]
    ids = [names.index(letter) for letter in LETTERS]
    wanted = params.vocabulary - len(names)
    fairness = Fairness(params.exponent, params.premium)
    step = max(1, -(-wanted // _STEPS))
    tokens = [name.encode() if name in SPECIAL else read(name) for name in names]
    growth = grow(counts, split_bytes(counts.words, ids), tokens, wanted, fairness, step=step, longest=params.longest)
    model = {"type": "BPE", "vocab": {name: index for index, name in enumerate(names)}, "merges": [], "ignore_merges": False}
    if params.pre_tokenizer == "llama-bpe":
        model["ignore_merges"] = True  # as llama.cpp reads tokenizers of this name
    body = {
        "version": "1.0",
        "added_tokens": [{"id": index, "content": name, **_FLAGS} for index, name in enumerate(SPECIAL)],
        "pre_tokenizer": pre_tokenizer,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": model,
    }
    special = {"bos_token": SPECIAL[0], "eos_token": SPECIAL[2], "unk_token": SPECIAL[0], "pad_token": SPECIAL[2]}
    write_tokenizer(job.folder, add_pieces(body, growth), special, asset("chat/chatml.jinja").read_text("utf-8"), params.context)
    write_generation(job.folder, {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 2})
    write_growth(job.folder, counts, growth, {"pre_tokenizer": params.pre_tokenizer})
    write_json(job.folder / "origin.json", {"vocabulary": len(names) + len(growth.merges)})


_FLAGS = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}


def add_pieces(tokenizer: dict[str, Any], growth: Growth) -> dict[str, Any]:
    """tokenizer.json with the new merges after the old ones and ids after the old ids; nothing that was there moves."""
    vocab: dict[str, int] = dict(tokenizer["model"]["vocab"])
    for added in tokenizer["added_tokens"]:
        vocab[added["content"]] = added["id"]  # else `tokenizers` counts their ids from the end of the grown vocabulary
    names = {index: name for name, index in vocab.items()}
    merges: list[list[str]] = []
    for index, (left, right) in enumerate(growth.merges, start=max(names) + 1):
        merges.append([names[left], names[right]])
        names[index] = names[left] + names[right]
        vocab[names[index]] = index
    old = [merge.split(" ", 1) if isinstance(merge, str) else merge for merge in tokenizer["model"]["merges"]]
    ordered = dict(sorted(vocab.items(), key=lambda item: item[1]))
    return {**tokenizer, "model": {**tokenizer["model"], "vocab": ordered, "merges": [*old, *merges]}}


def write_growth(folder: Path, counts: WordCounts, growth: Growth, about: dict[str, Any]) -> None:
    """growth.json: bytes of every language's training text, and its tokens after every so many pieces."""
    sizes = dict(zip(counts.languages, map(int, counts.bytes), strict=True))
    body = {
        **about,
        "words": len(counts.words),
        "dropped_counts_up_to": counts.dropped,
        "guarded_tokens_touched": round(growth.guarded, 6),
        "bytes": sizes,
        "curve": [asdict(step) for step in growth.curve],
    }
    write_json(folder / "growth.json", body)
