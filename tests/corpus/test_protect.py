"""Personal data out of the documents: by policy, the same token for the same value, given back only with the key."""

import json
from pathlib import Path

import pytest

from ayni.core.formats.documents import Documents
from ayni.corpus.protection.policy import choose_policy, load_policies
from ayni.corpus.protection.replace import replace_spans

RECIPE = """
[recipe]
name = "p"
[read]
stage = "corpus.read"
[[read.sources]]
name = "given"
path = "{folder}"
index = "index.csv"
[clean]
stage = "corpus.clean"
documents = "@read"
[notes]
stage = "corpus.annotate"
documents = "@clean"
scorers = ["personal_data"]
[protected]
stage = "corpus.protect"
documents = "@clean"
notes = "@notes"
"""
RULING = "La jueza Carmen Soto Rojas resolvió. El paciente Pedro Quispe Mamani, RUT 12.345.678-5, llamó. Pedro Quispe Mamani firmó; RUT 12345678-5."  # noqa: E501


def span(text, value, kind, valid=None, after=0):
    start = text.index(value, after)
    return {"type": kind, "start": start, "end": start + len(value), "country": "", "valid": valid}


def test_one_value_has_one_token():
    first = RULING.index("firmó") - 20
    spans = [
        span(RULING, "Pedro Quispe Mamani", "name"),
        span(RULING, "12.345.678-5", "rut", True),
        span(RULING, "Pedro Quispe Mamani", "name", after=first),
        span(RULING, "12345678-5", "rut", False),
    ]
    done = replace_spans(RULING, spans, load_policies()["general"], "es")
    assert done.text.count("[NOMBRE_1]") == done.text.count("[RUT_1]") == 2
    assert "_2]" not in done.text
    assert (done.counts, done.invalid["rut"]) == ({"name": 2, "rut": 2}, 1)


@pytest.mark.parametrize(
    ("policy", "text", "value", "gone"),
    [
        ("court", "La jueza Carmen Soto Rojas resolvió", "Carmen Soto Rojas", False),
        ("court", "O desembargador Paulo Dias Lima votou", "Paulo Dias Lima", False),
        ("court", "La víctima Carmen Soto Rojas declaró", "Carmen Soto Rojas", True),
        ("court", "El juez oyó a las partes. Carmen Soto Rojas declaró", "Carmen Soto Rojas", True),
        ("health", "La jueza Carmen Soto Rojas fue atendida", "Carmen Soto Rojas", True),
        ("published", "La novela de Carmen Soto Rojas", "Carmen Soto Rojas", False),
    ],
)
def test_whose_name_stays(policy, text, value, gone):
    done = replace_spans(text, [span(text, value, "name")], load_policies()[policy], "es")
    assert (value not in done.text) == gone


@pytest.mark.parametrize(
    ("domain", "stated", "name"),
    [
        ("legal", {}, "court"),
        ("health/oral", {}, "health"),
        ("oral/health", {}, "health"),
        ("literature/mixed", {}, "published"),
        ("", {}, "general"),
        ("actas", {"act*": "court"}, "court"),
        ("legal", {"legal": "general"}, "general"),
    ],
)
def test_policy_of_a_domain(domain, stated, name):
    assert choose_policy(domain, stated).name == name


@pytest.fixture
def given(tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "index.csv").write_text("path;country;language;domain\nuno.txt;CL;es;legal\ndos.txt;BR;pt;health\ntres.txt;MX;es;\n", "utf-8")
    (folder / "uno.txt").write_text(RULING + "\n", "utf-8")
    (folder / "dos.txt").write_text("A paciente Ana Souza Lima, CPF 529.982.247-25, voltou ao posto.\n", "utf-8")
    (folder / "tres.txt").write_text("El artículo 12.345 de la Ley 21.719 rige desde el 1 de diciembre de 2026.\n", "utf-8")
    recipe = tmp_path / "p.toml"
    recipe.write_text(RECIPE.format(folder=folder), "utf-8")
    return recipe


