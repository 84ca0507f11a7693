"""Stage `corpus.deduplicate`: exact copies by fingerprint; every copy names the document that stays.

    [duplicates]
    stage = "corpus.deduplicate"
    fingerprints = "@fingerprint"
    priority = ["starter"]          # sources whose copy stays, first to last; then the order of the documents

Column written: `duplicates.copy_of`, the id of the copy that stays, null for a document that is itself or unique.
"""

from __future__ import annotations

from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes, read_columns, write_part
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class DeduplicateParams(StageParams):
    """`priority`: names of sources whose copy stays, first to last."""

    priority: tuple[str, ...] = ()


@stage("corpus.deduplicate", version=1)
def deduplicate(job: Job, documents: Documents, fingerprints: Notes, params: DeduplicateParams) -> Notes:  # type: ignore[return]
    """Choose the copy that stays in every cluster of equal fingerprints."""
    rank = {name: place for place, name in enumerate(params.priority)}
    stays: dict[str, tuple[int, str]] = {}
    rows: list[list[tuple[str, str]]] = []
    for part, notes in zip(documents.parts(), fingerprints.parts(), strict=True):
        prints = read_columns(notes, ["text_digest"])["text_digest"]
        sources = read_columns(part, ["id", "source"])
        rows.append(list(zip(sources["id"], prints, strict=True)))
        for name, source, value in zip(sources["id"], sources["source"], prints, strict=True):
            place = rank.get(source, len(rank))
            if value not in stays or place < stays[value][0]:
                stays[value] = (place, name)
    header = {"scorer": "duplicates", "version": "1", "assets": ""}
    for number, pairs in enumerate(rows):
        copies = [None if stays[value][1] == name else stays[value][1] for name, value in pairs]
        path = job.folder / "notes" / f"part-{number:05}.parquet"
        write_part(path, [name for name, _ in pairs], [{"copy_of": copy} for copy in copies], {"copy_of": "string"}, header)
