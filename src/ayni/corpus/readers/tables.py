"""Tables: CSV and TSV, JSON, JSONL; one row gives one document, or several (both sides of a parallel corpus).

    options = {text = "texto", id = "codigo"}                    columns by name
    options = {header = false, rows = [{text = 1, language_value = "nah", group = 3}, {text = 0, language_value = "es"}]}
    options = {items = ["habilidades"], text = "texto"}          lists inside a JSON object, by dotted path

Without options the column called text, texto, body, content or descripcion is the text, under a line with the row's title
or, where there is none, its first column: a table says there what the row is about. A row that cannot be read is a bad
record; the others go on.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_TEXT_NAMES = ("text", "texto", "body", "content", "contenido", "descripcion", "descripción", "descrição", "descricao", "nota")
_TITLE_NAMES = ("title", "titulo", "título", "nombre", "nome", "name")
_FIELDS = ("title", "language", "country", "domain", "date", "url", "group")
_CELL_LIMIT = 16 << 20

Row = Sequence[str] | Mapping[str, Any]


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
        text, _ = decode(data, str(options.get("encoding", "")))
        suffix = path.suffix.lower()
        if suffix in (".jsonl", ".ndjson"):
            rows = _read_jsonl(text)
        elif suffix == ".json" or text.lstrip()[:1] in ("{", "["):
            rows = _read_json(text, options)
        else:
            rows = _read_csv(text, options, "\t" if suffix == ".tsv" else "")
        specs = options.get("rows") or [options]
        found = False
        for number, row in rows:
            found = True
            yield from [row] if isinstance(row, Bad) else _make_pieces(row, number, specs)
        if not found:
            raise Unreadable("the table has no rows", offset=0)


def _read_csv(text: str, options: Mapping[str, Any], delimiter: str) -> Iterator[tuple[str, Row | Bad]]:
    csv.field_size_limit(_CELL_LIMIT)
    sample = text[:8192].split("\n", 1)[0]
    mark = delimiter or str(options.get("delimiter", "")) or max(",;\t|", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    names: list[str] | None = None
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield str(number), Bad(str(number), f"not a CSV row: {error}")
            continue
        if names is None and options.get("header", True):
            names = [name.strip().lstrip("\ufeff") for name in cells]
            continue
        number += 1
        if names is not None and len(cells) > len(names):
            yield str(number), Bad(str(number), f"{len(cells)} cells under {len(names)} columns")
        elif any(cell.strip() for cell in cells):
            yield str(number), dict(zip(names, cells, strict=False)) if names is not None else cells


def _read_jsonl(text: str) -> Iterator[tuple[str, Row | Bad]]:
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                body = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield str(number), Bad(str(number), f"not JSON: {str(error)[:120]}", offset)
            else:
                yield str(number), body if isinstance(body, dict) else Bad(str(number), "not a JSON object", offset)
        offset += len(line.encode()) + 1


def _read_json(text: str, options: Mapping[str, Any]) -> Iterator[tuple[str, Row | Bad]]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Unreadable("not valid JSON", offset=getattr(error, "pos", 0), why=str(error)) from error
    except RecursionError as error:
        raise Unreadable("JSON nested too deeply", offset=0) from error
    wanted = options.get("items", "")
    for path in [wanted] if isinstance(wanted, str) else wanted:
        rows = body
        for key in path.split(".") if path else []:
            rows = rows.get(key) if isinstance(rows, dict) else None
        if isinstance(rows, dict) and not path:
            rows = [rows]
        for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
            name = f"{path}/{number}" if path else str(number)
            yield name, row if isinstance(row, dict) else Bad(name, "not a JSON object")


def _make_pieces(row: Row, number: str, specs: Sequence[Mapping[str, Any]]) -> Iterator[Piece | Bad]:
    for place, spec in enumerate(specs):
        name = f"{number}/{place}" if len(specs) > 1 else _pick(row, spec.get("id")) or number
        text = _pick(row, spec["text"]) if "text" in spec else _find_text(row)
        if text is None:
            yield Bad(number, "no column of text", None)
        elif text.strip():
            yield Piece(text=text, record=name, **{field: _field(row, spec, field) for field in _FIELDS})


def _find_text(row: Row) -> str | None:
    """The text of a row that no option explains: its title, or its first column, and below it the column of text."""
    if not isinstance(row, Mapping):
        return None
    column = next((each for each in _TEXT_NAMES if each in row), None)
    if column is None:
        return None
    first = next(iter(row))
    above = next((each for each in _TITLE_NAMES if each in row), first if first not in ("id", "code", "codigo", "código") else column)
    return "\n".join(filter(None, (_pick(row, above) if above != column else "", _pick(row, column)))) if _pick(row, column) else ""


def _field(row: Row, spec: Mapping[str, Any], field: str) -> str:
    """A field's stated value, or its column's, mapped where the options say how."""
    if f"{field}_value" in spec:
        return str(spec[f"{field}_value"])
    value = _pick(row, spec.get(f"{field}_column", spec.get(field)))
    if not value and isinstance(row, Mapping) and f"{field}_column" not in spec and field not in spec:
        value = _pick(row, field)
    mapping = spec.get(f"{field}_map")
    return str(mapping.get(value, "")) if mapping else value


def _pick(row: Row, column: Any) -> str:
    if column is None:
        return ""
    if isinstance(row, Mapping):
        value = row.get(str(column))
    else:
        value = row[column] if isinstance(column, int) and column < len(row) else None
    return "" if value is None else str(value).strip()


READER = TablesReader()
