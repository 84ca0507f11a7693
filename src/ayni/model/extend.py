"""Stage `model.extend`: a model whose tokenizer has grown gets a row for every new token; all old rows stay as they are.

    [base]
    stage = "model.extend"
    model = "@smollm"
    tokenizer = "@tokenizer"         # of tokenizer.extend, with @smollm as its base

Each new row is the mean of the rows of the pieces into which the old tokenizer splits the token, in an untied output layer
too. With `rows = "similar"` and a `sample`, it is the mean of the old tokens that keep the most similar company in that text
(model/vectors.py), as FOCUS does it. The logits of old tokens on text without new ones are what they were.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from ayni.core.errors import FormatError, InputError
from ayni.core.files import read_json, write_json
from ayni.core.formats.model import Model, Tokenizer
from ayni.core.formats.sample import Sample
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_BATCH = 512  # documents
_EMBEDDINGS = ("model.embed_tokens.weight", "lm_head.weight")


class ModelExtendParams(StageParams):
    """How new rows are made: `mean` of the pieces, or `similar`, from at most `bytes` of the sample's text."""

    rows: Literal["mean", "similar"] = "mean"
    bytes: int = Field(default=8_000_000, ge=1)


@stage("model.extend", version=2)
def extend(  # type: ignore[return]
    job: Job, model: Model, tokenizer: Tokenizer, params: ModelExtendParams, sample: Sample | None = None
) -> Model:
    """Add the rows, write the folder with the grown tokenizer."""
    import torch
    from safetensors.torch import load_file

    from ayni.model.bytes import read
    from ayni.model.encoder import open_encoder, read_tokenizer
    from ayni.model.folder import copy_tokenizer, write_weights
    from ayni.model.vocabulary import mean_rows, similar_rows

    if params.rows == "similar" and sample is None:
        raise InputError("similar rows need text to compare tokens in", mend='add sample = "@sample", an artifact of tokenizer.sample')
    before, after = read_tokenizer(model.path)["model"]["vocab"], read_tokenizer(tokenizer.path)["model"]["vocab"]
    moved = next((name for name, index in before.items() if after.get(name) != index), None)
    if moved is not None:
        raise FormatError(f"the token {moved!r} has another id in the new tokenizer", mend="extend this model's own tokenizer")
    first = int(model.config()["vocab_size"])
    names = {index: name for name, index in after.items() if index >= first}
    encoder = open_encoder(model.path, fast=False)
    pieces = [
        encoder.tokenizer.encode(read(names[index]).decode(errors="replace"), add_special_tokens=False).ids for index in sorted(names)
    ]
    vectors = _compare_company(model.path, tokenizer.path, sample, first + len(pieces), params) if params.rows == "similar" else None
    weights = load_file(model.path / "model.safetensors")
    for name in _EMBEDDINGS:
        if name in weights and pieces:
            old = weights[name].to(torch.float32)
            new = mean_rows(old.numpy(), pieces) if vectors is None else similar_rows(old.numpy(), pieces, vectors)
            weights[name] = torch.cat([old, torch.from_numpy(new)])
    write_json(job.folder / "config.json", {**model.config(), "vocab_size": first + len(pieces)})
    write_weights(job.folder, weights)
    copy_tokenizer(model.path, job.folder)
    copy_tokenizer(tokenizer.path, job.folder)
    origin = read_json(tokenizer.path / "origin.json") if (tokenizer.path / "origin.json").exists() else {}
    write_json(job.folder / "origin.json", {**model.origin(), "base_tokenizer": origin.get("base_tokenizer", ""), "new_rows": len(pieces)})


def _compare_company(old: Path, new: Path, sample: Any, size: int, params: ModelExtendParams) -> Any:
    """Vectors of old and new tokens: the text as the new tokenizer splits it, and once more as the old one does."""
    from ayni.model.encoder import open_encoder
    from ayni.model.vectors import count_vectors

    texts, room = [], params.bytes
    for row in sample.rows("train"):
        room -= len(row.text.encode())
        if room < 0:
            break
        texts.append(row.text)
    batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
    return count_vectors((open_encoder(folder).encode(batch)[0] for folder in (new, old) for batch in batches), size)
