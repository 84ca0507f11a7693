"""What licences, consent and community terms allow; withdrawal, tracing and receipts, through the command line."""

import json
from pathlib import Path

import pytest

from ayni.core.formats.documents import Document
from ayni.core.formats.picks import Picks
from ayni.corpus import licenses
from ayni.corpus.rights import judge_document, judge_license


@pytest.mark.parametrize("name", sorted({*licenses._SPDX.values(), *(f"CC-{each.upper()}-4.0" for each in licenses._CC_PARTS)}))
def test_every_licence_that_is_recognised_is_in_the_table(name):
    assert judge_license(name).license_class != "not-known"


@pytest.mark.parametrize(
    ("facts", "kind", "release", "commercial"),
    [
        ({"license": "CC-BY-4.0"}, "open", True, True),
        ({"license": "CC-BY-SA-3.0"}, "share-alike", True, True),
        ({"license": "CC-BY-NC-SA-4.0"}, "non-commercial", False, False),
        ({"license": "CC-BY-NC-ND-4.0"}, "no-derivatives", False, False),
        ({"license": "MIT AND CC-BY-NC-4.0"}, "non-commercial", False, False),
        ({"license": "LicenseRef-other"}, "not-known", False, False),
        ({}, "none-stated", False, False),
        ({"consent": "acta 12/2026"}, "by-permission", True, False),
        ({"country": "BR", "license_evidence": "index: official text (Lei 9.610 art.8)"}, "official-text", True, True),
        ({"country": "BR", "license_evidence": "index: found on the web"}, "none-stated", False, False),
        ({"country": "CL", "license_evidence": "index: official text"}, "none-stated", False, False),
        ({"license": "CC-BY-4.0", "terms": "TK NC"}, "open", False, False),
        ({"license": "CC-BY-4.0", "terms": "TK-A, TK V"}, "open", True, True),
        ({"license": "CC0-1.0", "terms": "TK A; something new"}, "public-domain", False, False),
    ],
)
def test_rights(facts, kind, release, commercial):
    right = judge_document(Document(id="0", text="x", **facts))
    assert (right.license_class, right.release, right.commercial) == (kind, release, commercial)
    assert right.reason


def test_consent_and_terms_come_from_the_index(ayni, tmp_path, folder, recipe, store):
    rows = "path;license;consent;terms\nuno.txt;CC BY 4.0;;TK NC\ndos.txt;;acta 3;\ntres.md;CC0;;\ncopia.txt;;;\n"
    (folder / "index.csv").write_text(rows, "utf-8")
    text = recipe.read_text("utf-8").replace('path = "', 'index = "index.csv"\npath = "', 1)
    text = "\n".join(line for line in text.splitlines() if not line.startswith("license"))  # what the index does not say, nobody says
    text = text.replace('"fingerprint"]', '"fingerprint", "rights"]')
    recipe.write_text(text + '\n[[picks.rules]]\nname = "no licence"\ndrop = "NOT rights.releasable"\n', "utf-8")
    assert ayni("run", recipe, "--store", store, "--only", "picks").code == 0
    query = "SELECT origin, rule, reason FROM documents JOIN picks USING (id) JOIN rights USING (id)"
    found = {row["origin"]: row for row in ayni("sql", query, "--store", store, "--json").json()}
    assert found["uno.txt"]["rule"] in ("no licence", "copy")
    assert "TK Non-Commercial" in found["uno.txt"]["reason"]
    assert found["dos.txt"]["rule"] == found["tres.md"]["rule"] == ""
    assert "acta 3" in found["dos.txt"]["reason"]


@pytest.fixture
def built(ayni, recipe, store):
    """The small recipe, run once: a function that gives verdicts by origin after another run."""

    def run():
        answer = ayni("run", recipe, "--store", store, "--only", "picks")
        assert answer.code == 0, answer.err
        rows = ayni("sql", "SELECT origin, rule FROM documents JOIN picks USING (id)", "--store", store, "--json").json()
        return {row["origin"]: row["rule"] for row in rows}, answer.out

    assert "withdrawn" not in run()[0].values()
    return run


