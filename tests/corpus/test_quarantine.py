"""What cannot be read is quarantined with its reason, counted and named; the run goes on."""

import json
import sys
import time

import pytest

from ayni.core.formats.documents import Documents
from ayni.corpus.guard import guard
from ayni.corpus.sources import find_spdx


def documents(ayni, store, name):
    return Documents(__import__("pathlib").Path(ayni("show", name, "--json", "--store", store).json()["path"]))


def test_broken_files_are_named_with_offset(ayni, recipe, store, folder):
    (folder / "roto.pdf").write_bytes(b"%PDF-1.7 roto")
    (folder / "binario.txt").write_bytes(b"hola\0mundo")
    (folder / "filas.jsonl").write_text('{"text": "Una fila que se lee bien, con su punto."}\n{mal}\n', "utf-8")
    answer = ayni("run", recipe, "--store", store)
    assert answer.code == 0
    read = documents(ayni, store, "read")
    rows = {row.origin: row for row in read.quarantine()}
    assert set(rows) == {"roto.pdf", "binario.txt", "filas.jsonl#2"}
    assert rows["binario.txt"].offset == 4
    assert rows["filas.jsonl#2"].offset == 52
    assert all(row.reason for row in rows.values())
    assert read.counts()["quarantined"] == 3
    assert read.counts()["documents"] == 5


def test_missing_source_is_an_input_error(ayni, recipe, store, folder):
    answer = ayni("run", recipe, "--store", store, "--set", "read.path=/no/such/folder")
    assert answer.code == 2
    assert "/no/such/folder" in answer.err


def misbehave(work):
    if work == "hang":
        time.sleep(60)
    if work == "swell":
        return len(bytearray(3 << 30))
    if work == "crash":
        import os

        os.kill(os.getpid(), 9)
    if work == "raise":
        raise ValueError("unforeseen")
    return [work]


def test_guard_names_what_killed_the_reader():
    works = ["a", "hang", "b", "swell", "crash", "raise", "c"]
    results = list(guard(misbehave, works, seconds=1.0, megabytes=256))
    assert [result for result in results if isinstance(result, list)] == [["a"], ["b"], ["c"]]
    reasons = dict(zip(works, results, strict=True))
    assert "longer than 1 s" in reasons["hang"]
    assert "256 MB" in reasons["swell"]
    assert "unforeseen" in reasons["raise"]
    assert isinstance(reasons["crash"], str)


def test_an_index_beside_the_files_says_what_they_are(ayni, recipe, store, tmp_path):
    given = tmp_path / "nuestros"
    given.mkdir()
    (given / "acta.txt").write_text("A assembleia decidiu cuidar da nascente.", "utf-8")
    (given / "index.csv").write_text(
        "path,language,country,domain,title,license,date\nacta.txt,pt,BR,government,Ata,CC0-1.0,2025\n", "utf-8"
    )
    assert ayni("run", recipe, "--store", store, "--set", f"read.path={given}").code == 0
    (row,) = [row for row in documents(ayni, store, "read").rows() if row.source == "path"]
    assert (row.language, row.country, row.domain, row.title, row.license, row.date) == ("pt", "BR", "government", "Ata", "CC0-1.0", "2025")


def test_a_changed_index_is_read_anew(ayni, recipe, store, tmp_path):
    given = tmp_path / "nuestros"
    given.mkdir()
    (given / "acta.txt").write_text("La asamblea decidió cuidar el manantial.", "utf-8")
    for license in ("", "CC0-1.0", ""):
        (given / "index.csv").write_bytes(f"path;language;license\r\nacta.txt;es;{license}\r\n".encode("utf-8-sig"))
        assert ayni("run", recipe, "--store", store, "--set", f"read.path={given}").code == 0
        (row,) = [row for row in documents(ayni, store, "read").rows() if row.source == "path"]
        assert (row.language, row.license) == ("es", license)


def test_an_index_that_is_none_says_so(ayni, recipe, store, folder):
    (folder / "index.csv").write_text("archivo,lengua\nuno.txt,es\n", "utf-8")
    answer = ayni("run", recipe, "--store", store, "--set", f"read.path={folder}")
    assert answer.code == 2
    assert "index.csv" in answer.err
    assert "path, language" in answer.err


def test_a_missing_library_is_no_fault_of_the_file(ayni, recipe, store, folder, monkeypatch):
    (folder / "pagina.html").write_text("<!doctype html><html><body><p>Hola, vecinas y vecinos.</p></body></html>", "utf-8")
    monkeypatch.setitem(sys.modules, "resiliparse.parse.html", None)
    answer = ayni("run", recipe, "--store", store)
    assert answer.code == 2
    assert "ayni[corpus]" in answer.err
    monkeypatch.undo()
    assert ayni("run", recipe, "--store", store).code == 0


LICENSES = [
    ("MIT", "MIT"),
    ("MLP-2.0", "MPL-2.0"),
    ("BSD-3-Clause AND 0BSD AND MIT", "BSD-3-Clause AND 0BSD AND MIT"),
    ("GPL-3.0-only AND MIT", ""),
    ("Limited use permitted", ""),
    ("MIT OR Apache-2.0", ""),
    ("", ""),
]


@pytest.mark.parametrize(("stated", "spdx"), LICENSES)
def test_a_licence_is_known_whole_or_not_at_all(stated, spdx):
    assert find_spdx(stated) == spdx


def test_copies_name_the_one_that_stays(ayni, recipe, store):
    ayni("run", recipe, "--store", store)
    body = ayni("show", "picks", "--json", "--store", store).json()
    assert body["counts"] == {"kept": 3, "rejected": 1, "by_rule": {"copy": 1}}


def test_source_with_one_name_twice(ayni, recipe, store):
    recipe.write_text(recipe.read_text("utf-8").replace("[clean]", '[[read.sources]]\nname = "given"\npath = "."\n[clean]'), "utf-8")
    answer = ayni("run", recipe, "--store", store)
    assert answer.code == 2
    assert "names of their own" in answer.err


@pytest.mark.parametrize("package", ["elotl", "bncc"])
def test_package_source_states_its_licence(ayni, tmp_path, store, package):
    recipe = tmp_path / "p.toml"
    include = {"elotl": "corpora/kolo.csv", "bncc": "dados/educacao-infantil.json"}[package]
    options = {"elotl": "{header = false, text = 0}", "bncc": '{items = ["habilidades", "objetivos"], text = "texto"}'}[package]
    body = f'[recipe]\nname="p"\n[read]\nstage="corpus.read"\n[[read.sources]]\nname="s"\npath="package:{package}"\n'
    recipe.write_text(body + f'include=["{include}"]\nformat="tables"\noptions={options}\n', "utf-8")
    assert ayni("run", recipe, "--store", store).code == 0
    first = next(documents(ayni, store, "read").rows())
    assert first.license in {"MPL-2.0", "MIT", "Apache-2.0", "BSD-3-Clause"}
    assert package in first.license_evidence
    assert json.dumps(first.text)
