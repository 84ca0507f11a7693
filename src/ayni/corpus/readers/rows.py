"""Rows to documents: what tables, JSON, databases and data frames share. Every row with something in it is a document or Bad.

    options = { text = "texto", id = "codigo", country_value = "AR" }        columns by name
    options = { rows = [{ text = 1, language_value = "nah", group = 3 }, { text = 0, language_value = "es", group = 3 }] }
    options = { drop_where = [{ column = 0, equals = ["Flores"], why = "evaluation data" }] }
    options = { text = "text", join = ["titulo"] }       rows that follow each other under one title are one document

A field (title, language, country, domain, date, url, group, license) is `FIELD_value` for all rows, `FIELD` or `FIELD_column` by
column, with `FIELD_map` to translate; without options the column of that name, in Spanish, Portuguese or English. Where no
option says which column is text, columns.py guesses from a sample of the rows.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.columns import FIELD_NAMES, Row, guess
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.statements import fold

_SAMPLE = 200  # rows from which columns are guessed
_MARKUP = re.compile(r"</(?:p|div|span|b|i|em|strong|a|li|ul|ol|td|tr|h[1-6])>|<(?:br|p) ?/?>", re.IGNORECASE)
_BLOCK = re.compile(r"</(?:p|div|li|tr|h[1-6])>|<br ?/?>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)

Key = str | int | None


@dataclass
class Table:
    """Rows of one table of a file, each with its record's name; `columns` is empty where cells have no names."""

    columns: Sequence[str]
    rows: Iterable[tuple[str, Row | Bad]]
    name: str = ""  # where the file has several
    date: str = ""  # of all rows, where the place of the table says it


@dataclass(frozen=True)
class _Spec:
    """How a row gives one document, its columns found: `text` None is the whole row."""

    text: Key
    above: Key
    record: Key
    fields: tuple[tuple[str, str, Key, Mapping[str, Any] | None], ...]  # field, constant, column, translation


