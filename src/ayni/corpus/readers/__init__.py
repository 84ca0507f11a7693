"""Readers: one file a format; `choose_reader` picks by suffix, then by the first bytes.

choose_reader(Path("fallo.pdf")).read(path, {})
"""

from __future__ import annotations

import importlib
from pathlib import Path

from ayni.core.errors import InputError, Unreadable
from ayni.core.suggest import did_you_mean
from ayni.corpus.readers.reader import Reader

_MODULES = (
    "pdf",
    "word",
    "spreadsheet",
    "opendocument",
    "epub",
    "oai",
    "marc",
    "tables",
    "html",
    "python_docs",
    "xml",
    "transcript",
    "parallel",
    "lines",
    "parquet",
    "sql",
    "rdata",
    "html_in_js",
    "javascript",
    "warc",
    "archives",
    "plain",
)
_HEAD = 4096


def find_reader(name: str) -> Reader:
    """A reader by the name of its format."""
    if name not in _MODULES:
        raise InputError(f"no reader is called '{name}'", why=f"there are: {', '.join(_MODULES)}", mend=did_you_mean(name, _MODULES))
    module = importlib.import_module(f"ayni.corpus.readers.{name}")
    reader: Reader = module.READER
    return reader


def list_readers() -> list[Reader]:
    """All readers, in the order in which they are asked."""
    return [find_reader(name) for name in _MODULES]


def choose_reader(path: Path) -> Reader:
    """The reader for a file. Raises Unreadable where no format fits."""
    readers = list_readers()
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    named = [reader for reader in readers if path.name.lower().endswith(reader.suffixes)]
    for reader in named:  # of several that claim a suffix, the last takes what the others do not know
        if reader is named[-1] or reader.probe(path, head):
            return reader
    for reader in readers:
        if reader.probe(path, head):
            return reader
    raise Unreadable("no reader knows this format", offset=0, why=f"suffix '{path.suffix}', first bytes {head[:8]!r}")
