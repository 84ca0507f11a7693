"""Stage `corpus.clean`: repair texts (mojibake, Unicode form, control characters, spaces); ids stay as they are.

[clean]
stage = "corpus.clean"
documents = "@read"
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from ayni.core.files import copy_or_link
from ayni.core.formats.documents import Documents, read_part, write_part
from ayni.corpus.parts import map_documents
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.text.repair import repair


@stage("corpus.clean", version=1)
def clean(job: Job, documents: Documents, params: StageParams) -> Documents:  # type: ignore[return]
    """Repair every document; the manifest's notes count what was mended (not the artifact: a repair that gives the
    same text must stop a rebuild here).
    """
    mended: Counter[str] = Counter()
    for number, part in enumerate(map_documents(job, documents, "ayni.corpus.clean:clean_part", {}, "clean")):
        copy_or_link(part.folder / "part.parquet", job.folder / "documents" / f"part-{number:05}.parquet")
        mended.update(part.result)
    for name in ("quarantine.jsonl", "sources.json"):
        copy_or_link(documents.path / name, job.folder / name)
    job.notes["repairs"] = dict(sorted(mended.items()))


def clean_part(item: dict[str, Any]) -> dict[str, int]:
    """Repair the documents of one part; returns how often each repair was made."""
    mended: Counter[str] = Counter()
    rows = []
    for document in read_part(Path(item["part"])):
        text, changes = repair(document.text, document.language)
        mended.update(changes)
        rows.append(replace(document, text=text))
    write_part(Path(item["folder"]) / "part.parquet", rows)
    return dict(mended)
