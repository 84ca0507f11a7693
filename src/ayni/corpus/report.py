"""Stage `corpus.report`: what was read, kept and dropped, by which rule, by country, language, domain, licence and source.

report.json, read by release/bundle.py and by people; kept + rejected = read, or the stage fails.
"""

from __future__ import annotations

from typing import Any

from ayni.core.files import write_json
from ayni.core.formats.documents import Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.picks import Picks
from ayni.core.formats.release import Report
from ayni.corpus.query import open_tables
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_SAMPLES_A_RULE = 3
_SAMPLE_CHARACTERS = 240
_FACTS = "id, language, country, domain, source, origin, rule, octet_length(encode(text)) AS bytes"


@stage("corpus.report", version=1)
def report(job: Job, documents: Documents, picks: Picks, mix: Mix, params: StageParams) -> Report:  # type: ignore[return]
    """Count everything once; no thresholds, no verdicts of its own."""
    heldout = [line.id for line in mix.heldout()]
    with open_tables(documents, (), picks, spill=job.folder.parent / "spill") as connection:
        connection.execute(
            f"CREATE TEMP TABLE facts AS SELECT row_number() OVER () AS place, {_FACTS} FROM documents JOIN picks USING (id)"
        )
        body: dict[str, Any] = {
            "read": {**_measure(connection), "quarantined": len(documents.quarantine())},
            "kept": _measure(connection, "rule = ''"),
            "quarantine": [vars(row) for row in documents.quarantine()],
            "rules": [_describe_rule(connection, name) for name in picks.order()],
            **{f"by_{name}": _tabulate(connection, name) for name in ("language", "country", "domain", "source")},
            "by_license": mix.head().licenses,
            "heldout": _measure(connection, "list_contains(?, id)", [heldout]),
            "mix": {"shares": mix.head().shares, "excluded": mix.head().excluded, **mix.counts()},
            "samples": [each for name in picks.order() for each in _sample(connection, name)],
        }
    write_json(job.folder / "report.json", body)


def _measure(connection: Any, condition: str = "true", values: list[Any] | None = None) -> dict[str, int]:
    query = f"SELECT count(*), coalesce(sum(bytes), 0) FROM facts WHERE {condition}"
    documents, size = connection.execute(query, values or []).fetchone()
    return {"documents": documents, "bytes": int(size)}


def _describe_rule(connection: Any, rule: str) -> dict[str, Any]:
    """What a rule dropped, in all and by language and country; a rule that dropped nothing too."""
    cells = {
        f"by_{name}": dict(
            connection.execute(f"SELECT {name}, count(*) FROM facts WHERE rule = ? GROUP BY 1 ORDER BY 1", [rule]).fetchall()
        )
        for name in ("language", "country")
    }
    return {"rule": rule, **_measure(connection, "rule = ?", [rule]), **cells}


def _tabulate(connection: Any, name: str) -> list[dict[str, Any]]:
    query = (
        f"SELECT {name}, count(*), count(*) FILTER (rule = ''), coalesce(sum(bytes) FILTER (rule = ''), 0) FROM facts GROUP BY 1 ORDER BY 1"
    )
    return [
        {name: value, "read": read, "kept": kept, "bytes": int(size)} for value, read, kept, size in connection.execute(query).fetchall()
    ]


def _sample(connection: Any, rule: str) -> list[dict[str, str]]:
    """The first few documents that a rule dropped, cut short."""
    query = (
        f"SELECT rule, facts.language, facts.country, facts.origin, text[:{_SAMPLE_CHARACTERS}]"
        f" FROM (SELECT * FROM facts WHERE rule = ? ORDER BY place LIMIT {_SAMPLES_A_RULE}) AS facts"
        " JOIN documents USING (id) ORDER BY place"
    )
    names = ("rule", "language", "country", "origin", "text")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query, [rule]).fetchall()]
