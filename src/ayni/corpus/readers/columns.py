"""Which columns of a table hold text, and whether its first row is a header: by names where they tell, else by what stands there.

is_header(["id", "texto"], rows)       -> True
guess(["texto", "fecha"], rows)        -> [{"text": "texto", "above": ...}]
guess(["es", "nah"], rows)             -> [{"text": "es", "language_value": "es"}, {"text": "nah", "language_value": "nah"}]
guess([], [["Hola, ¿qué tal está?", "12", ...], ...])  -> [{"text": 0}]
guess(["autor", "año"], rows)          -> [{"render": True}]      no prose: the whole row is the text, "autor: ..."
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from ayni.corpus.statements import fold, name_language
from ayni.text.packs import load_packs

Row = Sequence[Any] | Mapping[str, Any]

TEXT_NAMES = ("text", "texto", "body", "content", "contenido", "conteudo", "cuerpo", "descripcion", "descricao", "nota")
FIELD_NAMES = {
    "title": ("title", "titulo", "nombre", "nome", "name", "headline", "titular"),
    "language": ("language", "lang", "idioma", "lengua", "lingua"),
    "country": ("country", "pais"),
    "domain": ("domain", "dominio"),
    "date": ("date", "fecha", "data", "published", "publicado", "year", "ano", "anio"),
    "url": ("url", "link", "enlace", "uri"),
    "group": ("group",),
    "license": ("license", "licence", "licencia", "licenca", "rights"),
}
_IDS = ("id", "code", "codigo")
_PAIRS = (("source", "target"), ("src", "tgt"))
_HEADER_CELL = re.compile(r"[^\W\d][^.,;:?!¿¡\n]{0,39}")
_NAMES = 0.8  # of the cells of a header look like names: ">=84p" may stand among them
_PROSE_WORDS = 5  # fewer are names and labels
_FILLED = 0.5  # of the rows, for a column to be what they are about
_LETTERS = 0.65
_DISTINCT = 0.5  # labels recur, sentences hardly


def is_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: it looks like names, none stands below, and names or contents say so too."""
    cells = [cell.strip().lstrip("\ufeff") for cell in first]
    names = [cell for cell in cells if _HEADER_CELL.fullmatch(cell) and len(cell.split()) <= 4]
    if len(names) < _NAMES * len([cell for cell in cells if cell]) or not names:
        return False
    below = [[row[place].strip() for row in rows if place < len(row)] for place in range(len(cells))]
    if any(cell and cell in column for cell, column in zip(cells, below, strict=True)):
        return False
    known = {*TEXT_NAMES, *_IDS, *(name for names in FIELD_NAMES.values() for name in names), *(name for pair in _PAIRS for name in pair)}
    if any(fold(cell) in known or _language_of(cell) for cell in cells):
        return True
    return any(_differs(cell, column) for cell, column in zip(cells, below, strict=True))


def _differs(name: str, column: Sequence[str]) -> bool:
    """Whether a column holds what its first cell is not: numbers, or text far longer than a name."""
    filled = [cell for cell in column if cell]
    if not filled or not name:
        return False
    numbers = sum(bool(re.fullmatch(r"[\d.,:/%-]+", cell)) for cell in filled)
    return numbers >= 0.8 * len(filled) or statistics.median(map(len, filled)) > max(20, 2.5 * len(name))


def guess(columns: Sequence[str], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """How rows become documents, in the words of the options of tables."""
    by_fold = {fold(name): name for name in reversed(columns)}
    cells = {name: [_read(row, name, columns) for row in rows] for name in columns}
    filled = {name for name, column in cells.items() if sum(map(bool, column)) >= _FILLED * len(rows)}
    title = next((by_fold[name] for name in FIELD_NAMES["title"] if name in by_fold), "")
    if title and not _is_distinct(cells[title]):
        title = ""  # of a chapter, not of the row
    named = next((by_fold[name] for name in TEXT_NAMES if by_fold.get(name) in filled), None)
    if named is not None:
        first = columns[0] if fold(columns[0]) not in _IDS and _names_rows(cells[columns[0]]) else ""
        return [{"text": named, "above": "" if named == (title or first) else title or first}]
    languages = {name: tag for name in columns if name in filled and (tag := _language_of(name))}
    if len(languages) > 1:
        return [{"text": name, "language_value": tag} for name, tag in languages.items()]
    for pair in _PAIRS:
        if all(by_fold.get(name) in filled for name in pair):
            return [{"text": by_fold[name]} for name in pair]
    width = max((len(row) for row in rows if not isinstance(row, Mapping)), default=0)
    keys: list[str | int] = list(columns) if columns else list(range(width))
    prose = [key for key in keys if _is_prose([_read(row, key, columns) for row in rows])]
    texts = [key for key in prose if key != title]
    if len(texts) == 1:
        return [{"text": texts[0], "above": title}]
    return [{"text": key} for key in texts or prose] or [{"render": True}]


def _read(row: Row, key: str | int, columns: Sequence[str]) -> str:
    if isinstance(row, Mapping):
        value = row.get(str(key))
    else:
        place = key if isinstance(key, int) else columns.index(key)
        value = row[place] if place < len(row) else None
    return value.strip() if isinstance(value, str) else "" if value is None or isinstance(value, (list, dict)) else str(value)


def _is_distinct(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(set(filled)) >= _DISTINCT * len(filled) > 0


def _names_rows(cells: Sequence[str]) -> bool:
    """Whether a column says in words what each row is about: not by numbers and codes."""
    codes = sum(bool(re.fullmatch(r"\S*\d\S*", cell)) for cell in cells)
    return _is_distinct(cells) and codes < 0.5 * len(cells)


def _is_prose(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if not filled or len(filled) < 0.3 * len(cells) or not _is_distinct(filled):
        return False
    words = statistics.median(len(cell.split()) for cell in filled)
    letters = statistics.median(sum(each.isalpha() or each == " " for each in cell) / len(cell) for cell in filled)
    return words >= _PROSE_WORDS and letters >= _LETTERS and not filled[0].startswith(("http://", "https://", "{", "["))


def _language_of(column: str) -> str:
    """The language whose tag or name a column has; only those that there is a pack of, for "id" and "no" are tags too."""
    tag = name_language(re.split(r"[-_ ]", column.strip())[0]) if len(column) < 12 else name_language(column)
    return tag if tag in load_packs() else ""
