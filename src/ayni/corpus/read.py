"""Stage `corpus.read`: files of institutions and of installed packages in, documents out; what cannot be read is quarantined.

    [read]
    stage = "corpus.read"
    [[read.sources]]
    name = "starter"
    path = "asset:starter"
    index = "index_*.csv"
    [[read.rules]]
    match = "**/README.md"
    skip = "describes the data"

`--set read.path=FOLDER` reads one folder more, under the name `path`; an `index.csv`, `index.jsonl` or `manifest.jsonl` in it may
say of each file its source, language, country, domain, title, licence, date and address. `fetched = ["@NAME"]` hands in what
`corpus.fetch` brought from a repository, for sources whose path is `fetched:NAME`. Files are read in parts that are cached by
their content and by what holds for them: a partner's new file, or a new rule, costs the parts that it touches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from ayni.core.digest import digest_file, digest_json
from ayni.core.errors import RecipeError
from ayni.core.files import copy_or_link, write_json
from ayni.core.formats.documents import Documents, Quarantined, read_quarantine, write_part, write_quarantine
from ayni.core.formats.files import Files
from ayni.corpus.files import may_hold_members, read_files_guarded
from ayni.corpus.index import Entry
from ayni.corpus.rules import NO_RULE, Rule
from ayni.corpus.sources import Listing, Source, SourceFile, make_absolute, scan, settle_fetched, state_license
from ayni.pipeline.job import Job, Part
from ayni.pipeline.stage import StageParams, stage
from ayni.text.packs import load_packs

_FILES_A_PART, _BYTES_A_PART = 256, 4 << 20  # a part costs 50 ms beside its reading (dev/LOG.md), and a new file a part
_INDEXES = ("index*.csv", "index*.jsonl", "manifest.jsonl")
_MANY = 1000  # files of a source that the manifest names one by one; of more it names the folders


class ReadParams(StageParams):
    """`sources` to read and `rules` over them; `path`, a folder or file more; `seconds` and `megabytes` of memory that one file
    may take, and `file_megabytes` that it may have.
    """

    sources: tuple[Source, ...] = ()
    rules: tuple[Rule, ...] = ()
    path: str = ""
    seconds: float = 60.0
    megabytes: int = 1024
    file_megabytes: int = 64

    def limits(self) -> dict[str, float | int]:
        """What one file may take."""
        return {"seconds": self.seconds, "megabytes": self.megabytes, "file_megabytes": self.file_megabytes}

    def all_sources(self) -> list[Source]:
        """The sources, and one named `path` for the extra folder. Raises RecipeError where two have one name."""
        found = [*self.sources, *([Source(name="path", path=self.path, index=_INDEXES)] if self.path else [])]
        names = [source.name for source in found]
        if not found or len(set(names)) < len(names):
            raise RecipeError("corpus.read needs sources with names of their own", why=f"names: {names}", mend="rename one")
        return found


@lru_cache(maxsize=1 << 16)
def _digest_once(path: str, size: int, changed: int) -> str:
    return digest_file(Path(path))


def _identify_file(source: Source, file: SourceFile) -> list[Any]:
    """What a file's documents depend on instead of places: its name, its bytes, what the index and the package say of it."""
    try:
        status = file.path.stat()
        digest = _digest_once(str(file.path), status.st_size, status.st_mtime_ns)
    except OSError as error:
        digest = f"unreadable: {error.strerror}"  # the reader will say so, in the quarantine
    stated = {key: value for key, value in vars(file.entry).items() if value}
    return [file.relative, digest, stated, state_license(source, file.entry, NO_RULE)]


def _digest_tags() -> str:
    """Of what the language packs say of tags and names: sources state languages in those."""
    return digest_json({tag: [pack.iso639_3, pack.names] for tag, pack in load_packs().items()})


def _outside(params: ReadParams) -> dict[str, Any]:
    """Source name -> its files, or where they are many the digest of each folder; what is fetched is an input."""
    local = [source for source in params.all_sources() if not source.path.startswith("fetched:")]
    return {"languages": _digest_tags()} | {source.name: _identify_source(source, scan(source)) for source in local}


