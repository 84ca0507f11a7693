"""What an index beside the files says of each: CSV as a spreadsheet saves it, or JSON lines.

    index.csv        path;language;country;domain;title;license;date
    manifest.jsonl   {"file": "actas/1.txt", "source": "archivo", "licence": "CC BY 4.0", "language": "es", ...}

read_index(folder, ["index*.csv"])["acta.txt"].language

Columns: `file` (or, where there is none, `path`), relative to the folder; source, language, country, domain, title, license,
date, url, consent, terms. Others are left alone. The licence is kept in its own words: licenses.py says what they mean.
"""

from __future__ import annotations

import csv
import io
import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ayni.core.errors import InputError, Unreadable
from ayni.text.encoding import decode

_COLUMNS_ARE = "its columns are path, language, country, domain, title, license, date, url, source, consent, terms"
_LICENSES = ("license", "licence", "licencia", "licença")


@dataclass(frozen=True)
class Entry:
    """What an index says of one file; empty where it says nothing."""

    source: str = ""
    language: str = ""
    country: str = ""
    domain: str = ""
    title: str = ""
    license: str = ""  # its words
    date: str = ""
    url: str = ""
    consent: str = ""
    terms: str = ""
    index: str = ""  # the name of the index


NO_ENTRY = Entry()
_STATED = tuple(field.name for field in fields(Entry))


def find_indexes(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """The index files in a folder."""
    return sorted({path for pattern in patterns if pattern for path in folder.glob(pattern) if path.is_file()})


def read_index(folder: Path, patterns: Iterable[str]) -> dict[str, Entry]:
    """File -> what the indexes say of it; the last one that names it counts. Raises InputError where one is no index."""
    entries: dict[str, Entry] = {}
    for path in find_indexes(folder, patterns):
        place = path.parent.relative_to(folder).as_posix()
        for row in _read_rows(path):
            name = str(row.get("file") or row.get("path") or "").strip()
            if not name:
                raise InputError(f"the index '{path.name}' has a row without a path", why=f"columns: {', '.join(row)}", mend=_COLUMNS_ARE)
            entries[posixpath.normpath(name if place == "." else f"{place}/{name}")] = _make_entry(row, path.name)
    return entries


def _make_entry(row: Mapping[str, Any], index: str) -> Entry:
    stated = {name: row.get(name) for name in _STATED}
    stated |= {"license": next((row[name] for name in _LICENSES if row.get(name)), ""), "index": index}
    return Entry(**{name: "" if value is None else str(value).strip() for name, value in stated.items()})


def _read_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text, _ = decode(path.read_bytes())
    except (Unreadable, OSError) as error:
        raise InputError(f"the index '{path.name}' cannot be read", why=str(error), mend="save it as UTF-8") from error
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _read_json_lines(path.name, text)
        return
    mark = max(",;\t", key=text.split("\n", 1)[0].count)
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=mark):
        yield {str(name): value for name, value in row.items()}


def _read_json_lines(name: str, text: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(f"line {number} of the index '{name}' is not JSON", why=str(error), mend="mend that line") from error
            if not isinstance(row, dict):
                raise InputError(f"line {number} of the index '{name}' is not a JSON object", mend=_COLUMNS_ARE)
            yield row
