"""Stage `corpus.annotate`: what one scorer says of every document, beside the documents, never inside them.

[language]
stage = "corpus.annotate"
documents = "@clean"
scorer = "language"
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ayni.core.files import copy_or_link
from ayni.core.formats.documents import Documents, read_part
from ayni.core.formats.notes import Notes, write_part
from ayni.corpus.parts import map_documents
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.text.scorer import get_scorer


class AnnotateParams(StageParams):
    """`scorer`: a name that `ayni list scorers` shows."""

    scorer: str


def _outside(params: AnnotateParams) -> dict[str, Any]:
    """The scorer's own version and the digest of its language packs or weights."""
    scorer = get_scorer(params.scorer)
    return {"version": scorer.version, "assets": scorer.assets_digest()}


@stage("corpus.annotate", version=1, outside=_outside)
def annotate(job: Job, documents: Documents, params: AnnotateParams) -> Notes:  # type: ignore[return]
    """Run the scorer over every part."""
    done = map_documents(job, documents, "ayni.corpus.annotate:annotate_part", {"scorer": params.scorer}, params.scorer, _outside(params))
    for number, part in enumerate(done):
        copy_or_link(part.folder / "part.parquet", job.folder / "notes" / f"part-{number:05}.parquet")


def annotate_part(item: dict[str, Any]) -> dict[str, int]:
    """Score the documents of one part."""
    scorer = get_scorer(item["scorer"])
    documents = list(read_part(Path(item["part"])))
    header = {"scorer": scorer.name, "version": str(scorer.version), "assets": scorer.assets_digest()}
    rows = [scorer.score(document) for document in documents]
    write_part(Path(item["folder"]) / "part.parquet", [document.id for document in documents], rows, scorer.columns, header)
    return {"documents": len(documents)}
