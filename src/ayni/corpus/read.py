"""Stage `corpus.read`: files of institutions and of installed packages in, documents out; what cannot be read is quarantined.

    [read]
    stage = "corpus.read"
    [[read.sources]]
    name = "starter"
    path = "asset:starter"
    index = "index_*.csv"

`--set read.path=FOLDER` reads one folder more, under the name `path`; an `index.csv` in it may say of each file its language,
country, domain, title, licence and date. Files are read in parts that are cached by their
content: a partner's new file costs one part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ayni.core.digest import digest_file
from ayni.core.errors import RecipeError
from ayni.core.files import copy_or_link, write_json
from ayni.core.formats.documents import Document, Documents, Quarantined, read_quarantine, write_part, write_quarantine
from ayni.corpus.sources import Source, SourceFile, list_files, make_absolute, read_files_guarded, state_license
from ayni.pipeline.job import Job, Part
from ayni.pipeline.stage import StageParams, stage

_FILES_A_PART = 32


class ReadParams(StageParams):
    """`sources` to read; `path`, a folder or file more; `seconds` and `megabytes` that one file may take."""

    sources: tuple[Source, ...] = ()
    path: str = ""
    seconds: float = 60.0
    megabytes: int = 1024

    def all_sources(self) -> list[Source]:
        """The sources, and one named `path` for the extra folder. Raises RecipeError where two have one name."""
        found = [*self.sources, *([Source(name="path", path=self.path, index="index*.csv")] if self.path else [])]
        names = [source.name for source in found]
        if not found or len(set(names)) < len(names):
            raise RecipeError("corpus.read needs sources with names of their own", why=f"names: {names}", mend="rename one")
        return found


@lru_cache(maxsize=1 << 16)
def _digest_once(path: Path, size: int, changed: int) -> str:
    return digest_file(path)


def _identify_file(source: Source, file: SourceFile) -> list[Any]:
    """What a file's documents depend on instead of places: its name, its bytes, what the index and the package say of it."""
    try:
        status = file.path.stat()
        digest = _digest_once(file.path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        digest = f"unreadable: {error.strerror}"  # the reader will say so, in the quarantine
    return [file.relative, digest, {key: value for key, value in file.metadata.items() if value}, state_license(source, file)]


def _outside(params: ReadParams) -> dict[str, list[list[Any]]]:
    """Source name -> its files."""
    return {source.name: [_identify_file(source, file) for file in list_files(source)] for source in params.all_sources()}


@stage("corpus.read", version=1, places={"path": True, "sources": {"__all__": {"path"}}}, outside=_outside)
def read(job: Job, params: ReadParams) -> Documents:  # type: ignore[return]
    """Read every file of every source in cached parts; number the parts in the order of sources and buckets."""
    parts: list[Part] = []
    for source in params.all_sources():
        files = list_files(source)
        if not files:
            raise RecipeError(
                f"the source '{source.name}' has no files", why=f"nothing matches {list(source.include)}", mend="check path and include"
            )
        for bucket in _fill_buckets(files):
            item = {
                "source": {**source.model_dump(mode="json"), "path": make_absolute(source.path)},
                "files": [file.relative for file in bucket],
                "seconds": params.seconds,
                "megabytes": params.megabytes,
            }
            key = [source.model_dump(mode="json", exclude={"path"}), [_identify_file(source, file) for file in bucket]]
            parts.append(Part(key, item))
    done = job.map_parts("ayni.corpus.read:read_part", parts, "read")
    quarantined: list[Quarantined] = []
    for number, part in enumerate(done):
        copy_or_link(part.folder / "part.parquet", job.folder / "documents" / f"part-{number:05}.parquet")
        quarantined += read_quarantine(part.folder / "quarantine.jsonl")
    write_quarantine(job.folder / "quarantine.jsonl", quarantined)
    write_json(job.folder / "sources.json", [source.model_dump(mode="json", exclude={"path"}) for source in params.all_sources()])


def _fill_buckets(files: Sequence[SourceFile]) -> list[list[SourceFile]]:
    """Group files by a hash of their names, so that a new file changes one group only."""
    count = 1
    while count * _FILES_A_PART < len(files):
        count *= 2
    buckets: dict[int, list[SourceFile]] = {}
    for file in files:
        number = int.from_bytes(hashlib.sha256(file.relative.encode()).digest()[:4], "big") % count
        buckets.setdefault(number, []).append(file)
    return [buckets[number] for number in sorted(buckets)]


def read_part(item: dict[str, Any]) -> dict[str, int]:
    """Read the files of one part (runs in a worker, the parsing itself in a guarded child)."""
    source = Source.model_validate(item["source"])
    wanted = set(item["files"])
    files = [file for file in list_files(source) if file.relative in wanted]
    documents: list[Document] = []
    quarantined: list[Quarantined] = []
    for found, bad in read_files_guarded(source, files, seconds=item["seconds"], megabytes=item["megabytes"]):
        documents += found
        quarantined += bad
    folder = Path(item["folder"])
    write_part(folder / "part.parquet", documents)
    write_quarantine(folder / "quarantine.jsonl", quarantined)
    return {"documents": len(documents), "quarantined": len(quarantined)}