def make_pieces(table: Table, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
    """The documents of a table and its bad records."""
    rows = iter(table.rows)
    sample = list(itertools.islice(rows, _SAMPLE))
    known = [row for _, row in sample if not isinstance(row, Bad)]
    places = {} if known and isinstance(known[0], Mapping) else {name: place for place, name in enumerate(table.columns)}
    stated = options.get("rows") or ([options] if "text" in options else [])
    specs = [_compile(spec, table, places) for spec in stated or [{**options, **spec} for spec in guess(table.columns, known)]]
    drops = [(_find(each["column"], places), each) for each in options.get("drop_where", ())]
    prefix = f"{table.name}/" if table.name else ""
    pieces = _read_rows(itertools.chain(sample, rows), table.columns, specs, drops, prefix)
    by = options.get("join")
    if by:
        yield from _join(pieces, [_find(column, places) for column in ([by] if isinstance(by, str) else by)])
    else:
        yield from (item for _, item in pieces)


def _read_rows(
    rows: Iterable[tuple[str, Row | Bad]],
    columns: Sequence[str],
    specs: Sequence[_Spec],
    drops: Sequence[tuple[Key, Mapping[str, Any]]],
    prefix: str,
) -> Iterator[tuple[Row, Piece | Bad]]:
    for number, row in rows:
        name = prefix + number
        if isinstance(row, Bad):
            yield (), Bad(prefix + row.record, row.reason, row.offset)
            continue
        if drops and (reason := next((each["why"] for key, each in drops if _cell(row, key) in each["equals"]), "")):
            yield (), Bad(name, f"left out: {reason}")
            continue
        found = False
        for place, spec in enumerate(specs):
            piece = _make_piece(row, columns, spec, f"{name}/{place}" if len(specs) > 1 else name)
            if piece is not None:
                found = True
                yield row, piece
        if not found and render(row, columns):
            yield (), Bad(name, "no text in the row" if specs[0].text is None else "nothing in the row's column of text")


def _make_piece(row: Row, columns: Sequence[str], spec: _Spec, name: str) -> Piece | None:
    text = _tidy(render(row, columns) if spec.text is None else _cell(row, spec.text))
    if not text or (spec.text is None and not _has_words(row)):
        return None
    above = _tidy(_cell(row, spec.above))
    filled = {field: value for field, constant, key, mapping in spec.fields if (value := constant or _translate(_cell(row, key), mapping))}
    if "title" in filled:
        filled["title"] = _tidy(filled["title"])
    if not filled.get("url", "http").startswith("http"):
        del filled["url"]
    return Piece(text=f"{above}\n{text}" if above else text, record=_cell(row, spec.record) or name, **filled)


def _tidy(text: str) -> str:
    """Without the markup and the line ends of the system that the table is from."""
    if "<" in text and _MARKUP.search(text):
        text = strip_markup(text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _join(pieces: Iterable[tuple[Row, Piece | Bad]], keys: Sequence[Key]) -> Iterator[Piece | Bad]:
    """One document of all rows that follow each other and are alike in some columns."""

    def names(pair: tuple[Row, Piece | Bad]) -> tuple[str, ...] | None:
        return None if isinstance(pair[1], Bad) else tuple(_cell(pair[0], key) for key in keys)

    for _, group in itertools.groupby(pieces, key=names):
        items = [item for _, item in group]
        good = [item for item in items if isinstance(item, Piece)]
        yield from (item for item in items if isinstance(item, Bad))
        if good:
            record = good[0].record if len(good) == 1 else f"{good[0].record}-{good[-1].record}"
            yield replace(good[0], text="\n".join(piece.text for piece in good), record=record)


def _compile(spec: Mapping[str, Any], table: Table, places: Mapping[str, int]) -> _Spec:
    """Find the columns that a specification names. Raises Unreadable where there is none of text."""
    by_fold = {fold(name): name for name in reversed(table.columns)}
    fields = []
    for field, names in FIELD_NAMES.items():
        constant = str(spec.get(f"{field}_value", table.date if field == "date" else ""))
        column = spec.get(f"{field}_column", spec.get(field))
        if column is None:
            column = next((by_fold[name] for name in names if name in by_fold), None)
        if constant or column is not None:
            fields.append((field, constant, _find(column, places), spec.get(f"{field}_map")))
    text = _find(spec.get("text"), places)
    if not spec.get("render") and (text is None or (table.columns and isinstance(text, str) and text not in table.columns)):
        raise Unreadable(f"the table has no column '{spec.get('text')}'", offset=0, why=f"columns: {', '.join(table.columns)[:200]}")
    return _Spec(text, _find(spec.get("above") or None, places), _find(spec.get("id"), places), tuple(fields))


def _find(column: Any, places: Mapping[str, int]) -> Key:
    """A column's key in the rows: its place where rows are sequences under names, else the name or number itself."""
    return column if column is None or isinstance(column, int) else places.get(str(column)) if places else str(column)


def _cell(row: Any, key: Key) -> str:
    """A cell as text; lists of words as lines, and nothing for what is no text at all."""
    if key is None:
        return ""
    try:
        value = row[key]
    except (KeyError, IndexError, TypeError):
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (list, tuple)):
        return "\n".join(each.strip() for each in value if isinstance(each, str))
    return "" if value is None or isinstance(value, (dict, bytes)) else str(value)


def _translate(value: str, mapping: Mapping[str, Any] | None) -> str:
    return str(mapping.get(value, "")) if mapping else value


def render(row: Row, columns: Sequence[str]) -> str:
    """A whole row as text: "name: value" a line; cells without names apart by bars."""
    if isinstance(row, Mapping):
        return "\n".join(f"{name}: {text}" for name, value in flatten(row) if (text := _cell([value], 0)))
    cells = [_cell(row, place) for place in range(len(row))]
    if columns:
        return "\n".join(f"{name}: {cell}" for name, cell in zip(columns, cells, strict=False) if cell)
    return " | ".join(filter(None, cells))


def _has_words(row: Row) -> bool:
    """Whether a row that is its own text has a letter in it: a row of numbers is none."""
    values = [value for _, value in flatten(row)] if isinstance(row, Mapping) else row
    return any(each.isalpha() for value in values for each in _cell([value], 0))


def flatten(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The values of an object and of the objects in it, by dotted names."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def strip_markup(text: str) -> str:
    """The text of a fragment of HTML, as content systems keep it in their tables."""
    lines = unescape(_TAG.sub("", _BLOCK.sub("\n", text))).split("\n")
    return "\n".join(line for each in lines if (line := " ".join(each.split())))
