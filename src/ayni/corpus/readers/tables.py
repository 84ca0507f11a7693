"""Tables: CSV and TSV, JSON, JSONL; one row gives one document, or several (both sides of a parallel corpus).

    options = { text = "texto", id = "codigo" }                  columns by name
    options = { header = false, rows = [{ text = 1, language_value = "nah" }, { text = 0, language_value = "es" }] }
    options = { items = ["habilidades"], text = "texto" }        lists inside a JSON object, by dotted path

rows.py says what else options can say, and what is done without them. A row that cannot be read is a bad record; the others go on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.columns import Row
from ayni.corpus.readers.delimited import read_delimited
from ayni.corpus.readers.json_tables import find_tables
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.rows import Table, make_pieces
from ayni.text.encoding import decode


class TablesReader:
    """.csv, .tsv, .json, .jsonl, .ndjson."""

    name = "tables"
    suffixes = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")

    def probe(self, path: Path, head: bytes) -> bool:
        """JSON is told by its first character; CSV only by its suffix."""
        return head.lstrip()[:1] in (b"{", b"[") and b"\0" not in head

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Yield documents row by row."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        suffix = path.suffix.lower()
        found = False
        for table in _read_tables(data, suffix, options):
            for item in make_pieces(table, options):
                found = True
                yield item
        if not found:
            raise Unreadable("the table has no rows", offset=0)


def _read_tables(data: bytes, suffix: str, options: Mapping[str, Any]) -> Iterator[Table]:
    encoding = str(options.get("encoding", ""))
    if suffix in (".jsonl", ".ndjson"):
        yield _read_json_lines(data, encoding)
        return
    text, _ = decode(data, encoding)
    if suffix != ".json" and text.lstrip()[:1] not in ("{", "["):
        yield read_delimited(text, options, suffix)
        return
    try:
        yield from find_tables(json.loads(text), options)
    except ValueError as error:
        raise Unreadable("not valid JSON", offset=getattr(error, "pos", 0), why=str(error)[:200]) from error
    except RecursionError as error:
        raise Unreadable("JSON nested too deeply", offset=0) from error


def _read_json_lines(data: bytes, encoding: str) -> Table:
    """Line by line, so that one in another encoding, or cut off, takes no other along."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data)[0].encode()
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    sample = [row for _, (_, row) in zip(range(200), _parse_lines(lines, encoding), strict=False) if isinstance(row, dict)]
    columns = list(dict.fromkeys(name for row in sample for name in row))
    return Table(columns, _parse_lines(lines, encoding))


def _parse_lines(lines: list[bytes], encoding: str) -> Iterator[tuple[str, Row | Bad]]:
    offset = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield str(number), _parse_line(line, encoding, str(number), offset)
        offset += len(line) + 1


def _parse_line(line: bytes, encoding: str, record: str, offset: int) -> Row | Bad:
    try:
        body = json.loads(decode(line, encoding)[0])
    except (ValueError, RecursionError) as error:
        return Bad(record, f"not JSON: {str(error)[:120]}", offset)
    except Unreadable as error:
        return Bad(record, error.what, offset + (error.offset or 0))
    if isinstance(body, (dict, str)):
        return body if isinstance(body, dict) else {"text": body}
    return Bad(record, "not a JSON object", offset)


READER = TablesReader()