def _identify_source(source: Source, listing: Listing) -> Any:
    rows = [_identify_file(source, file) for file in listing.files]
    if len(rows) <= _MANY:
        return {"files": rows, "missing": listing.missing}
    folders: dict[str, list[Any]] = {}
    for row in rows:
        folders.setdefault(row[0].partition("/")[0], []).append(row)
    return {**{name: digest_json(rows) for name, rows in folders.items()}, "missing": digest_json(listing.missing)}


@stage("corpus.read", version=3, places={"path": True, "sources": {"__all__": {"path"}}}, outside=_outside)
def read(job: Job, params: ReadParams, fetched: list[Files | None]) -> Documents:  # type: ignore[return]
    """Read every file of every source in cached parts; number the parts in the order of sources and buckets.

    `fetched` may be left out of a recipe: that is what None in its type says.
    """
    artifacts = {line.name: files for files in fetched if files for line in job.lineage if line.key[:32] in files.path.parts}
    parts: list[Part] = []
    quarantined: list[Quarantined] = []
    records: list[dict[str, Any]] = []
    for stated in params.all_sources():
        source = settle_fetched(stated, artifacts)
        listing = scan(source)
        if not listing.files:
            raise RecipeError(
                f"the source '{source.name}' has no files", why=f"nothing matches {list(source.include)}", mend="check path and include"
            )
        parts += [_make_part(source, bucket, params) for bucket in _fill_buckets(listing.files)]
        quarantined += [Quarantined(source.name, name, "the index names it, but it is not there") for name in listing.missing]
        records.append({**_describe(stated), "missing": listing.missing, "unnamed": listing.unnamed})
    alone = replace(job, identity=["corpus.read", 2])  # a part depends on what its key says, not on the other sources and rules
    for number, part in enumerate(alone.map_parts("ayni.corpus.read:read_part", parts, "read")):
        copy_or_link(part.folder / "part.parquet", job.folder / "documents" / f"part-{number:05}.parquet")
        quarantined += read_quarantine(part.folder / "quarantine.jsonl")
    write_quarantine(job.folder / "quarantine.jsonl", quarantined)
    write_json(job.folder / "sources.json", records)


def _describe(source: Source) -> dict[str, Any]:
    """What a recipe says of a source, but for the place."""
    return source.model_dump(mode="json", exclude={"path"})


def _make_part(source: Source, bucket: Sequence[SourceFile], params: ReadParams) -> Part:
    rules = [
        rule.model_dump(mode="json", exclude_unset=True)
        for rule in params.rules
        if any(rule.fits(source.name, file.relative) or may_hold_members(file.path) for file in bucket)
    ]
    item = {
        "source": {**source.model_dump(mode="json"), "path": make_absolute(source.path)},
        "rules": rules,
        "files": [[file.relative, str(file.path.absolute()), asdict(file.entry)] for file in bucket],
        "limits": params.limits(),
    }
    return Part([_describe(source), rules, params.limits(), _digest_tags(), [_identify_file(source, file) for file in bucket]], item)


def _fill_buckets(files: Sequence[SourceFile]) -> list[list[SourceFile]]:
    """Group files by a hash of their names, so that a new file changes one group only."""
    size = sum(file.path.stat().st_size for file in files if file.path.exists())
    count = 1
    while count * _FILES_A_PART < len(files) or (count * _BYTES_A_PART < size and count < len(files)):
        count *= 2
    buckets: dict[int, list[SourceFile]] = {}
    for file in files:
        number = int.from_bytes(hashlib.sha256(file.relative.encode()).digest()[:4], "big") % count
        buckets.setdefault(number, []).append(file)
    return [buckets[number] for number in sorted(buckets)]


def read_part(item: dict[str, Any]) -> dict[str, int]:
    """Read the files of one part (runs in a worker, the parsing itself in a guarded child)."""
    source = Source.model_validate(item["source"])
    rules = [Rule.model_validate(rule) for rule in item["rules"]]
    files = [SourceFile(relative, Path(path), Entry(**entry)) for relative, path, entry in item["files"]]
    tables: list[pa.Table] = []
    quarantined: list[Quarantined] = []
    for table, bad in read_files_guarded(source, files, rules, **item["limits"]):
        tables.append(table)
        quarantined += bad
    folder = Path(item["folder"])
    rows = write_part(folder / "part.parquet", pa.concat_tables(tables))
    write_quarantine(folder / "quarantine.jsonl", quarantined)
    return {"documents": rows, "quarantined": len(quarantined)}
