"""The filter audit, `ayni peek` and `ayni sql`: what a rule took, from whom, to the document."""

import json
from pathlib import Path

import pytest

from ayni.corpus.audit import wilson

AUDIT = """
[audit]
stage = "corpus.audit"
documents = "@clean"
notes = ["@notes", "@duplicates"]
picks = "@picks"
"""


@pytest.fixture
def audited(ayni, recipe, store, folder):
    """Forty documents of two countries; the rule `short` takes all but one of Honduras's, none of Chile's."""
    (folder / "index.csv").write_text(
        "path,country,domain\n" + "".join(f"hn-{n}.txt,HN,speech\ncl-{n}.txt,CL,speech\n" for n in range(20)), "utf-8"
    )
    for n in range(20):
        (folder / f"cl-{n}.txt").write_text(f"La asamblea número {n} del pueblo aprobó el camino nuevo.\n", "utf-8")
        (folder / f"hn-{n}.txt").write_text(f"¡Vaya pues {n}!\n" if n else "Vaya pues, nos vemos mañana en la plaza del pueblo.\n", "utf-8")
    text = recipe.read_text("utf-8").replace('language = "es"', 'language = "es"\nindex = "index.csv"') + AUDIT
    recipe.write_text(text, "utf-8")
    assert ayni("run", recipe, "--store", store).code == 0
    return store


def test_audit_counts_every_document_and_flags_the_country_that_loses(ayni, audited):
    shown = ayni("show", "audit", "--json", "--store", audited).json()
    body = json.loads(Path(shown["path"], "audit.json").read_text("utf-8"))
    assert body["read"]["documents"] == body["kept"]["documents"] + sum(rule["documents"] for rule in body["rules"])
    short = next(rule for rule in body["rules"] if rule["rule"] == "short")
    rows = {row["value"]: (row["read"], row["dropped"]) for row in short["by"]["country"]}
    assert rows["HN"] == (20, 19) and rows["CL"] == (20, 0)
    assert [(flag["dimension"], flag["value"]) for flag in short["flags"] if flag["dimension"] == "country"] == [("country", "HN")]
    assert all(sample["kept_text"].startswith("Vaya pues, nos") for sample in short["samples"] if sample["country"] == "HN")


def test_audit_page_speaks_three_languages_and_needs_no_network(ayni, audited):
    path = ayni("show", "audit", "--json", "--store", audited).json()["path"]
    page = Path(path, "audit.html").read_text("utf-8")
    assert all(f'lang="{tag}"' in page for tag in ("es", "pt", "en"))
    assert "Honduras" in page and "<script" not in page and "http" not in page.replace("http-equiv", "")


def test_peek_shows_from_whom_and_refuses_an_unknown_rule(ayni, audited):
    answer = ayni("peek", "--rule", "short", "--country", "HN", "--store", audited)
    assert answer.code == 0 and "! country HN loses 95.0%" in answer.out and "Vaya pues" in answer.out
    wrong = ayni("peek", "--rule", "shrt", "--store", audited)
    assert wrong.code == 2 and "short" in wrong.err


def test_sql_asks_documents_scores_and_verdicts(ayni, audited):
    query = "SELECT country, count(*) AS n FROM documents JOIN picks USING (id) WHERE rule = 'short' GROUP BY 1"
    assert ayni("sql", query, "--json", "--store", audited).json() == [{"country": "HN", "n": 19}]
    tables = {row["name"] for row in ayni("sql", "SHOW TABLES", "--json", "--store", audited).json()}
    assert {"documents", "unrepaired", "quarantine", "picks", "quality", "duplicates"} <= tables
    wrong = ayni("sql", "SELECT nothing FROM nowhere", "--store", audited)
    assert wrong.code == 2 and "SHOW TABLES" in wrong.err


def test_sql_cannot_change_the_store(ayni, audited):
    assert ayni("sql", "DELETE FROM documents", "--store", audited).code == 2
    assert ayni("doctor", "--store", audited).code == 0


@pytest.mark.parametrize(("part", "whole", "low", "high"), [(0, 0, 0.0, 1.0), (0, 100, 0.0, 0.0622), (50, 100, 0.3757, 0.6243)])
def test_wilson_interval(part, whole, low, high):
    found = wilson(part, whole)
    assert abs(found[0] - low) < 1e-3 and abs(found[1] - high) < 1e-3
