"""Sources: what an index, a rule and a record say of documents, which files there are, and what of it costs a new reading."""

import json
import os
from pathlib import Path

import pytest

from ayni.core.errors import InputError
from ayni.core.formats.documents import Documents, identify
from ayni.corpus.files import read_file
from ayni.corpus.index import read_index
from ayni.corpus.licenses import find_spdx
from ayni.corpus.rules import Rule, settle
from ayni.corpus.sources import Source, SourceFile, list_files, scan
from ayni.corpus.statements import name_country, name_date, name_language

RECIPE = """
[recipe]
name = "r"
[read]
stage = "corpus.read"
path = "{folder}"
"""


def run(ayni, tmp_path, folder, store, extra=""):
    """Run a recipe that reads a folder; the documents and how many parts were built."""
    path = tmp_path / "r.toml"
    path.write_text(RECIPE.format(folder=folder) + extra, "utf-8")
    answer = ayni("run", path, "--store", store)
    assert answer.code == 0, answer.err
    body = ayni("show", "read", "--json", "--store", store).json()
    return Documents(Path(body["path"])), body["notes"]["parts"]["built"]


@pytest.fixture
def given(tmp_path):
    folder = tmp_path / "dados"
    (folder / "actas").mkdir(parents=True)
    (folder / "actas/uno.txt").write_text("La asamblea decidió cuidar el manantial.", "utf-8")
    (folder / "actas/dos.txt").write_text("A assembleia decidiu cuidar da nascente.", "utf-8")
    (folder / "README.md").write_text("# Datos\n\nEstos son los datos.\n", "utf-8")
    rows = [
        {
            "file": "actas/uno.txt",
            "path": "data/1.txt",
            "source": "archivo",
            "licence": "CC BY 4.0 (Archivo)",
            "language": "es",
            "country": "BO",
        },
        {
            "file": "actas/dos.txt",
            "source": "arquivo",
            "licence": "MIT repo; official text",
            "language": "pt-BR",
            "country": "BR",
            "date": "2020",
        },
        {"file": "actas/tres.txt", "source": "archivo"},
    ]
    (folder / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


# --- indexes


def test_a_manifest_in_the_folder_is_found_and_believed(ayni, given, tmp_path, store):
    read, _ = run(ayni, tmp_path, given, store)
    rows = {row.origin: row for row in read.rows()}
    one, two = rows["actas/uno.txt"], rows["actas/dos.txt"]
    assert one.id == identify("path", "actas/uno.txt"), "the id hangs on the recipe's source and the file, not on the index"
    assert (one.source, one.license, one.language, one.country) == ("archivo", "CC-BY-4.0", "es", "BO")
    assert one.license_evidence == "manifest.jsonl: CC BY 4.0 (Archivo)"
    assert (two.source, two.license, two.language, two.country, two.date) == ("arquivo", "", "pt", "BR", "2020")
    assert two.license_evidence == "manifest.jsonl: MIT repo; official text"
    assert rows["README.md"].source == "path"


def test_what_index_and_folder_do_not_share_is_said(ayni, given, tmp_path, store):
    read, _ = run(ayni, tmp_path, given, store)
    assert [(row.origin, row.reason) for row in read.quarantine()] == [("actas/tres.txt", "the index names it, but it is not there")]
    (record,) = json.loads((read.path / "sources.json").read_text("utf-8"))
    assert (record["missing"], record["unnamed"]) == (["actas/tres.txt"], ["README.md"])


def test_an_index_may_lie_deeper_and_as_csv(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.csv").write_bytes("path;licença;title\r\nx.txt;CC0 1.0;Acção\r\n".encode("cp1252"))
    entry = read_index(tmp_path, ["*/index.csv"])["a/x.txt"]
    assert (entry.license, entry.title, entry.index) == ("CC0 1.0", "Acção", "index.csv")


@pytest.mark.parametrize("line", ["{roto", '["lista"]', '{"source": "x"}'])
def test_a_manifest_that_is_none_says_so(tmp_path, line):
    (tmp_path / "manifest.jsonl").write_text('{"file": "a"}\n' + line + "\n", "utf-8")
    with pytest.raises(InputError, match=r"manifest\.jsonl"):
        read_index(tmp_path, ["manifest.jsonl"])


# --- rules


SKIP = '[[read.rules]]\nname = "about"\nmatch = "**/README.md"\nskip = "describes the data"\n'


def test_what_a_rule_leaves_out_is_in_the_quarantine(ayni, given, tmp_path, store):
    read, _ = run(ayni, tmp_path, given, store, SKIP)
    reasons = {row.origin: row.reason for row in read.quarantine()}
    assert reasons["README.md"] == "left out by rule 'about': describes the data"
    files = {row.origin for row in read.rows()} | set(reasons)
    assert files == {"README.md", "actas/uno.txt", "actas/dos.txt", "actas/tres.txt"}, "read = documents + quarantined, over files"


def test_of_several_rules_the_last_that_states_a_field_counts():
    rules = [
        Rule(match="*", language="es", domain="law"),
        Rule(match="*.tsv", format="tables", language="nah"),
        Rule(match="**/README.md", source="otro*", skip="x"),
        Rule(match=("a/*", "b/*"), skip="fuera"),
        Rule(match="b/bien.tsv", skip=""),
    ]
    assert (settle(rules, "s", "x.tsv").language, settle(rules, "s", "x.tsv").format) == ("nah", "tables")
    assert settle(rules, "s", "x.txt").language == "es"
    assert settle(rules, "s", "README.md").skip == ""
    assert settle(rules, "otro2", "README.md").skip == "x"
    assert settle(rules, "s", "b/mal.tsv").skip == "fuera"
    assert settle(rules, "s", "b/bien.tsv").skip == ""


def test_an_unknown_key_of_a_rule_is_refused(ayni, given, tmp_path, store):
    path = tmp_path / "r.toml"
    path.write_text(RECIPE.format(folder=given) + '[[read.rules]]\nmatch = "*"\nskipp = "x"\n', "utf-8")
    answer = ayni("run", path, "--store", store)
    assert answer.code == 2
    assert "skipp" in answer.err


def test_a_rule_goes_before_the_index_and_the_index_before_the_source(given):
    source = Source(name="s", path=str(given), index="manifest.jsonl", country="AR", license="MIT", license_evidence="la fuente")
    file = next(file for file in list_files(source) if file.relative == "actas/uno.txt")
    (row,), _ = read_file(source, file)
    assert (row.country, row.license) == ("BO", "CC-BY-4.0")
    (row,), _ = read_file(source, file, [Rule(match="*", country="PE", license="CC0-1.0", license_evidence="la regla")])
    assert (row.country, row.license, row.license_evidence) == ("PE", "CC0-1.0", "la regla")
    (row,), _ = read_file(source, SourceFile("x.txt", file.path))
    assert (row.country, row.license, row.license_evidence) == ("AR", "MIT", "la fuente")


def test_records_know_their_language_better_than_a_mixed_file(tmp_path):
    (tmp_path / "t.csv").write_text("es,pt\nHola a todos.,Olá a todos.\n", "utf-8")
    (tmp_path / "p.html").write_text(
        '<html lang="en"><body><p>' + "La niña cruzó el río con su hermano. " * 5 + "</p></body></html>", "utf-8"
    )
    source = Source(name="s", path=str(tmp_path), language="es")
    rows, _ = read_file(source, SourceFile("t.csv", tmp_path / "t.csv"))
    assert [row.language for row in rows] == ["es", "pt"], "a column's language is nearer than the source's"
    (page,), _ = read_file(source, SourceFile("p.html", tmp_path / "p.html"))
    assert page.language == "es", "who gave the page knows better than its template"
    mixed = source.model_copy(update={"language": "nah+es"})
    (page,), _ = read_file(mixed, SourceFile("p.html", tmp_path / "p.html"))
    assert page.language == "en"
    (tmp_path / "t.txt").write_text("Hola.", "utf-8")
    (text,), _ = read_file(mixed, SourceFile("t.txt", tmp_path / "t.txt"))
    assert text.language == "mul"


# --- what costs a new reading


@pytest.fixture
def many(tmp_path):
    folder = tmp_path / "muchos"
    folder.mkdir()
    for number in range(600):
        (folder / f"acta{number:03}.txt").write_text(f"Acta número {number} de la asamblea.", "utf-8")
    return folder


def test_a_new_file_rule_or_source_costs_the_parts_that_it_touches(ayni, many, tmp_path, store):
    read, built = run(ayni, tmp_path, many, store)
    assert read.counts()["documents"] == 600
    assert built == 4
    (many / "otra.txt").write_text("Otra acta.", "utf-8")
    assert run(ayni, tmp_path, many, store)[1] == 1
    rule = '[[read.rules]]\nmatch = "acta000.txt"\ndomain = "law"\n'
    read, built = run(ayni, tmp_path, many, store, rule)
    assert built == 1
    assert [row.origin for row in read.rows() if row.domain == "law"] == ["acta000.txt"]
    other = tmp_path / "otro"
    other.mkdir()
    (other / "a.txt").write_text("Una más.", "utf-8")
    source = f'[[read.sources]]\nname = "otro"\npath = "{other}"\n'
    read, built = run(ayni, tmp_path, many, store, source + rule)
    assert (read.counts()["documents"], built) == (602, 1)


def test_a_place_is_in_no_key(ayni, given, tmp_path, store):
    run(ayni, tmp_path, given, store)
    moved = tmp_path / "otro lugar"
    given.rename(moved)
    path = tmp_path / "r.toml"
    path.write_text(RECIPE.format(folder=moved), "utf-8")
    assert "0 built" in ayni("run", path, "--store", store).out


# --- which files there are


def test_only_the_folders_own_files_are_read(tmp_path):
    folder, outside = tmp_path / "a", tmp_path / "fuera.txt"
    (folder / ".git").mkdir(parents=True)
    outside.write_text("Fuera.", "utf-8")
    (folder / ".git/config").write_text("x", "utf-8")
    (folder / "b.txt").write_text("B.", "utf-8")
    (folder / "dentro.txt").symlink_to(folder / "b.txt")
    (folder / "fuera.txt").symlink_to(outside)
    (folder / "carpeta").symlink_to(tmp_path)
    os.mkfifo(folder / "tubo.txt")
    assert [file.relative for file in list_files(Source(name="s", path=str(folder)))] == ["b.txt", "dentro.txt"]


def test_names_that_are_not_utf8_are_read_and_named(tmp_path):
    place = os.path.join(os.fsencode(tmp_path), "a\xf1o.txt".encode("latin-1"))
    with open(place, "wb") as stream:
        stream.write(b"Texto.")
    source = Source(name="s", path=str(tmp_path))
    (file,) = list_files(source)
    assert file.relative == "año.txt"
    (row,), _ = read_file(source, file)
    assert (row.origin, row.text) == ("año.txt", "Texto.")


def test_include_and_exclude(tmp_path):
    for name in ("a.txt", "b/c.txt", "b/d.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", "utf-8")
    source = Source(name="s", path=str(tmp_path), include=("**/*.txt",), exclude=("b/*",))
    assert [file.relative for file in list_files(source)] == ["a.txt"]
    assert [file.relative for file in scan(source.model_copy(update={"include": ("b/*",), "exclude": ()})).files] == ["b/c.txt", "b/d.md"]


def test_half_a_surrogate_pair_costs_its_record(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "bien"}\n{"text": "mal \\ud83d"}\n', "utf-8")
    rows, bad = read_file(Source(name="s", path=str(tmp_path)), SourceFile("t.jsonl", path))
    assert [row.text for row in rows] == ["bien"]
    assert [(row.origin, row.reason) for row in bad] == [("t.jsonl#2", "half a surrogate pair: not text")]


# --- what statements mean


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("aym", "ay"),
        ("spa", "es"),
        ("pt-BR", "pt"),
        ("agr", "agr"),
        ("nah+es", "mul"),
        ("es,", "es"),
        ("Español", "es"),
        ("klingon", ""),
        ("", ""),
    ],
)
def test_languages(stated, tag):
    assert name_language(stated) == tag