def texts(ayni, store):
    documents = Documents(Path(ayni("show", "protected", "--json", "--store", store).json()["path"]))
    return {row.origin: row.text for row in documents.rows()}, documents


def test_protected_documents_are_the_same_without_the_data(ayni, given, store):
    assert ayni("run", given, "--store", store).code == 0
    found, documents = texts(ayni, store)
    assert "Carmen Soto Rojas" in found["uno.txt"], "a judge's name in a ruling is public"
    assert "Quispe" not in found["uno.txt"] and "12.345.678-5" not in found["uno.txt"]
    assert found["dos.txt"] == "A paciente [NOME_1], CPF [CPF_1], voltou ao posto."
    assert found["tres.txt"].startswith("El artículo 12.345 de la Ley 21.719")
    counts = json.loads((documents.path / "protected.json").read_text("utf-8"))
    assert counts["by_type"]["cpf"] == 1
    assert sum(counts["by_country"].values()) == counts["replaced"]
    whole = b"".join(path.read_bytes() for path in documents.path.rglob("*") if path.is_file())
    assert b"529.982" not in whole
    assert not (documents.path / "vault").exists()
    assert ayni("reveal", "dos.txt", "--key", "x", "--store", store).code == 2


def test_a_value_goes_wherever_it_stands_but_not_a_judges():
    text = "Caso de Pedro Quispe Mamani. La víctima Pedro Quispe Mamani, de Villa Pedro Quispe Mamanita. "
    text += "La jueza Ana Soto Ruiz. Firma: Ana Soto Ruiz."
    spans = [
        span(text, "Pedro Quispe Mamani", "name", after=text.index("víctima")),
        span(text, "Ana Soto Ruiz", "name"),
        span(text, "Ana Soto Ruiz", "name", after=text.index("Firma")),
    ]
    done = replace_spans(text, spans, load_policies()["court"], "es")
    assert done.text.startswith("Caso de [NOMBRE_1]. La víctima [NOMBRE_1], de Villa Pedro Quispe Mamanita. La jueza Ana Soto Ruiz.")


def test_a_title_loses_what_its_text_lost(ayni, given, store, tmp_path):
    (tmp_path / "given" / "cuatro.md").write_text("# Caso de Pedro Quispe Mamani\n\nEl paciente Pedro Quispe Mamani llamó.\n", "utf-8")
    assert ayni("run", given, "--store", store).code == 0
    rows = {row.origin: row for row in texts(ayni, store)[1].rows()}
    assert rows["cuatro.md"].title == "Caso de [NOMBRE_1]"
    assert "Quispe" not in rows["cuatro.md"].text


def test_the_key_gives_back_and_another_does_not(ayni, given, store, tmp_path):
    key, other = tmp_path / "a.key", tmp_path / "b.key"
    assert ayni("reveal", "--new-key", key).code == ayni("reveal", "--new-key", other).code == 0
    assert ayni("reveal", "--new-key", key).code == 2, "a key is never overwritten"
    assert key.stat().st_mode & 0o777 == 0o600
    assert ayni("run", given, "--store", store, "--set", f"protected.key_file={json.dumps(str(key))}").code == 0
    found = ayni("reveal", "dos.txt", "--key", key, "--store", store, "--json").json()
    assert found["values"] == {"[NOME_1]": "Ana Souza Lima", "[CPF_1]": "529.982.247-25"}
    answer = ayni("reveal", "dos.txt", "--key", other, "--store", store)
    assert (answer.code, "does not open" in answer.err) == (2, True)
    _, documents = texts(ayni, store)
    assert b"529.982" not in b"".join(path.read_bytes() for path in documents.path.rglob("*") if path.is_file())


def test_unknown_policy_is_refused(ayni, given, store):
    answer = ayni("run", given, "--store", store, "--set", 'protected.policies={legal="cuort"}')
    assert (answer.code, "'court'" in answer.err) == (2, True)
