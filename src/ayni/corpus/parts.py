"""Going through documents part by part: the shape that cleaning and annotating share.

for number, done in enumerate(map_documents(job, documents, "ayni.corpus.clean:clean_part", {}, "clean")): ...
"""

from __future__ import annotations

from typing import Any

from ayni.core.digest import digest_file
from ayni.core.formats.documents import Documents
from ayni.pipeline.job import Job, Part, PartResult


def map_documents(job: Job, documents: Documents, task: str, item: dict[str, Any], label: str, key: Any = None) -> list[PartResult]:
    """Run a task over every part; each result is cached under the part's content (and `key`, where more matters)."""
    parts = [Part([digest_file(path), key], {**item, "part": str(path)}) for path in documents.parts()]
    return job.map_parts(task, parts, label)