def test_withdrawal_takes_the_document_and_its_copy_and_nothing_else(ayni, store, built):
    before, _ = built()
    answer = ayni("withdraw", "uno.txt", "--why", "the family asked", "--store", store)
    assert answer.code == 0, answer.err
    after, out = built()
    assert {origin for origin, rule in after.items() if rule == "withdrawn"} == {"uno.txt", "copia.txt"}
    assert {origin: rule for origin, rule in after.items() if rule != "withdrawn"} == {
        origin: rule for origin, rule in before.items() if origin in ("dos.txt", "tres.md")
    }
    assert "1 built" in out, "only the picks are made anew"
    picks = Picks(Path(ayni("show", "picks", "--json", "--store", store).json()["path"]))
    assert picks.order()[0] == "withdrawn"
    way = ayni("trace", "uno.txt", "--store", store, "--json").json()[0]
    assert way["verdict"] == "stopped by the rule 'withdrawn'"
    assert way["withdrawn"]["why"] == "the family asked"
    assert built()[1].count("built   ") == 0, "the same list builds nothing again"


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        (["--file", "dos.txt"], {"dos.txt"}),
        (["--source", "given"], {"uno.txt", "dos.txt", "tres.md", "copia.txt"}),
        (["--text", "TEXT"], {"dos.txt"}),
    ],
)
def test_ways_of_withdrawing(ayni, tmp_path, folder, store, built, words, gone):
    words = [str(folder / "dos.txt") if word == "TEXT" else word for word in words]
    source = ayni("sql", "SELECT DISTINCT source FROM documents", "--store", store, "--json").json()[0]["source"]
    words = [source if word == "given" else word for word in words]
    assert ayni("withdraw", *words, "--why", "asked", "--store", store).code == 0
    assert {origin for origin, rule in built()[0].items() if rule == "withdrawn"} == gone


def test_withdrawal_needs_a_reason_and_a_document_that_is_there(ayni, store, built):
    answer = ayni("withdraw", "uno.txt", "--store", store)
    assert (answer.code, "needs a reason" in answer.err) == (2, True)
    answer = ayni("withdraw", "nadie.txt", "--why", "x", "--store", store)
    assert (answer.code, "no document 'nadie.txt'" in answer.err) == (2, True)
    assert not (store / "withdrawals.jsonl").exists()


def test_nothing_is_built_past_a_list_that_cannot_be_read(ayni, recipe, store, built):
    (store / "withdrawals.jsonl").write_text('{"kind": "document", "value": "x"\n', "utf-8")
    answer = ayni("run", recipe, "--store", store)
    assert answer.code != 0
    assert "line 1 of the withdrawal list" in answer.err


def test_receipt_is_checked_against_the_store_and_against_itself(ayni, tmp_path, store, built):
    source = ayni("sql", "SELECT DISTINCT source FROM documents", "--store", store, "--json").json()[0]["source"]
    receipt = ayni("receipt", source, "--store", store).json()
    assert receipt["read"]["documents"] == receipt["kept"] + sum(receipt["stopped"].values()) == 4
    path = tmp_path / "recibo.json"
    path.write_text(json.dumps(receipt), "utf-8")
    assert ayni("receipt", "--check", path, "--store", store).code == 0
    ayni("withdraw", "--source", source, "--why", "asked", "--store", store)
    built()
    answer = ayni("receipt", "--check", path, "--store", store)
    assert (answer.code, "kept: 3 -> 0" in answer.out) == (1, True)
    path.write_text(json.dumps({**receipt, "kept": 4}), "utf-8")
    assert "was changed" in ayni("receipt", "--check", path, "--store", store).out
    assert ayni("receipt", "nobody", "--store", store).code == 2


def test_trace_goes_from_source_to_release(tiny, ayni):
    mix = ayni("show", "mix", "--json", "--store", tiny.store).json()["path"]
    from ayni.core.formats.mix import Mix

    name = Mix(Path(mix)).train()[0].id
    way = ayni("trace", name, "--store", tiny.store, "--json").json()[0]
    assert way["verdict"] == "trains"
    assert [step["artifact"] for step in way["steps"]][:2] == ["read", "clean"]
    assert {each["kind"] for each in way["into"]} >= {"tokens", "model", "gguf", "bundle"}
    words = ayni("trace", name, "--store", tiny.store).out
    assert "-> bundle 'release'" in words
