"""Stage `corpus.report`: what was read, kept and dropped, by which rule, by country, language, domain, licence and source.

report.json, read by release/bundle.py and by people; kept + rejected = read, or the stage fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ayni.core.files import write_json
from ayni.core.formats.documents import Document, Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.picks import Picks
from ayni.core.formats.release import Report
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_SAMPLES_A_RULE = 3
_SAMPLE_CHARACTERS = 240


@stage("corpus.report", version=1)
def report(job: Job, documents: Documents, picks: Picks, mix: Mix, params: StageParams) -> Report:  # type: ignore[return]
    """Count everything once; no thresholds, no verdicts of its own."""
    rows = list(documents.rows())
    rules = picks.rules()
    kept = [row for row in rows if not rules[row.id]]
    heldout = {line.id for line in mix.heldout()}
    body = {
        "read": {**_measure(rows), "quarantined": len(documents.quarantine())},
        "kept": _measure(kept),
        "quarantine": [vars(row) for row in documents.quarantine()],
        "rules": _count_rules(rows, rules, picks.order()),
        "by_language": _tabulate(rows, rules, "language", lambda row: row.language),
        "by_country": _tabulate(rows, rules, "country", lambda row: row.country),
        "by_domain": _tabulate(rows, rules, "domain", lambda row: row.domain),
        "by_source": _tabulate(rows, rules, "source", lambda row: row.source),
        "by_license": mix.head().licenses,
        "heldout": _measure([row for row in rows if row.id in heldout]),
        "mix": {"shares": mix.head().shares, "excluded": mix.head().excluded, **mix.counts()},
        "samples": _sample(rows, rules),
    }
    write_json(job.folder / "report.json", body)


def _measure(rows: Sequence[Document]) -> dict[str, int]:
    return {"documents": len(rows), "bytes": sum(len(row.text.encode()) for row in rows)}


def _count_rules(rows: Sequence[Document], rules: dict[str, str], order: Sequence[str]) -> list[dict[str, Any]]:
    """What each rule dropped, in all and by language and country; rules that dropped nothing too."""
    found = []
    for name in order:
        dropped = [row for row in rows if rules[row.id] == name]
        by_language = {key: len(cell) for key, cell in _split(dropped, lambda row: row.language).items()}
        by_country = {key: len(cell) for key, cell in _split(dropped, lambda row: row.country).items()}
        found.append({"rule": name, **_measure(dropped), "by_language": by_language, "by_country": by_country})
    return found


def _split(rows: Sequence[Document], key: Callable[[Document], str]) -> dict[str, list[Document]]:
    cells: dict[str, list[Document]] = {}
    for row in rows:
        cells.setdefault(key(row), []).append(row)
    return dict(sorted(cells.items()))


def _tabulate(rows: Sequence[Document], rules: dict[str, str], name: str, key: Callable[[Document], str]) -> list[dict[str, Any]]:
    table = []
    for value, cell in _split(rows, key).items():
        kept = [row for row in cell if not rules[row.id]]
        table.append({name: value, "read": len(cell), "kept": len(kept), "bytes": _measure(kept)["bytes"]})
    return table


def _sample(rows: Sequence[Document], rules: dict[str, str]) -> list[dict[str, str]]:
    """The first few documents that each rule dropped, cut short."""
    taken: dict[str, int] = {}
    samples = []
    for row in rows:
        rule = rules[row.id]
        if rule and taken.get(rule, 0) < _SAMPLES_A_RULE:
            taken[rule] = taken.get(rule, 0) + 1
            text = row.text[:_SAMPLE_CHARACTERS]
            samples.append({"rule": rule, "language": row.language, "country": row.country, "origin": row.origin, "text": text})
    return samples
