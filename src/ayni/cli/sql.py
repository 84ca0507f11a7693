"""`ayni sql "SELECT ..."`: ask the documents, scores and verdicts of the last selection in SQL (DuckDB's).

    ayni sql "SELECT country, count(*) FROM documents JOIN picks USING (id) WHERE keep GROUP BY 1 ORDER BY 2 DESC"

Tables: documents, unrepaired (before repair), quarantine, picks (id, keep, rule), and one a scorer: language, quality, ...
Nothing that is asked changes the store.
"""

from __future__ import annotations

import argparse

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json, print_rows

_CELL = 100


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("query", help="an SQL query; `ayni sql 'SHOW TABLES'` lists the tables")
    parser.add_argument("--picks", default="picks", metavar="NAME", help="the selection (default: picks, of the recipe that ran last)")
    add_store(parser)
    parser.add_argument("--json", action="store_true", help="whole cells, as JSON")


def run(args: argparse.Namespace) -> int:
    """Ask, and print what comes back."""
    import duckdb

    from ayni.cli.tables import open_selection
    from ayni.core.errors import InputError

    with open_selection(open_store(args), args.picks) as selection:
        try:
            answer = selection.connection.execute(args.query)
            names = [column[0] for column in answer.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        except duckdb.Error as error:
            lines = str(error).splitlines()
            raise InputError("the query is not valid", why=lines[0], mend="tables: `ayni sql 'SHOW TABLES'`") from error
    if args.json:
        print_json(
            [{name: value if isinstance(value, int | float | bool | None) else str(value) for name, value in row.items()} for row in rows]
        )
    else:
        print_rows([{name: _shorten(value) for name, value in row.items()} for row in rows], names)
    return 0


def _shorten(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    text = str(value).replace("\n", " ⏎ ")
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"
