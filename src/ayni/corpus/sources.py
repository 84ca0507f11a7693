"""Sources: where documents come from, as a recipe states it, and which files that makes.

    Source(name="starter", path="asset:starter", index="index_*.csv")
    Source(name="axolotl", path="package:elotl", include=("corpora/axolotl.csv",), format="tables", options={...})

`path` is a folder or file, `asset:NAME` (ships with ayni), `package:NAME` (an installed distribution, found through its
metadata and never imported; its licence is what its metadata state) or `fetched:NAME` (an artifact of `corpus.fetch`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ayni.core.buckets import is_bucket
from ayni.core.errors import InputError
from ayni.core.formats.files import Files
from ayni.core.places import asset
from ayni.corpus import package
from ayni.corpus.index import NO_ENTRY, Entry, find_indexes, read_index
from ayni.corpus.licenses import find_spdx
from ayni.corpus.rules import Rule, fits_any

REMOTE = ("oai:", "hf:")  # what `corpus.fetch` takes


class Source(BaseModel):
    """One source; fields left empty are taken from the index, the file or the package's metadata."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    path: str
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    index: str | tuple[str, ...] = ""
    format: str = ""
    options: dict[str, Any] = {}
    language: str = ""
    country: str = ""
    domain: str = ""
    license: str = ""
    license_evidence: str = ""
    consent: str = ""
    terms: str = ""

    def indexes(self) -> list[str]:
        """The patterns of its index files."""
        return [each for each in ([self.index] if isinstance(self.index, str) else self.index) if each]


@dataclass(frozen=True)
class SourceFile:
    """One file of a source, and what the source's index says of it."""

    relative: str
    path: Path
    entry: Entry = NO_ENTRY


@dataclass(frozen=True)
class Listing:
    """The files of a source, those that its index names but that are not there, and those that an index leaves out."""

    files: list[SourceFile]
    missing: list[str]
    unnamed: list[str]


def list_files(source: Source) -> list[SourceFile]:
    """The source's files by name. Raises InputError where the place is not there."""
    return scan(source).files


def scan(source: Source) -> Listing:
    """Go through the source's folder once and lay its index beside what is there."""
    root = locate(source)
    if root.is_file():
        return Listing([SourceFile(root.name, root)], [], [])
    entries = read_index(root, source.indexes())
    indexes = {path.relative_to(root).as_posix() for path in find_indexes(root, source.indexes())}
    there = {name: path for name, path in _walk(str(root), "", root.resolve()) if name not in indexes}
    files = [
        SourceFile(name, Path(path), entries.get(name, NO_ENTRY))
        for name, path in sorted(there.items())
        if fits_any(name, source.include) and not (source.exclude and fits_any(name, source.exclude))
    ]
    missing = [name for name in sorted(entries) if name not in there]
    return Listing(files, missing, [file.relative for file in files if file.relative not in entries] if entries else [])


def _walk(folder: str, prefix: str, root: Path) -> Iterator[tuple[str, str]]:
    """(relative name, path) of every regular file below a folder; hidden ones and links out of it are somebody else's."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.startswith((".", "__pycache__")):
                continue
            name = prefix + _spell(entry.name)
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, name + "/", root)
            elif entry.is_file() and (not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)):
                yield name, entry.path


def _spell(name: str) -> str:
    """A file's name as text: where its bytes are not UTF-8 they are CP1252, what such discs come from."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("cp1252", errors="backslashreplace")
    return name


def locate(source: Source) -> Path:
    """The file, or the folder that names are relative to. Raises InputError where it is not there."""
    scheme, _, rest = source.path.partition(":")
    if source.path.startswith(REMOTE) or is_bucket(source.path):
        raise InputError(
            f"the source '{source.name}' is remote",
            why="reading is done from what lies here, so that it can be repeated",
            mend=f'[{source.name}]\\nstage = "corpus.fetch"\\naddress = "{source.path}"\\n and here path = "fetched:{source.name}"',
        )
    if scheme == "asset":
        return asset(rest)
    if scheme == "package":
        return package.find_folder(rest)
    if scheme == "fetched":
        raise InputError(f"'{source.name}' is fetched, but not listed", why=f"no '{rest}' is given", mend=f'fetched = ["@{rest}"]')
    root = Path(source.path).expanduser()
    if not root.exists():
        raise InputError(f"the source '{source.name}' is not there", why=f"no file or folder at '{root}'", mend="check the path")
    return root


def settle_fetched(source: Source, fetched: Mapping[str, Files]) -> Source:
    """A source whose files an artifact holds, with the artifact's folder as its path and its licence where it has none."""
    scheme, _, name = source.path.partition(":")
    if scheme != "fetched" or name not in fetched:
        return source
    origin = fetched[name].origin()
    license = {} if source.license else {"license": find_spdx(origin.license), "license_evidence": origin.license_evidence}
    return source.model_copy(update={"path": str(fetched[name].folder()), **license})


def state_license(source: Source, entry: Entry, rule: Rule) -> tuple[str, str]:
    """SPDX licence and its evidence: the rule's, else the index's words, else the source's, else the package's metadata."""
    if rule.license:
        return rule.license, rule.license_evidence
    if entry.license:
        return find_spdx(entry.license), f"{entry.index}: {entry.license}"
    if not source.license and source.path.startswith("package:"):
        return package.state_license(source.path.partition(":")[2])
    return source.license, source.license_evidence


def make_absolute(path: str) -> str:
    """A source's path that another process, in another folder, understands."""
    return path if path.startswith(("asset:", "package:")) else str(Path(path).expanduser().absolute())
