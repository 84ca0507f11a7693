"""Stage `corpus.audit`: what each rule takes, and from whom, so that colloquial and Indigenous text is not lost in silence.

    [audit]
    stage = "corpus.audit"
    documents = "@clean"
    notes = ["@notes"]
    picks = "@picks"

Every group (a country, a variety, a register, a domain, a language, a source) stands in a table with its own share of
drops; a group of which a rule takes clearly more than of the others is flagged; samples of what was dropped stand beside
kept texts of the same country, domain and language.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from ayni.core.files import write_atomic, write_json
from ayni.core.formats.audit import Audit
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.core.page.audit import audit_page
from ayni.corpus.query import join_notes, open_tables
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

DIMENSIONS = ("country", "variety", "register", "domain", "language", "source")
_SAMPLE_CHARACTERS = 300
_Z = 2.576  # 99%: dozens of groups are looked at for every rule


class AuditParams(StageParams):
    """`samples` a rule; a group of `minimum` documents or more is flagged where it loses more than `share` of them, and
    `ratio` times what the others lose, at the lower end of the interval.
    """

    samples: int = Field(default=6, ge=0)
    minimum: int = Field(default=20, ge=1)
    ratio: float = Field(default=2.0, gt=1)
    share: float = Field(default=0.01, ge=0)
    language: str = "es"  # that the page shows first


@stage("corpus.audit", version=1)
def audit(job: Job, documents: Documents, notes: list[Notes], picks: Picks, params: AuditParams) -> Audit:  # type: ignore[return]
    """Count in SQL; no thresholds on documents and no verdicts of its own."""
    with open_tables(documents, notes, picks, spill=job.folder.parent / "spill") as connection:
        prepare_verdicts(connection, [name for artifact in notes for name in artifact.scorers()])
        rules = [describe_rule(connection, name, params) for name in picks.order()]
        read_samples(connection, [each for rule in rules for each in rule["samples"]])
        body = {
            "read": _measure(connection, "true") | {"quarantined": len(documents.quarantine())},
            "kept": _measure(connection, "rule = ''"),
            "rules": rules,
            "totals": {name: tabulate(connection, name, "rule <> ''") for name in DIMENSIONS},
            "flags": [flag for rule in rules for flag in rule["flags"]],
            "quarantine": _count_quarantine(documents),
        }
    write_json(job.folder / "audit.json", body)
    write_atomic(job.folder / "audit.html", audit_page(body, params.language))


def prepare_verdicts(connection: Any, scorers: list[str]) -> None:
    """A table `verdicts`: every document's id, rule ('' for kept), bytes and what groups it belongs to, without its text."""
    detected = "CASE WHEN language.language IN ('und', 'mul') THEN '' ELSE language.language END" if "language" in scorers else "''"
    columns = {
        "country": "documents.country",
        "variety": "variety.variety" if "variety" in scorers else "''",
        "register": "variety.register" if _has_register(connection, scorers) else "''",
        "domain": "documents.domain",
        "language": f"coalesce(nullif(documents.language, ''), {detected})",
        "source": "documents.source",
    }
    groups = ", ".join(f"coalesce({value}, '') AS {name}" for name, value in columns.items())
    connection.execute(
        f"CREATE TEMP TABLE verdicts AS SELECT documents.id, picks.rule, octet_length(encode(documents.text)) AS bytes, {groups}"
        f" {join_notes(scorers)} JOIN picks ON picks.id = documents.id"
    )


def _has_register(connection: Any, scorers: list[str]) -> bool:
    return "variety" in scorers and "register" in [row[0] for row in connection.execute("DESCRIBE variety").fetchall()]


def describe_rule(connection: Any, rule: str, params: AuditParams) -> dict[str, Any]:
    """What one rule dropped: in all, by group, which groups lose most, and samples (their texts by `read_samples`)."""
    condition = f"rule = '{rule}'"
    tables = {name: tabulate(connection, name, condition) for name in DIMENSIONS}
    flags = [
        {"rule": rule, "dimension": name, **row}
        for name, rows in tables.items()
        for row in rows
        if row["value"] and row["read"] >= params.minimum and row["low"] > max(params.share, params.ratio * row["elsewhere"])
    ]
    return {
        "rule": rule,
        **_measure(connection, condition),
        "by": tables,
        "flags": flags,
        "samples": choose_samples(connection, rule, params.samples),
    }


def tabulate(connection: Any, dimension: str, condition: str) -> list[dict[str, Any]]:
    """A row a group: documents read and dropped, the share dropped with its 99% interval (Wilson), and the others' share."""
    query = f"SELECT {dimension}, count(*), count(*) FILTER ({condition}) FROM verdicts GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1"
    rows = connection.execute(query).fetchall()
    read, dropped = (sum(row[column] for row in rows) for column in (1, 2))
    found = []
    for value, here, lost in rows:
        low, high = wilson(lost, here)
        elsewhere = (dropped - lost) / (read - here) if read > here else 0.0
        found.append(
            {"value": value, "read": here, "dropped": lost, "share": lost / here, "low": low, "high": high, "elsewhere": elsewhere}
        )
    return found


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The interval of a share after Wilson (1927)."""
    if not whole:
        return 0.0, 1.0
    share = part / whole
    middle = share + _Z**2 / (2 * whole)
    spread = _Z * math.sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    scale = 1 + _Z**2 / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def choose_samples(connection: Any, rule: str, number: int, where: str = "true") -> list[dict[str, Any]]:
    """Dropped documents, one a group of country, language and domain first, each with the id of a kept one that is like it."""
    query = f"""
        WITH dropped AS (
            SELECT *, row_number() OVER (PARTITION BY country, language, domain ORDER BY hash(id)) AS place
            FROM verdicts WHERE rule = ? AND {where} ORDER BY place, hash(id) LIMIT {number}
        ), kept AS (
            SELECT country, language, domain, list(id ORDER BY hash(id))[:{number}] AS ids
            FROM verdicts SEMI JOIN dropped USING (country, language, domain) WHERE rule = '' GROUP BY ALL
        )
        SELECT country, language, domain, source, dropped.id, ids[1 + (dropped.place - 1) % len(ids)]
        FROM dropped LEFT JOIN kept USING (country, language, domain) ORDER BY dropped.place, hash(dropped.id)
    """
    names = ("country", "language", "domain", "source", "id", "kept_id")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query, [rule]).fetchall()]


def read_samples(connection: Any, samples: Sequence[dict[str, Any]]) -> None:
    """Put origins and the beginnings of texts into samples: one scan of the documents for all of them."""
    wanted = sorted({each[key] for each in samples for key in ("id", "kept_id") if each[key]})
    query = f"SELECT id, origin, text[:{_SAMPLE_CHARACTERS}] FROM documents WHERE id IN (SELECT unnest(?))"
    found = {row[0]: row[1:] for row in connection.execute(query, [wanted]).fetchall()}
    for each in samples:
        each["origin"], each["text"] = found[each["id"]]
        each["kept_origin"], each["kept_text"] = found.get(each["kept_id"], (None, None))


def _measure(connection: Any, condition: str) -> dict[str, int]:
    documents, size = connection.execute(f"SELECT count(*), coalesce(sum(bytes), 0) FROM verdicts WHERE {condition}").fetchone()
    return {"documents": documents, "bytes": int(size)}


def _count_quarantine(documents: Documents) -> dict[str, int]:
    """Reason (its first words, without what is particular to a file) -> how many."""
    counts: dict[str, int] = {}
    for row in documents.quarantine():
        reason = row.reason.split(";")[0][:80]
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
