"""JSON to tables: lists of objects, lists of texts and keyed objects, wherever they stand in a file.

    {"habilidades": [{"codigo": "EF01", "texto": "..."}]}    Table(name="habilidades", ...)       records habilidades/1
    {"Jul-2020": ["un texto", "otro"]}                        Table(name="Jul-2020", date="Jul-2020")
    {"titulo": {"es": "...", "rap": "..."}, ...}              Table(columns=["es", "rap"], ...)     records titulo, ...

`items` in the options names the lists that hold the documents, by dotted paths; without it the whole file is walked and
nothing with text in it is passed over: values beside the lists are a row of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ayni.corpus.readers.columns import Row, guess
from ayni.corpus.readers.reader import Bad
from ayni.corpus.readers.rows import Table, flatten
from ayni.corpus.statements import name_date

_SAMPLE = 200
_LABEL = 40  # characters; a list with a longer string, or one of several words, is a list of texts


def find_tables(body: Any, options: Mapping[str, Any]) -> Iterator[Table]:
    """The tables of a JSON value."""
    wanted = options.get("items", ())
    for path in [wanted] if isinstance(wanted, str) else wanted:
        value = body
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, (list, dict)):
            yield from _walk(value, path)
    if not wanted:
        yield from _walk(body, "")


def _walk(value: Any, path: str) -> Iterator[Table]:
    if isinstance(value, list):
        yield from _walk_list(value, path)
    elif isinstance(value, dict):
        yield from _walk_object(value, path)
    elif isinstance(value, str):
        yield Table(["text"], [("1", [value])], path)


def _walk_list(items: list[Any], path: str) -> Iterator[Table]:
    objects = [item for item in items[:_SAMPLE] if isinstance(item, dict)]
    if objects:
        columns = _name_columns(objects)
        if "render" in guess(columns, objects)[0] and not all(map(_is_flat, objects)):
            for number, item in enumerate(items, 1):
                yield from _walk(item, f"{path}.{number}" if path else str(number))
        else:
            yield Table(columns, _number(items, (dict, list)), path)
            for number, item in enumerate(items, 1):
                if isinstance(item, list):
                    yield from _walk(item, f"{path}.{number}" if path else str(number))
    elif any(isinstance(item, list) for item in items):
        yield Table([], _number(items, (list,)), path)
    else:
        texts = [(str(number), [item]) for number, item in enumerate(items, 1) if isinstance(item, str)]
        yield Table(["text"], texts, path, name_date(path.rpartition(".")[2]))
        if items and not texts:
            yield Table([], [("", Bad("", f"{len(items)} values, no text among them"))], path or "1")


def _number(items: Iterable[Any], kinds: tuple[type[Any], ...]) -> Iterator[tuple[str, Row | Bad]]:
    """The rows of the first kind; those of the second are read elsewhere."""
    for number, item in enumerate(items, 1):
        if isinstance(item, kinds[0]):
            yield str(number), item
        elif item is not None and not isinstance(item, kinds):
            yield str(number), Bad(str(number), "not a JSON object" if kinds[0] is dict else "not a JSON list")


def _walk_object(body: dict[str, Any], path: str) -> Iterator[Table]:
    """Objects in it that are alike are rows of a table; its other values are a row of their own; what is left is walked."""
    own = {name: value for name, value in body.items() if _is_flat(value)}
    keyed = {name: value for name, value in own.items() if isinstance(value, dict)}
    if len(keyed) > 1 and _are_alike(list(keyed.values())):
        yield Table(_name_columns(keyed.values()), list(keyed.items()), path)
        own = {name: value for name, value in own.items() if name not in keyed}
    else:
        keyed = {}
    row = dict(flatten(own)) if _has_text(own) else {}
    if row:
        yield Table(list(row), [(path or "1", row)])
    for name, value in body.items():
        if name not in own and name not in keyed:
            yield from _walk(value, f"{path}.{name}" if path else name)


def _are_alike(values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether objects are rows of one table: most have most of the names that one of them has."""
    columns = _name_columns(values)
    return sum(map(len, values)) >= 0.5 * len(columns) * len(values)


def _name_columns(objects: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for item in objects for name in item))


def _has_text(body: Mapping[str, Any]) -> bool:
    return any(value not in (None, "", [], {}) for _, value in flatten(body))


def _is_flat(value: Any) -> bool:
    """Whether a value is part of a row: a scalar, a list of labels, an object of those."""
    if isinstance(value, dict):
        return all(map(_is_flat, value.values()))
    if isinstance(value, list):
        return not any(isinstance(item, (list, dict)) or (isinstance(item, str) and _is_a_text(item)) for item in value)
    return True


def _is_a_text(item: str) -> bool:
    return len(item) > _LABEL or len(item.split()) > 4 or item.rstrip().endswith((".", "!", "?", "…"))
