"""Stage `corpus.report`: what was read, kept and dropped, by rule, country, language, domain, licence and source; for whom text lacks.

    [report]
    stage = "corpus.report"
    documents = "@clean"
    picks = "@picks"
    notes = ["@notes", "@duplicates"]    # may be left out, as `mix` may
    mix = "@mix"
    contamination = "@contamination"     # may be left out: how much of each benchmark was there, and what was taken for it

report.json, read by release/bundle.py, and report.html for people, offline; kept + rejected = read, or the stage fails.
What no notes measured is null, never 0. Of a document that holds a benchmark's items no sample is shown: a report is published.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ayni.core.files import write_atomic, write_json
from ayni.core.formats.benchmark import read_overlaps
from ayni.core.formats.documents import Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.core.formats.release import Report
from ayni.core.page.corpus import corpus_page
from ayni.corpus.gap import compare_countries, compare_languages
from ayni.corpus.measured import measure_notes, measure_withdrawn
from ayni.corpus.query import open_tables
from ayni.corpus.withdrawn import WITHDRAWN
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_SAMPLES_A_RULE = 3
_SAMPLE_CHARACTERS = 240
_FACTS = "id, language, country, domain, source, license, origin, rule, octet_length(encode(text)) AS bytes"


class ReportParams(StageParams):
    """The language that the page shows first: es, pt or en."""

    language: str = "es"


def _outside(params: ReportParams) -> list[str]:
    """The people and the speakers that text is compared with."""
    from ayni.core.digest import digest_file
    from ayni.core.places import asset

    return [digest_file(asset(name)) for name in ("people.toml", "speakers.toml")]


@stage("corpus.report", version=5, outside=_outside)
def report(  # type: ignore[return]
    job: Job,
    documents: Documents,
    picks: Picks,
    notes: list[Notes | None],
    params: ReportParams,
    mix: Mix | None = None,
    contamination: Notes | None = None,
) -> Report:
    """Count everything once; no thresholds, no verdicts of its own."""
    given = [each for each in notes if each is not None]
    if contamination is not None and contamination not in given:
        given.append(contamination)
    scorers = [name for each in given for name in each.scorers()]
    with open_tables(documents, given, picks, spill=job.folder.parent / "spill") as connection:
        connection.execute(
            f"CREATE TEMP TABLE facts AS SELECT row_number() OVER () AS place, {_FACTS} FROM documents JOIN picks USING (id)"
        )
        tables = {f"by_{name}": _tabulate(connection, name) for name in ("language", "country", "domain", "source")}
        body: dict[str, Any] = {
            "read": {**_measure(connection), "quarantined": len(documents.quarantine())},
            "kept": _measure(connection, "rule = ''"),
            "quarantine": [vars(row) for row in documents.quarantine()],
            "rules": [_describe_rule(connection, name) for name in picks.order()],
            **tables,
            "by_license": mix.head().licenses if mix else [],
            "licenses": _tabulate(connection, "license"),
            "gap_country": compare_countries(tables["by_country"]),
            "gap_language": compare_languages(tables["by_language"]),
            "measured": measure_notes(connection, scorers),
            "benchmarks": [asdict(each) for each in read_overlaps(contamination.path)] if contamination else None,
            "withdrawn": measure_withdrawn(connection) if WITHDRAWN in picks.order() else None,
            **_describe_mix(connection, mix),
            "samples": [each for name in picks.order() for each in _sample(connection, name, "contamination" in scorers)],
        }
    write_json(job.folder / "report.json", body)
    write_atomic(job.folder / "report.html", corpus_page(body, params.language))


def _describe_mix(connection: Any, mix: Mix | None) -> dict[str, Any]:
    """What trains, what measures, and what is in neither; null without a mix."""
    if mix is None:
        return {"heldout": None, "mix": None}
    train, heldout = ([line.id for line in lines] for lines in (mix.train(), mix.heldout()))
    connection.execute("CREATE TEMP TABLE used AS SELECT unnest(?) AS id, 'train' AS use", [train])
    connection.execute("INSERT INTO used SELECT unnest(?), 'heldout'", [heldout])
    sizes = {use: _measure(connection, f"id IN (SELECT id FROM used WHERE use = '{use}')") for use in ("train", "heldout")}
    out = _measure(connection, "rule = '' AND id NOT IN (SELECT id FROM used)")
    head = {"shares": mix.head().shares, "excluded": mix.head().excluded, **mix.counts()}
    return {"heldout": sizes["heldout"], "mix": {**head, "training": sizes["train"], "out": out}}


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


def _sample(connection: Any, rule: str, spare: bool) -> list[dict[str, str]]:
    """The first few documents that a rule dropped, cut short; `spare`: not those that hold items of benchmarks."""
    held = "AND id NOT IN (SELECT id FROM contamination WHERE benchmark IS NOT NULL)" if spare else ""
    query = (
        f"SELECT rule, facts.language, facts.country, facts.origin, text[:{_SAMPLE_CHARACTERS}]"
        f" FROM (SELECT * FROM facts WHERE rule = ? {held} ORDER BY place LIMIT {_SAMPLES_A_RULE}) AS facts"
        " JOIN documents USING (id) ORDER BY place"
    )
    names = ("rule", "language", "country", "origin", "text")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query, [rule]).fetchall()]
