"""Stage `corpus.annotate`: what scorers say of every document, beside the documents, never inside them.

    [notes]
    stage = "corpus.annotate"
    documents = "@clean"
    scorers = ["language", "variety", "quality"]

Each part is read once, and all scorers go over it together; a scorer that another needs is added. One file a scorer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from ayni.core.files import copy_or_link
from ayni.core.formats.documents import Documents, read_table
from ayni.core.formats.notes import Notes, write_part
from ayni.corpus.parts import map_documents
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.text.scorer import Scorer, order_scorers, score_fused


class AnnotateParams(StageParams):
    """`scorers`: names that `ayni list scorers` shows."""

    scorers: tuple[str, ...] = Field(min_length=1)


def _header(scorer: Scorer) -> dict[str, str]:
    return {"scorer": scorer.name, "version": str(scorer.version), "assets": scorer.assets_digest()}


def _outside(params: AnnotateParams) -> list[dict[str, str]]:
    """The scorers' own versions and the digests of their language packs or weights."""
    return [_header(scorer) for scorer in order_scorers(params.scorers)]


@stage("corpus.annotate", version=2, outside=_outside)
def annotate(job: Job, documents: Documents, params: AnnotateParams) -> Notes:  # type: ignore[return]
    """Run the scorers over every part."""
    item = {"scorers": list(params.scorers)}
    done = map_documents(job, documents, "ayni.corpus.annotate:annotate_part", item, "annotate", _outside(params))
    notes = Notes(job.folder)
    for number, part in enumerate(done):
        for name in part.result["scorers"]:
            copy_or_link(part.folder / f"{name}.parquet", notes.part_path(name, number))


def annotate_part(item: dict[str, Any]) -> dict[str, list[str]]:
    """Score the documents of one part."""
    scorers = order_scorers(item["scorers"])
    found = score_fused(scorers, read_table(Path(item["part"])))
    for scorer in scorers:
        write_part(Path(item["folder"]) / f"{scorer.name}.parquet", found[scorer.name], _header(scorer))
    return {"scorers": [scorer.name for scorer in scorers]}
