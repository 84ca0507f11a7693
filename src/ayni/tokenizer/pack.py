"""Stage `tokenizer.pack`: the documents that train, as token ids, one stream a language, pages begun by the boundary token.

    [tokens]
    stage = "tokenizer.pack"
    documents = "@clean"
    mix = "@mix"
    model = "@base"            # whose tokenizer

Short documents that follow each other in one work are joined into pages, as a reader would meet them.
"""

from __future__ import annotations

from typing import Any

from ayni.core.formats.documents import Document, Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.model import Model
from ayni.core.formats.tokens import Stream, Tokens, TokensHead
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.text.pages import group_pages

_CHECKED = 100  # pages of a stream on which the fast encoder is compared with `tokenizers` once more


class PackParams(StageParams):
    """`page_bytes`: how long a page may grow by joining short documents; `limit_bytes` of text per stream (0: all)."""

    page_bytes: int = 2000
    limit_bytes: int = 0


@stage("tokenizer.pack", version=2)
def pack(job: Job, documents: Documents, mix: Mix, model: Model, params: PackParams) -> Tokens:  # type: ignore[return]
    """Encode page by page."""
    import numpy as np

    from ayni.model.encoder import open_encoder
    from ayni.model.tokens import boundary_id

    encoder = open_encoder(model.path)
    boundary = boundary_id(encoder.tokenizer, model.path)
    by_stream: dict[str, list[Document]] = {}
    head, streams = mix.head(), mix.streams()
    for row in documents.rows():
        if row.id in streams:
            by_stream.setdefault(streams[row.id], []).append(row)
    ids: dict[str, Any] = {}
    starts: dict[str, Any] = {}
    heads: list[Stream] = []
    for name, share in head.shares.items():
        texts = _take(by_stream.get(name, []), params)
        encoder.check(texts[:: max(1, len(texts) // _CHECKED)])
        found, lengths = encoder.encode(texts)
        begins = np.concatenate([[0], np.cumsum(lengths)])
        ids[name] = np.insert(found, begins[:-1], boundary)  # every page begins with the boundary token
        starts[name] = begins + np.arange(len(begins))
        heads.append(Stream(name, share, len(ids[name]), len(texts), sum(len(text.encode()) for text in texts)))
    vocabulary = int(model.config()["vocab_size"])
    phases = head.phases if len(head.phases) > 1 else ()
    job.notes["encoder"] = {"name": encoder.name, "reason": encoder.reason}
    Tokens(job.folder).write(TokensHead(model.tokenizer_digest(), boundary, vocabulary, tuple(heads), phases), ids, starts)


def _take(documents: list[Document], params: PackParams) -> list[str]:
    """The pages of a stream, spread evenly over it where `limit_bytes` does not let all in."""
    texts = [page.text for page in group_pages(documents, params.page_bytes)]
    size = sum(len(text.encode()) for text in texts)
    if not params.limit_bytes or size <= params.limit_bytes:
        return texts
    every = size / params.limit_bytes
    return [text for place, text in enumerate(texts) if int(place / every) != int((place - 1) / every) or place == 0]
