"""Sources: where documents come from, as a recipe states it, and reading their files under guard.

    Source(name="starter", path="asset:starter", index="index_*.csv")
    Source(name="axolotl", path="package:elotl", include=("corpora/axolotl.csv",), format="tables", options={...})

`path` is a folder or file, `asset:NAME` (ships with ayni) or `package:NAME` (an installed distribution, found through its
metadata and never imported; its licence is what its metadata state).
"""

from __future__ import annotations

import csv
import fnmatch
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ayni.core.errors import InputError, Unreadable
from ayni.core.formats.documents import Document, Quarantined, identify
from ayni.core.places import asset
from ayni.corpus.readers import choose_reader, find_reader
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_COLUMNS_ARE = "its columns are path, language, country, domain, title, license, date"
_FILE_BYTES = 64 << 20
_SPDX = {
    "mpl-2.0": "MPL-2.0",
    "mlp-2.0": "MPL-2.0",  # as elotl 0.1.1 spells it
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd license": "BSD-3-Clause",  # the classifier; the packages read here have three clauses
    "apache-2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "mit": "MIT",
    "mit license": "MIT",
    "cc0-1.0": "CC0-1.0",
    "cc-by-4.0": "CC-BY-4.0",
    "0bsd": "0BSD",
    "zlib": "Zlib",
    "bsl-1.0": "BSL-1.0",
    "psf-2.0": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}
_COLUMNS = ("language", "country", "domain", "title", "license", "date")


class Source(BaseModel):
    """One source; fields left empty are taken from the index, the file or the package's metadata."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    path: str
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    index: str = ""
    format: str = ""
    options: dict[str, Any] = {}
    language: str = ""
    country: str = ""
    domain: str = ""
    license: str = ""
    license_evidence: str = ""


@dataclass(frozen=True)
class SourceFile:
    """One file of a source, and what the source's index says of it."""

    relative: str
    path: Path
    metadata: dict[str, str] = field(default_factory=dict)


def list_files(source: Source) -> list[SourceFile]:
    """The source's files by name. Raises InputError where the place is not there."""
    root, base = _locate(source)
    if root.is_file():
        return [SourceFile(root.name, root)]
    index = _read_index(source, root)
    found = []
    for path in sorted(base.rglob("*")):
        relative = path.relative_to(root).as_posix()
        if (
            not path.is_file()
            or not _matches(relative, source)
            or any(part.startswith((".", "__pycache__")) for part in path.parts[len(root.parts) :])
        ):
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            continue  # a link out of the folder is somebody else's file
        if source.index and fnmatch.fnmatch(relative, source.index):
            continue
        found.append(SourceFile(relative, path, index.get(relative, {})))
    return found


def _matches(relative: str, source: Source) -> bool:
    def fits(pattern: str) -> bool:
        return fnmatch.fnmatch(relative, pattern) or (pattern.startswith("**/") and fnmatch.fnmatch(relative, pattern[3:]))

    return any(map(fits, source.include)) and not any(map(fits, source.exclude))


def _locate(source: Source) -> tuple[Path, Path]:
    """The root that names are relative to, and the folder to search below it."""
    scheme, _, rest = source.path.partition(":")
    if scheme == "asset":
        root = asset(rest)
        return root, root
    if scheme == "package":
        root = _package_folder(rest)
        return root, root
    root = Path(source.path).expanduser()
    if not root.exists():
        raise InputError(f"the source '{source.name}' is not there", why=f"no file or folder at '{root}'", mend="check the path")
    return root, root


def _find_package(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise InputError(f"the package '{name}' is not installed", why="a source reads from it", mend=f"pip install {name}") from None


def _package_folder(name: str) -> Path:
    """The import package's folder of a distribution, from its list of files."""
    tops = {str(each).split("/")[0] for each in _find_package(name).files or [] if str(each).endswith("/__init__.py")}
    normal = name.lower().replace("-", "_")
    top = next((each for each in sorted(tops) if each.lower() == normal), min(tops, default=normal))
    return Path(str(_find_package(name).locate_file(top)))


@lru_cache(maxsize=64)
def _package_license(name: str) -> tuple[str, str]:
    """SPDX licence and evidence from a distribution's metadata; "" where they state none that is known here whole."""
    found = _find_package(name)
    stated = (found.metadata["License-Expression"] or found.metadata["License"] or "").split("\n")[0].strip()
    classifiers = [each.rpartition(" :: ")[2] for each in found.metadata.get_all("Classifier") or [] if each.startswith("License")]
    evidence = f"metadata of {name} {found.version}: {stated or '; '.join(classifiers)}"
    known = [find_spdx(text) for text in (stated, *classifiers) if text]
    return next((spdx for spdx in known if spdx), ""), evidence


def find_spdx(text: str) -> str:
    """The SPDX expression of a stated licence, '' where any part of it is not in the table: "MIT AND X" is not MIT."""
    parts = [part for part in re.split(r"\s+(?:AND|OR)\s+|[()]", text.strip()) if part.strip()]
    found = [_SPDX.get(part.strip().lower(), "") for part in parts]
    unique = list(dict.fromkeys(found))
    if not all(found) or " OR " in text:
        return ""
    return " AND ".join(unique)


def _read_index(source: Source, root: Path) -> dict[str, dict[str, str]]:
    """What the index says of each file; saved by a spreadsheet or by hand. Raises InputError where it is no index."""
    rows: dict[str, dict[str, str]] = {}
    for path in sorted(root.glob(source.index)) if source.index else []:
        try:
            text, _ = decode(path.read_bytes())
        except (Unreadable, OSError) as error:
            raise InputError(f"the index '{path.name}' cannot be read", why=str(error), mend="save it as UTF-8 CSV") from error
        mark = max(",;\t", key=text.split("\n", 1)[0].count)
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=mark):
            if not row.get("path"):
                names = ", ".join(map(str, row))
                raise InputError(f"the index '{path.name}' has a row without a path", why=f"columns: {names}", mend=_COLUMNS_ARE)
            rows[row["path"]] = {column: (row.get(column) or "").strip() for column in _COLUMNS}
    return rows


