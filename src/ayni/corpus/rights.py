"""Scorer `rights`: what the licence, the consent and the community's terms of a document allow, and why.

    [[picks.rules]]
    name = "no licence"
    drop = "NOT rights.releasable"

Columns: `license_class` (public-domain, open, share-alike, non-commercial, no-derivatives, official-text, by-permission, none-stated),
`releasable` and `commercial` (false wherever nothing allows it: silence is no permission), `conditions`, and `reason`, in words.
The table is assets/licenses.toml: what licences say, not advice. Terms are labels of Local Contexts; an unknown one closes.
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import pyarrow as pa

from ayni.core.digest import digest_file
from ayni.core.formats.documents import Document
from ayni.core.places import asset
from ayni.text.scorer import batch_scorer

OFFICIAL = "official text"  # what the evidence must say for a country's law on official texts to count
_COLUMNS = {"license_class": "string", "releasable": "bool", "commercial": "bool", "conditions": "string", "reason": "string"}


@dataclass(frozen=True)
class Right:
    """What is allowed, and the words that say so."""

    license_class: str
    release: bool
    commercial: bool
    reason: str
    conditions: tuple[str, ...] = ()


@cache
def load_table() -> dict[str, list[dict[str, Any]]]:
    """assets/licenses.toml."""
    return tomllib.loads(asset("licenses.toml").read_text("utf-8"))


def judge_license(expression: str) -> Right:
    """Of an SPDX expression: of several joined by AND, the narrowest."""
    found = [_judge_one(part) for part in expression.split(" AND ")]
    return min(found, key=lambda right: (right.release, right.commercial, -len(right.conditions)))


def _judge_one(name: str) -> Right:
    for row in load_table()["licenses"]:
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in row["match"]):
            return Right(row["class"], row["release"], row["commercial"], name, tuple(row.get("conditions", ())))
    return Right("not-known", False, False, f"the licence {name} is not in the table")


def judge_document(document: Document) -> Right:
    """What the fields of one document allow."""
    return judge(document.license, document.license_evidence, document.country, document.consent, document.terms)


@lru_cache(maxsize=1 << 16)
def judge(license: str, evidence: str, country: str, consent: str, terms: str) -> Right:
    """Licence, else official text, else consent; then the community's terms, which can only close."""
    right = judge_license(license) if license else _judge_official(evidence, country) or _judge_consent(consent)
    for label in filter(None, map(str.strip, re.split("[,;]", terms))):
        right = _obey(right, label.upper().replace(" ", "-"))
    return right


def _judge_official(evidence: str, country: str) -> Right | None:
    for row in load_table()["official"]:
        if row["country"] == country and row.get("words", OFFICIAL).casefold() in evidence.casefold():
            return Right("official-text", True, True, row["law"])
    return None


def _judge_consent(consent: str) -> Right:
    if consent:
        return Right("by-permission", True, False, f"consent: {consent}", ("as agreed",))
    return Right("none-stated", False, False, "no licence that is known here, and no consent")


def _obey(right: Right, label: str) -> Right:
    row = next((row for row in load_table()["terms"] if row["label"] == label), None)
    if row is None:
        return Right(right.license_class, False, False, f"the label '{label}' is not known", right.conditions)
    if row["release"] >= right.release and row["commercial"] >= right.commercial:
        return right
    open_still = right.release and row["release"]
    return Right(right.license_class, open_still, right.commercial and row["commercial"], f"{row['name']} ({label})", right.conditions)


@batch_scorer("rights", version=1, columns=_COLUMNS, assets=lambda: digest_file(asset("licenses.toml")))
def score(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, list[object]]:
    """What licence, consent and community terms allow."""
    fields = [documents[name].to_pylist() for name in ("license", "license_evidence", "country", "consent", "terms")]
    found = [judge(*row) for row in zip(*fields, strict=True)]
    return {
        "license_class": [each.license_class for each in found],
        "releasable": [each.release for each in found],
        "commercial": [each.commercial for each in found],
        "conditions": [", ".join(each.conditions) for each in found],
        "reason": [each.reason for each in found],
    }