@pytest.mark.parametrize(
    ("stated", "code"), [("México", "MX"), ("mx", "MX"), ("Peru", "PE"), ("BO,PE", ""), ("INT", ""), ("Atlántida", "")]
)
def test_countries(stated, code):
    assert name_country(stated) == code


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("2019-03-04T10:00:00Z", "2019-03-04"),
        ("Ago-2011", "2011-08"),
        ("4 de marzo de 2019", "2019-03-04"),
        ("Tue, 04 Mar 2025 10:00:00 GMT", "2025-03-04"),
        ("20240131120000", "2024-01-31"),
        ("2011-13", ""),
        ("03/04/2019", ""),
        ("martes 2020", ""),
    ],
)
def test_dates(stated, date):
    assert name_date(stated) == date


@pytest.mark.parametrize(
    ("stated", "spdx"),
    [
        ("CC BY 4.0 (SAIJ)", "CC-BY-4.0"),
        ("CC BY-NC-SA 3.0", "CC-BY-NC-SA-3.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/deed.es", "CC-BY-NC-4.0"),
        ("http://creativecommons.org/licenses/by/2.5/ar/", ""),  # a ported licence: no identifier
        ("Creative Commons Attribution-ShareAlike 4.0 International", "CC-BY-SA-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("Public Domain Mark 1.0", "CC-PDM-1.0"),
        ("cc-by-4.0 AND mit", "CC-BY-4.0 AND MIT"),
        ("CC BY 4.0 (except images)", ""),
        ("CC0 1.0 (corpus encoding); underlying rights not stated", ""),
        ("MIT repo; official text", ""),
        ("CC BY 5.0", ""),
        ("GPL", ""),
    ],
)
def test_licences(stated, spdx):
    assert find_spdx(stated) == spdx