def read_file(source: Source, file: SourceFile) -> tuple[list[Document], list[Quarantined]]:
    """Documents of one file, and what of it could not be read."""
    documents: list[Document] = []
    quarantined: list[Quarantined] = []
    try:
        size = file.path.stat().st_size
        if size > _FILE_BYTES:
            raise Unreadable("the file is larger than is allowed", offset=_FILE_BYTES, why=f"{size >> 20} MB, limit {_FILE_BYTES >> 20}")
        reader = find_reader(source.format) if source.format else choose_reader(file.path)
        for item in reader.read(file.path, source.options):
            if isinstance(item, Bad):
                quarantined.append(Quarantined(source.name, f"{file.relative}#{item.record}", item.reason, item.offset))
            else:
                documents.append(_make_document(source, file, item))
    except Unreadable as error:
        quarantined.append(Quarantined(source.name, file.relative, "; ".join(filter(None, (error.what, error.why))), error.offset))
    except OSError as error:
        quarantined.append(Quarantined(source.name, file.relative, f"the file cannot be opened: {error.strerror}"))
    return _drop_doubles(documents, quarantined)


def _drop_doubles(documents: list[Document], quarantined: list[Quarantined]) -> tuple[list[Document], list[Quarantined]]:
    """A record id that stands twice in one file would name two documents alike: the second is quarantined."""
    seen: set[str] = set()
    unique = []
    for document in documents:
        if document.id in seen:
            quarantined.append(Quarantined(document.source, document.origin, "its record id stands twice in the file"))
        else:
            seen.add(document.id)
            unique.append(document)
    return unique, quarantined


def state_license(source: Source, file: SourceFile) -> tuple[str, str]:
    """SPDX licence and its evidence: the index's, else the source's, else the package's own metadata."""
    stated = file.metadata.get("license") or source.license
    if not stated and source.path.startswith("package:"):
        return _package_license(source.path.partition(":")[2])
    return stated, source.license_evidence


def make_absolute(path: str) -> str:
    """A source's path that another process, in another folder, understands."""
    return path if path.startswith(("asset:", "package:")) else str(Path(path).expanduser().absolute())


def _make_document(source: Source, file: SourceFile, piece: Piece) -> Document:
    origin = f"{file.relative}#{piece.record}" if piece.record else file.relative
    about = file.metadata
    license, evidence = state_license(source, file)
    return Document(
        id=identify(source.name, origin),
        text=piece.text,
        title=piece.title or about.get("title", ""),
        language=about.get("language") or source.language or piece.language,
        country=piece.country or about.get("country", "") or source.country,
        domain=piece.domain or about.get("domain", "") or source.domain,
        source=source.name,
        license=license,
        license_evidence=evidence,
        url=piece.url,
        date=about.get("date") or piece.date,
        origin=origin,
        group=piece.group or file.relative,
    )


def read_files_guarded(
    source: Source, files: list[SourceFile], *, seconds: float, megabytes: int
) -> Iterator[tuple[list[Document], list[Quarantined]]]:
    """Read files in a child process with limits; a file that kills or stalls it is quarantined, the rest goes on."""
    from ayni.corpus.guard import guard

    for file, result in zip(files, guard(_read_one, [(source, file) for file in files], seconds=seconds, megabytes=megabytes), strict=True):
        reason = result.replace(str(file.path), file.relative) if isinstance(result, str) else ""
        yield ([], [Quarantined(source.name, file.relative, reason)]) if reason else result


def _read_one(work: tuple[Source, SourceFile]) -> tuple[list[Document], list[Quarantined]]:
    return read_file(*work)
