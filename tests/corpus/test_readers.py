"""Every reader on a real file of its format that ships with ayni, and on damaged ones."""

import io
import json
import zipfile

import pytest

from ayni.core.errors import Unreadable
from ayni.core.places import asset
from ayni.corpus.readers import choose_reader
from ayni.corpus.readers.reader import Bad

REAL = {
    "ar/bibliotecas_populares.html": "bibliotecas populares",
    "ar/fallo_riachuelo.pdf": "Riachuelo",
    "ar/novelas.xml": "Facundo",
    "ar/provincias.csv": "Buenos Aires",
    "ar/voces_rioplatenses.jsonl": "Laburo",
    "br/biomas.epub": "Cerrado",
    "cl/circular_simulacro.docx": "sismo",
    "cr/gallo_pinto.md": "gallo pinto",
    "ar/mate.txt": "yerba",
}


def read(path, **options):
    return list(choose_reader(path).read(path, options))


@pytest.mark.parametrize(("name", "word"), REAL.items())
def test_shipped_file(name, word):
    pieces = read(asset("starter") / name)
    assert not [piece for piece in pieces if isinstance(piece, Bad)]
    text = "\n".join(piece.text for piece in pieces)
    assert word.casefold() in text.casefold()
    assert "\ufffd" not in text
    assert "Ã" not in text


def test_latin1_page_keeps_its_accents():
    path = asset("starter") / "ar/bibliotecas_populares.html"
    with pytest.raises(UnicodeDecodeError):
        path.read_bytes().decode("utf-8")
    (piece,) = read(path)
    assert "ministerio" in piece.text and "más" in piece.text
    assert piece.title


def test_format_is_told_by_content(tmp_path):
    for name in ("ar/fallo_riachuelo.pdf", "br/biomas.epub", "cl/circular_simulacro.docx"):
        path = tmp_path / "sin_sufijo"
        path.write_bytes((asset("starter") / name).read_bytes())
        assert read(path)[0].text == read(asset("starter") / name)[0].text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("vacio.txt", b"  \n", "empty"),
        ("binario.txt", b"abc\0def", "NUL"),
        ("roto.pdf", b"%PDF-1.7\nnothing", "not a readable PDF"),
        ("roto.docx", b"PK\x03\x04 cut", "damaged"),
        ("roto.epub", b"PK\x03\x04 cut", "damaged"),
        ("roto.xml", b"<collection xmlns='http://www.loc.gov/MARC21/slim'><record>", "well-formed"),
        ("roto.json", b'{"texto": ', "not valid JSON"),
        ("vacio.html", b"<html><body></body></html>", "no main text"),
        ("otro.xml", b"<?xml version='1.0'?><planilla/>", "no text"),
        ("bomba.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><collection xmlns="http://www.loc.gov/MARC21/slim">&b;</collection>', "entities"),
        ("nadie.bin", bytes(range(256)), "no reader"),
    ],
)
def test_damaged_file_has_a_reason(tmp_path, name, data, reason):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=reason):
        read(path)


def test_cut_off_files_never_raise_anything_else(tmp_path):
    """Every shipped format, cut at many places: documents, bad records or Unreadable, nothing else."""
    for name in REAL:
        data = (asset("starter") / name).read_bytes()
        for share in range(1, 20):
            path = tmp_path / name.replace("/", "_")
            path.write_bytes(data[: len(data) * share // 20])
            try:
                read(path)
            except Unreadable as error:
                assert error.what


def test_zip_bomb_is_refused(tmp_path):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * (8 << 20) + b"</a>")
    (tmp_path / "bomba.docx").write_bytes(body.getvalue())
    with pytest.raises(Unreadable, match="swells"):
        read(tmp_path / "bomba.docx")


def test_bad_rows_do_not_take_the_good_ones_along(tmp_path):
    path = tmp_path / "filas.jsonl"
    path.write_text('{"text": "uno"}\nno es json\n["lista"]\n{"text": "dos"}\n', "utf-8")
    rows = read(path)
    assert [row.text for row in rows if not isinstance(row, Bad)] == ["uno", "dos"]
    bad = [row for row in rows if isinstance(row, Bad)]
    assert [row.offset for row in bad] == [16, 27]


def test_parallel_table(tmp_path):
    path = tmp_path / "paralelo.csv"
    path.write_text('hola,"notlazohtla, xihualmohuica",obra\n', "utf-8")
    rows = read(
        path, header=False, rows=[{"text": 1, "language_value": "nah", "group": 2}, {"text": 0, "language_value": "es", "group": 2}]
    )
    assert [(row.language, row.text, row.group) for row in rows] == [
        ("nah", "notlazohtla, xihualmohuica", "obra"),
        ("es", "hola", "obra"),
    ]


def test_nested_lists_in_json(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"habilidades": [{"codigo": "EF01", "texto": "Ler e escrever."}], "otros": []}), "utf-8")
    (row,) = read(path, items=["habilidades"], text="texto", id="codigo")
    assert (row.text, row.record) == ("Ler e escrever.", "EF01")
