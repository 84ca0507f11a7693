"""The door for scorers: from documents to some columns about them. Built-ins use the same door as plugins.

    @scorer("shouting", version=1, columns={"capitals": "double"})
    def shouting(document: Document) -> dict[str, object]: ...

    @batch_scorer("length", version=1, columns={"bytes": "int64"}, needs=("language",))
    def length(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, pa.Array]: ...

The first is written for one document, the second for many at once (an Arrow table of documents in one chunk) and may
read the columns of other scorers that it `needs`. A package offers either under the entry point `ayni.scorers`
(name = "module:function"). A scorer that has no pack for a language abstains: it leaves the column out or null, and no
rule can then reject by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

import pyarrow as pa

from ayni.core.digest import digest_json
from ayni.core.errors import InputError
from ayni.core.formats.documents import Document, list_documents
from ayni.core.formats.notes import make_schema
from ayni.core.suggest import did_you_mean

Notes = Mapping[str, pa.Table]
Score = Callable[[Document], dict[str, Any]]
ScoreTable = Callable[[pa.Table, Notes], Mapping[str, Any]]
Preview = Callable[[Document, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Scorer:
    """A scorer: its function over a table, its columns with their types, its version, the scorers whose columns it reads."""

    name: str
    version: int
    columns: Mapping[str, str]
    score: ScoreTable
    assets: Callable[[], str]
    needs: tuple[str, ...] = ()
    about: str = ""
    preview: Preview | None = None  # what `ayni try` shows beside the columns; never stored

    def assets_digest(self) -> str:
        """Digest of the language packs or weights that the scores depend on."""
        return self.assets()

    def score_table(self, documents: pa.Table, notes: Notes) -> pa.Table:
        """`id` and the scorer's columns, one row a document, in the documents' order; a missing column is null."""
        found = self.score(documents, notes)
        schema = make_schema(self.columns)
        values = [found.get(name, pa.nulls(documents.num_rows)) for name in self.columns]
        arrays = [_as_array(value, schema.field(name).type) for name, value in zip(self.columns, values, strict=True)]
        return pa.table([documents["id"].combine_chunks(), *arrays], schema=schema)


def _as_array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, type=kind)


def scorer(
    name: str, *, version: int, columns: Mapping[str, str], assets: Callable[[], str] = lambda: digest_json(None)
) -> Callable[[Score], Score]:
    """Declare a function of one document as a scorer. Raise the version whenever its answers change."""

    def declare(function: Score) -> Score:
        def score(documents: pa.Table, notes: Notes) -> Mapping[str, Any]:
            rows = [function(document) for document in list_documents(documents)]
            return {column: [row.get(column) for row in rows] for column in columns}

        function.scorer = Scorer(name, version, columns, score, assets, (), _first_line(function))  # type: ignore[attr-defined]
        return function

    return declare


def batch_scorer(
    name: str,
    *,
    version: int,
    columns: Mapping[str, str],
    assets: Callable[[], str] = lambda: digest_json(None),
    needs: tuple[str, ...] = (),
    preview: Preview | None = None,
) -> Callable[[ScoreTable], ScoreTable]:
    """Declare a function of a table of documents, and of the notes of the scorers that it needs, as a scorer."""

    def declare(function: ScoreTable) -> ScoreTable:
        function.scorer = Scorer(name, version, columns, function, assets, needs, _first_line(function), preview)  # type: ignore[attr-defined]
        return function

    return declare


def _first_line(function: Any) -> str:
    return (function.__doc__ or "").split("\n")[0]


@cache
def _entries() -> dict[str, EntryPoint]:
    return {point.name: point for point in sorted(entry_points(group="ayni.scorers"), key=lambda point: point.name)}


@cache
def get_scorer(name: str) -> Scorer:
    """Import and return a scorer. Raises InputError with a suggestion for an unknown name."""
    if name not in _entries():
        raise InputError(f"no scorer is called '{name}'", why=f"there are: {', '.join(_entries())}", mend=did_you_mean(name, _entries()))
    return cast(Scorer, _entries()[name].load().scorer)


def order_scorers(names: Iterable[str]) -> list[Scorer]:
    """The named scorers and all that they need, each after those that it needs."""
    found: dict[str, Scorer] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise InputError(f"the scorers {' > '.join((*above, name))} need each other", mend="break the circle")
        each = get_scorer(name)
        for need in each.needs:
            visit(need, (*above, name))
        found.setdefault(name, each)

    for name in names:
        visit(name, ())
    return list(found.values())


def score_fused(scorers: Sequence[Scorer], documents: pa.Table) -> dict[str, pa.Table]:
    """Every scorer's columns over one table of documents, which is read once; in the scorers' order."""
    documents = documents.combine_chunks()
    notes: dict[str, pa.Table] = {}
    for each in scorers:
        notes[each.name] = each.score_table(documents, notes)
    return notes


def list_scorers() -> list[dict[str, Any]]:
    """Rows for `ayni list scorers`."""
    found = [get_scorer(name) for name in _entries()]
    return [{"name": each.name, "version": each.version, "columns": ", ".join(each.columns), "about": each.about} for each in found]
