"""Stage `evaluation.likelihood`: a model reads the held-out pages; in nats, page by page.

    [base_likelihoods]
    stage = "evaluation.likelihood"
    model = "@base"
    documents = "@clean"
    mix = "@mix"

What was read is kept every few seconds, so that a killed run goes on from there.
"""

from __future__ import annotations

from pydantic import Field

from ayni.core.digest import digest_bytes
from ayni.core.files import read_json, write_json
from ayni.core.formats.documents import Document, Documents
from ayni.core.formats.likelihoods import Likelihoods, PageLikelihood
from ayni.core.formats.mix import HeldoutLine, Mix
from ayni.core.formats.model import Model
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.text.pages import Page, cut_page, group_pages

_PAGES_A_TURN = 24


class LikelihoodParams(StageParams):
    """`context` in tokens; `page_bytes`: how long a page may grow by joining short documents, and how much of a longer one
    is read, to its last whole word; `threads` are part of the answer.
    """

    context: int = 1024
    page_bytes: int = Field(default=1600, ge=1)
    threads: int = 2


@stage("evaluation.likelihood", version=1)
def score(job: Job, model: Model, documents: Documents, mix: Mix, params: LikelihoodParams) -> Likelihoods:  # type: ignore[return]
    """Score every held-out page."""
    from ayni.model.likelihood import load_reader, score_pages

    lines = {line.id: line for line in mix.heldout()}
    groups = _split(documents, lines).values()
    pages = [cut_page(page, params.page_bytes) for group in groups for page in group_pages(group, params.page_bytes)]
    reader = load_reader(model.path, params.threads)
    saved = job.state / "nats.json"
    nats: list[float] = read_json(saved) if saved.exists() else []
    with job.progress("pages", len(pages), "page") as bar:
        bar.update(len(nats))
        while len(nats) < len(pages):
            turn = pages[len(nats) : len(nats) + _PAGES_A_TURN]
            nats += score_pages(reader, [page.text for page in turn], context=params.context)
            write_json(saved, nats)
            bar.update(len(turn))
    tokens = [len(reader.tokenizer.encode(page.text, add_special_tokens=False).ids) for page in pages]
    rows = [_describe(page, lines[page.ids[0]], number, value) for page, number, value in zip(pages, tokens, nats, strict=True)]
    Likelihoods(job.folder).write(rows)


def _split(documents: Documents, lines: dict[str, HeldoutLine]) -> dict[tuple[str, bool], list[Document]]:
    """Held-out documents by set and likeness, so that no page mixes what is reported apart."""
    groups: dict[tuple[str, bool], list[Document]] = {}
    for row in documents.rows():
        line = lines.get(row.id)
        if line is not None:
            groups.setdefault((line.set, line.alike), []).append(row)
    return groups


def _describe(page: Page, line: HeldoutLine, tokens: int, nats: float) -> PageLikelihood:
    return PageLikelihood(
        page=digest_bytes(f"{''.join(page.ids)} {page.text}".encode())[:16],
        work=f"{page.source}/{page.group}",
        set=line.set,
        language=page.language,
        country=page.country,
        register=page.domain,
        alike=line.alike,
        bytes=len(page.text.encode()),
        tokens=tokens,
        nats=nats,
    )
