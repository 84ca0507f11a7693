"""What a reader is, and what it yields.

    class Reader:  name, suffixes, probe(path, head) -> bool, read(path, options) -> Iterator[Piece | Bad | Member]

A reader raises Unreadable where a whole file cannot be read, and yields Bad for one bad record among good ones. A reader of
containers (archives, WARC) yields Members: whoever asked reads each by its own format before it asks for the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Piece:
    """One document as a reader finds it; empty fields are filled from the source's own metadata."""

    text: str
    title: str = ""
    language: str = ""
    country: str = ""
    domain: str = ""
    date: str = ""
    url: str = ""
    record: str = ""  # which record of the file; empty where the file is one document
    group: str = ""  # the larger work; empty: the file; with "./" before it, one that the files of a folder share
    license: str = ""  # as the record itself states it, in its words
    derivation: str = ""  # how the text was had where it was not simply read


@dataclass(frozen=True)
class Bad:
    """One record that could not be read; the others of its file go on."""

    record: str
    reason: str
    offset: int | None = None


@dataclass(frozen=True)
class Member:
    """A file inside the file. Its bytes lie at `path` until the reader is asked for the next one."""

    name: str  # its place in the container; becomes part of the record
    path: Path  # `path.name` has the suffix that tells its format
    format: str = ""  # where the container states it
    options: Mapping[str, Any] = field(default_factory=dict)  # what else it states: {"encoding": "iso-8859-1"}
    url: str = ""
    date: str = ""


class Reader(Protocol):
    """A file format."""

    name: str
    suffixes: tuple[str, ...]

    def probe(self, path: Path, head: bytes) -> bool:
        """Whether a file without a telling suffix is of this format, by its first bytes."""

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad | Member]:
        """Yield documents and bad records, or the members of a container."""
