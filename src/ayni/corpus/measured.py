"""What notes measured, counted for the corpus report in SQL: copies, personal data, rights, contamination, variety, quality.

measure_notes(connection, ["duplicates", "quality"])    -> a table a subject; null where its notes are not among the inputs
measure_withdrawn(connection)                           -> what the withdrawal list took, by source

The connection has the notes' tables and `facts` (id, source, country, rule, bytes) of corpus/report.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ayni.corpus.withdrawn import WITHDRAWN

_QUERIES = {
    "personal_data": "SELECT span.type, count(*), count(DISTINCT id) FROM (SELECT id, unnest(spans) AS span FROM personal_data)",
    "personal_data_country": "SELECT country, sum(len(spans)), count(*) FROM personal_data JOIN facts USING (id) WHERE len(spans) > 0",
    "rights": "SELECT coalesce(license_class, ''), count(*), sum(bytes) FROM rights JOIN facts USING (id) WHERE rule = ''",
    "contamination": "SELECT benchmark, count(*), count(*) FILTER (rule <> '') FROM contamination JOIN facts USING (id)"
    " WHERE benchmark IS NOT NULL",
    "variety": "SELECT coalesce(variety, ''), count(*), sum(bytes) FROM variety JOIN facts USING (id) WHERE rule = ''",
    "quality": "SELECT least(floor(score * 10), 9) / 10, count(*), sum(bytes) FROM quality JOIN facts USING (id) WHERE rule = ''",
}


def measure_notes(connection: Any, scorers: Sequence[str]) -> dict[str, Any]:
    """Subject -> rows of (value, a count, a second count or bytes), most first; null where nothing measured it.

    Of contamination: a benchmark, documents that name it, how many of them a rule dropped.
    """
    found: dict[str, Any] = {}
    for name, query in _QUERIES.items():
        found[name] = None
        if name.removesuffix("_country") in scorers:
            rows = connection.execute(f"{query} GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
            found[name] = [[value, int(first), int(second)] for value, first, second in rows]
    found["duplicates"] = measure_copies(connection) if "duplicates" in scorers else None
    return found


def measure_withdrawn(connection: Any) -> list[list[Any]]:
    """Rows of (source, documents, bytes), most first."""
    query = f"SELECT source, count(*), sum(bytes) FROM facts WHERE rule = '{WITHDRAWN}' GROUP BY 1 ORDER BY 2 DESC, 1"
    return [[source, number, int(size)] for source, number, size in connection.execute(query).fetchall()]


def measure_copies(connection: Any) -> dict[str, Any]:
    """Copies, their clusters, the largest, and how many clusters there are of every size (the copy that stays counts too)."""
    columns = [row[0] for row in connection.execute("DESCRIBE duplicates").fetchall()]
    kind = "coalesce(kind, 'exact')" if "kind" in columns else "'exact'"
    kinds = connection.execute(
        f"SELECT {kind}, count(*) FROM duplicates WHERE copy_of IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    sizes = "SELECT copy_of, count(*) + 1 AS size FROM duplicates WHERE copy_of IS NOT NULL GROUP BY 1"
    bands = "CASE WHEN size < 3 THEN '2' WHEN size < 6 THEN '3–5' WHEN size < 21 THEN '6–20' WHEN size < 101 THEN '21–100' ELSE '> 100' END"
    rows = connection.execute(f"SELECT {bands}, count(*), sum(size) FROM ({sizes}) GROUP BY 1 ORDER BY min(size)").fetchall()
    clusters, largest = connection.execute(f"SELECT count(*), coalesce(max(size), 0) FROM ({sizes})").fetchone()
    by_size = [[band, number, int(total)] for band, number, total in rows]
    return {
        "copies": sum(n for _, n in kinds),
        "clusters": clusters,
        "largest": largest,
        "by_kind": [list(row) for row in kinds],
        "by_size": by_size,
    }
