"""Stage `tokenizer.train`: a byte-level BPE tokenizer of our own, from the documents that train.

    [tokenizer]
    stage = "tokenizer.train"
    documents = "@clean"
    mix = "@mix"
    vocabulary = 4096

Its pre-tokenizer is the one that llama.cpp knows as `smollm`: every digit apart, then GPT-2's words. The chat template
is ChatML, as the file assets/chat/chatml.jinja states it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import Field

from ayni.core.files import write_json
from ayni.core.formats.documents import Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.model import Tokenizer
from ayni.core.places import asset
from ayni.model.folder import write_generation, write_tokenizer
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


class TokenizerParams(StageParams):
    """`vocabulary`: number of tokens, the three special ones included; `bytes_per_stream` caps what one language gives."""

    vocabulary: int = Field(default=4096, ge=300)
    bytes_per_stream: int = 200_000
    context: int = 2048


@stage("tokenizer.train", version=1)
def train(job: Job, documents: Documents, mix: Mix, params: TokenizerParams) -> Tokenizer:  # type: ignore[return]
    """Count, merge, write the folder. Deterministic: the trainer sorts by count, then by content."""
    from tokenizers import Tokenizer as Bpe
    from tokenizers import decoders, models, pre_tokenizers, trainers

    bpe = Bpe(models.BPE())
    words = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    bpe.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), words])
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=params.vocabulary, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    bpe.train_from_iterator(_sample(documents, mix, params), trainer)
    special = {"bos_token": SPECIAL[0], "eos_token": SPECIAL[2], "unk_token": SPECIAL[0], "pad_token": SPECIAL[2]}
    template = asset("chat/chatml.jinja").read_text("utf-8")
    write_tokenizer(job.folder, json.loads(bpe.to_str()), special, template, params.context)
    write_generation(job.folder, {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 2})
    write_json(job.folder / "origin.json", {"vocabulary": bpe.get_vocab_size()})


def _sample(documents: Documents, mix: Mix, params: TokenizerParams) -> Iterator[str]:
    """Text of every stream, at most `bytes_per_stream` of each, so that small languages get their share."""
    streams = {line.id: line.stream for line in mix.train()}
    given: dict[str, int] = {}
    for row in documents.rows():
        stream = streams.get(row.id)
        if stream is not None and given.get(stream, 0) < params.bytes_per_stream:
            given[stream] = given.get(stream, 0) + len(row.text.encode())
            yield row.text
