"""What a reader is, and what it yields.

    class Reader:  name, suffixes, probe(path, head) -> bool, read(path, options) -> Iterator[Piece | Bad]

A reader raises Unreadable where a whole file cannot be read, and yields Bad for one bad record among good ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    group: str = ""  # the larger work; empty: the file


@dataclass(frozen=True)
class Bad:
    """One record that could not be read; the others of its file go on."""

    record: str
    reason: str
    offset: int | None = None


class Reader(Protocol):
    """A file format."""

    name: str
    suffixes: tuple[str, ...]

    def probe(self, path: Path, head: bytes) -> bool:
        """Whether a file without a telling suffix is of this format, by its first bytes."""

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Yield documents and bad records."""
