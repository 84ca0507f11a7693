"""Stage `corpus.deduplicate`: exact copies by fingerprint; every copy names the document that stays.

    [duplicates]
    stage = "corpus.deduplicate"
    fingerprints = "@notes"
    priority = ["starter"]          # sources whose copy stays, first to last; then the order of the documents

Column written: `duplicates.copy_of`, the id of the copy that stays, null for a document that is itself or unique.
"""

from __future__ import annotations

import pyarrow as pa

from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes, make_schema, read_columns, write_part
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class DeduplicateParams(StageParams):
    """`priority`: names of sources whose copy stays, first to last."""

    priority: tuple[str, ...] = ()


@stage("corpus.deduplicate", version=2)
def deduplicate(job: Job, documents: Documents, fingerprints: Notes, params: DeduplicateParams) -> Notes:  # type: ignore[return]
    """Choose the copy that stays in every cluster of equal fingerprints."""
    rank = {name: place for place, name in enumerate(params.priority)}
    stays: dict[str, tuple[int, str]] = {}
    rows: list[list[tuple[str, str]]] = []
    for part, prints in zip(documents.parts(), fingerprints.parts("fingerprint"), strict=True):
        about = read_columns(part, ["id", "source"])
        values = read_columns(prints, ["text_digest"])["text_digest"]
        rows.append(list(zip(about["id"], values, strict=True)))
        for name, source, value in zip(about["id"], about["source"], values, strict=True):
            place = rank.get(source, len(rank))
            if value not in stays or place < stays[value][0]:
                stays[value] = (place, name)
    schema = make_schema({"copy_of": "string"})
    for number, pairs in enumerate(rows):
        copies = [None if stays[value][1] == name else stays[value][1] for name, value in pairs]
        table = pa.table([[name for name, _ in pairs], copies], schema=schema)
        write_part(Notes(job.folder).part_path("duplicates", number), table, {"scorer": "duplicates", "version": "1", "assets": ""})
