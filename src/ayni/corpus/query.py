"""Documents, notes and picks as SQL tables: what rules, reports, `ayni peek` and `ayni sql` ask. Dialect: DuckDB.

    with open_tables(documents, notes, picks) as connection:
        connection.execute("SELECT country, count(*) FROM documents JOIN picks USING (id) WHERE keep GROUP BY 1")

Tables: `documents`, one table a scorer under the scorer's name, `picks`, and whatever else is added by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ayni.core.errors import RecipeError
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks

_MEMORY = "1500MB"  # of a limit of 4 GB for the whole; DuckDB spills what does not fit


@contextmanager
def open_tables(
    documents: Documents, notes: Sequence[Notes] = (), picks: Picks | None = None, *, spill: Path | None = None
) -> Iterator[Any]:
    """A DuckDB connection that sees the artifacts as views; `spill` is a folder for what does not fit into memory."""
    import duckdb

    config: dict[str, Any] = {"threads": 2, "memory_limit": _MEMORY, "preserve_insertion_order": True}
    if spill:
        config["temp_directory"] = str(spill)
    with duckdb.connect(":memory:", config=config) as connection:
        add_view(connection, "documents", documents.parts())
        for artifact in notes:
            for scorer in artifact.scorers():
                add_view(connection, scorer, artifact.parts(scorer))
        if picks is not None:
            add_view(connection, "picks", [picks.path / "picks.parquet"])
        yield connection


def add_view(connection: Any, name: str, paths: Sequence[Path]) -> None:
    """A view over parquet files. Raises RecipeError where the name cannot be a table's."""
    connection.execute(f"CREATE VIEW {quote_name(name)} AS SELECT * FROM read_parquet([{quote_paths(paths)}])")


def quote_paths(paths: Sequence[Path]) -> str:
    """Paths as a list of SQL strings."""
    return ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)


def quote_name(name: str) -> str:
    """A name as SQL. Raises RecipeError for one that is no plain word."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise RecipeError(f"the name '{name}' cannot be an SQL table", mend="use lower-case letters, digits and _")
    return f'"{name}"'


def join_notes(scorers: Sequence[str]) -> str:
    """FROM documents, joined with every named scorer's columns."""
    joins = " ".join(f"JOIN {quote_name(name)} ON {quote_name(name)}.id = documents.id" for name in scorers)
    return f"FROM documents {joins}"
