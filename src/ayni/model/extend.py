"""Stage `model.extend`: a model whose tokenizer has grown gets a row for every new token; all old rows stay as they are.

    [base]
    stage = "model.extend"
    model = "@smollm"
    tokenizer = "@tokenizer"         # of tokenizer.extend, with @smollm as its base

Each new row is the mean of the rows of the pieces into which the old tokenizer splits the token, in an untied output layer
too. The logits of old tokens on text without new ones are what they were.
"""

from __future__ import annotations

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.model import Model, Tokenizer
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_EMBEDDINGS = ("model.embed_tokens.weight", "lm_head.weight")


class ModelExtendParams(StageParams):
    """Nothing to set."""


@stage("model.extend", version=1)
def extend(job: Job, model: Model, tokenizer: Tokenizer, params: ModelExtendParams) -> Model:  # type: ignore[return]
    """Add the rows, write the folder with the grown tokenizer."""
    import torch
    from safetensors.torch import load_file

    from ayni.model.bytes import read
    from ayni.model.encoder import open_encoder, read_tokenizer
    from ayni.model.folder import copy_tokenizer, write_weights
    from ayni.model.vocabulary import mean_rows

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
    weights = load_file(model.path / "model.safetensors")
    for name in _EMBEDDINGS:
        if name in weights and pieces:
            old = weights[name].to(torch.float32)
            weights[name] = torch.cat([old, torch.from_numpy(mean_rows(old.numpy(), pieces))])
    write_json(job.folder / "config.json", {**model.config(), "vocab_size": first + len(pieces)})
    write_weights(job.folder, weights)
    copy_tokenizer(model.path, job.folder)
    copy_tokenizer(tokenizer.path, job.folder)
    origin = read_json(tokenizer.path / "origin.json") if (tokenizer.path / "origin.json").exists() else {}
    write_json(job.folder / "origin.json", {**model.origin(), "base_tokenizer": origin.get("base_tokenizer", ""), "new_rows": len(pieces)})
