"""Tables, parallel lines, databases, data frames: every row with something in it is a document or a bad record, none is lost."""

import bz2
import gzip
import json
import lzma
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ayni.core.errors import Unreadable
from ayni.corpus.readers import choose_reader, find_reader
from ayni.corpus.readers.columns import guess, is_header
from ayni.corpus.readers.reader import Bad
from ayni.corpus.readers.rows import strip_markup


def read(path, data=None, format="", **options):
    if data is not None:
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    reader = find_reader(format) if format else choose_reader(path)
    items = list(reader.read(path, options))
    return [item for item in items if not isinstance(item, Bad)], [item for item in items if isinstance(item, Bad)]


# --- which columns are text


SENTENCES = [
    ["1", "Las gallinas ponen los huevos en el corral.", "Xalapa"],
    ["2", "La asamblea decidió cuidar el agua del manantial.", "Xalapa"],
    ["3", "El maestro llegó tarde por la lluvia de ayer.", "Puebla"],
]


@pytest.mark.parametrize(
    ("first", "rows", "header"),
    [
        (["id", "texto", "lugar"], SENTENCES, True),
        (["clave", "frase", "lugar"], SENTENCES, True),  # numbers and long texts below names
        (["0", "El gallo canta en la madrugada fría.", "Xalapa"], SENTENCES, False),
        (["agua", "water"], [["fuego", "fire"], ["tierra", "earth"]], False),  # a list of words says nothing of its first row
        (["español", "náhuatl"], [["agua", "atl"]], True),
        (["Source", "Target"], [["Hola", "Hello"]], True),
        ([">=84p", "author-name", "country", "note", "work-title"], [["yes", "Carrión, Miguel de", "Cuba", "", "El milagro"]], True),
    ],
)
def test_header_is_told_by_what_stands_there(first, rows, header):
    assert is_header(first, rows) is header


def test_columns_of_text_by_name_language_and_content():
    assert guess(["codigo", "texto"], [["1", "Ler."]]) == [{"text": "texto", "above": ""}]
    assert guess(["español", "nah"], [["agua", "atl"]]) == [
        {"text": "español", "language_value": "es"},
        {"text": "nah", "language_value": "nah"},
    ]
    assert guess([], SENTENCES) == [{"text": 1, "above": ""}]
    assert guess(["autor", "año"], [["Gorriti", "1845"], ["Sierra", "1869"]]) == [{"render": True}]
    rows = [["Ley 1", "Dispone el cuidado de las fuentes de agua."], ["Ley 2", "Crea la biblioteca popular de la provincia."]]
    assert guess(["titulo", "resumen"], rows) == [{"text": "resumen", "above": "titulo"}]
    chapters = [["Título I", row[1]] for row in SENTENCES]
    assert guess(["titulo", "texto"], chapters) == [{"text": "texto", "above": ""}], "a title of many rows is no row's title"


# --- delimited text


def test_table_without_header_keeps_its_first_row(tmp_path):
    rows, bad = read(tmp_path / "t.csv", 'Hola a toda la gente de aquí,uno\n"Adiós, hasta que vuelva la lluvia",dos\n')
    assert [row.text for row in rows] == ["Hola a toda la gente de aquí", "Adiós, hasta que vuelva la lluvia"]
    assert not bad


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_is_told_by_the_lines(tmp_path, mark):
    body = "\n".join(mark.join(row) for row in [["id", "texto", "lugar"], *SENTENCES])
    rows, _ = read(tmp_path / "t.csv", body)
    assert [row.text for row in rows] == [row[1] for row in SENTENCES]


def test_a_stray_quotation_mark_swallows_no_lines(tmp_path):
    lines = [f'etiqueta\t{"" if number % 7 else chr(34)}la palabra número {number} de la "lista"\tcosa' for number in range(50)]
    rows, bad = read(tmp_path / "t.tsv", "\n".join(lines))
    assert len(rows) == 50 and not bad


def test_quoted_cells_may_hold_lines_and_delimiters(tmp_path):
    rows, _ = read(tmp_path / "t.csv", 'texto,n\n"uno, dos\ny tres",1\n"él dijo ""sí""",2\n')
    assert [row.text for row in rows] == ["uno, dos\ny tres", 'él dijo "sí"']


def test_a_row_with_nothing_to_read_is_bad_and_an_empty_one_is_none(tmp_path):
    rows, bad = read(tmp_path / "t.csv", "texto,nota\nuno,a\n,b\n,\nsobra,c,d\n")
    assert [row.text for row in rows] == ["uno"]
    assert [(row.record, row.reason) for row in bad] == [("2", "nothing in the row's column of text"), ("4", "3 cells under 2 columns")]


def test_a_table_without_prose_gives_whole_rows(tmp_path):
    (first, second), _ = read(tmp_path / "t.csv", "autor,título,año,country\nGorriti,La quena,1845,Argentina\nSierra,La hora,1869,Mexico\n")
    assert first.text == "autor: Gorriti\ntítulo: La quena\naño: 1845\ncountry: Argentina"
    assert (first.title, first.date, first.country, second.date) == ("La quena", "1845", "Argentina", "1869")


def test_rows_of_evaluation_data_are_left_out_by_name(tmp_path):
    drop = [{"column": 0, "equals": ["Flores"], "why": "evaluation data"}]
    rows, bad = read(
        tmp_path / "t.tsv", "ley \tuno\tone\nFlores \tdos\ttwo\n", header=False, drop_where=drop, rows=[{"text": 1}, {"text": 2}]
    )
    assert [row.text for row in rows] == ["uno", "one"]
    assert [(row.record, row.reason) for row in bad] == [("2", "left out: evaluation data")]


def test_rows_under_one_title_are_one_document(tmp_path):
    body = "titulo,texto\nI,uno\nI,dos\nII,tres\n"
    rows, _ = read(tmp_path / "t.csv", body, text="texto", join=["titulo"])
    assert [(row.record, row.title, row.text) for row in rows] == [("1-2", "I", "uno\ndos"), ("3", "II", "tres")]


def test_a_column_that_is_not_there_is_said(tmp_path):
    with pytest.raises(Unreadable, match="no column 'cuerpo'"):
        read(tmp_path / "t.csv", "texto\nuno\n", text="cuerpo")


def test_fields_by_value_column_and_map(tmp_path):
    body = "texto,pais,lic\nhola,Perú,CC BY 4.0\n"
    (row,), _ = read(
        tmp_path / "t.csv", body, text="texto", domain_value="law", license="lic", language_column="pais", language_map={"Perú": "es"}
    )
    assert (row.country, row.domain, row.license, row.language) == ("Perú", "law", "CC BY 4.0", "es")


def test_markup_in_cells_goes():
    assert strip_markup("<p>Art. 1&ordm;</p>\n\t<p>La <b>Rep&uacute;blica</b>.<br>Fin</p>") == "Art. 1º\nLa República.\nFin"
    assert strip_markup("a < b y c > d") == "a < b y c > d"


# --- JSON


def test_texts_by_month(tmp_path):
    rows, _ = read(tmp_path / "t.json", json.dumps({"Ago-2011": ["Ya en la plaza.", "Un abrazo."], "Ene-2012": ["Feliz año."]}))
    assert [(row.record, row.date, row.text) for row in rows] == [
        ("Ago-2011/1", "2011-08", "Ya en la plaza."),
        ("Ago-2011/2", "2011-08", "Un abrazo."),
        ("Ene-2012/1", "2012-01", "Feliz año."),
    ]


def test_every_list_of_a_nested_file_is_read(tmp_path):
    body = {
        "version": "primera",
        "vigencia": {"desde": 2020, "ate": None},
        "tamaños": [1, 2, 3],
        "habilidades": [{"codigo": "A1", "texto": "Ler.", "fonte": {"pagina": "49"}}],
        "plan": {"eixos": [{"id": "e1", "nome": "Mundo"}]},
        "secciones": [{"titulo": "Uno", "parrafos": [{"contenido": "Primero."}, {"contenido": "Segundo."}]}],
    }
    rows, bad = read(tmp_path / "t.json", json.dumps(body))
    assert {row.record: row.text for row in rows} == {
        "1": "version: primera\nvigencia.desde: 2020",
        "habilidades/1": "Ler.",
        "plan.eixos/1": "id: e1\nnome: Mundo",
        "secciones.1": "titulo: Uno",
        "secciones.1.parrafos/1": "Primero.",
        "secciones.1.parrafos/2": "Segundo.",
    }
    assert not bad


def test_texts_by_language(tmp_path):
    body = {"Titulo": {"spa-rap": "Probar", "eng-rap": "Try"}, "Nota": {"spa-rap": "Sobre esto", "eng-rap": "About this"}}
    rows, _ = read(tmp_path / "t.json", json.dumps(body))
    assert [(row.language, row.text) for row in rows] == [("es", "Probar"), ("en", "Try"), ("es", "Sobre esto"), ("en", "About this")]


@pytest.mark.parametrize("body", ["[1, 2", '{"a": ' * 3000, '[{"texto": NaNa}]'])
def test_json_that_is_none(tmp_path, body):
    with pytest.raises(Unreadable):
        read(tmp_path / "t.json", body)


def test_lines_of_ten_megabytes_and_lines_that_are_none(tmp_path):
    long = "agua " * (2 << 20)
    lines = [json.dumps({"text": long}).encode(), b'{"text": "Ma\xf1ana."}', b"{roto", b'{"text": "hola\0"}', b'{"text": "bien"}']
    rows, bad = read(tmp_path / "t.jsonl", b"\n".join(lines))
    assert [len(row.text) for row in rows] == [len(long) - 1, 7, 4]
    assert rows[1].text == "Mañana.", "one line in another code page is read in it"
    assert [row.record for row in bad] == ["3", "4"]
    assert bad[0].offset == len(lines[0]) + len(lines[1]) + 2


# --- parallel lines


@pytest.fixture
def moses(tmp_path):
    (tmp_path / "train.es").write_text("Hola, hermano.\n\nAdiós.\n", "utf-8")
    (tmp_path / "train.aym").write_text("Kamisaki.\nX\nY\n", "utf-8")  # a greeting; the others are no words
    (tmp_path / "train.tar").write_text("a\nb\nc\n", "utf-8")  # Tarahumara's tag
    return tmp_path


def test_parallel_lines_keep_together(moses):
    spanish, _ = read(moses / "train.es")
    aymara, _ = read(moses / "train.aym")
    assert [(row.record, row.text) for row in spanish] == [("1", "Hola, hermano."), ("3", "Adiós.")]
    assert [(row.record, row.language, row.group) for row in aymara] == [(str(number), "aym", "./train") for number in (1, 2, 3)]
    assert {row.language for row in read(moses / "train.tar")[0]} == {"tar"}


def test_labels_of_lines_are_their_group_and_domain(moses):
    (moses / "train.source").write_text("Biblia\nleyes\nleyes\n", "utf-8")
    rows, bad = read(moses / "train.es", domain_map={"Biblia": "religious"})
    assert [(row.group, row.domain) for row in rows] == [("./train: Biblia", "religious"), ("./train: leyes", "")]
    with pytest.raises(Unreadable, match="where the lines of other files are from"):
        read(moses / "train.source")
    (moses / "train.source").write_text("Biblia\n", "utf-8")
    rows, bad = read(moses / "train.es")
    assert [row.group for row in rows] == ["./train", "./train"]
    assert "1 lines for 3" in bad[0].reason


def test_line_separators_of_unicode_do_not_shift_the_numbers(moses):
    (moses / "train.es").write_bytes("uno\u2028dos\x85tres\r\ncuatro\n".encode())
    rows, _ = read(moses / "train.es")
    assert [row.record for row in rows] == ["1", "2"]


def test_a_line_that_is_no_text_takes_no_other_along(moses):
    (moses / "train.es").write_bytes(b"uno\nd\0s\ntres\n")
    rows, bad = read(moses / "train.es")
    assert [row.record for row in rows] == ["1", "3"]
    assert [(row.record, row.offset) for row in bad] == [("2", 5)]


def test_a_lone_suffix_of_two_letters_is_no_parallel_text(tmp_path):
    (tmp_path / "carta.es").write_text("Una carta.\nQue sigue.\n", "utf-8")
    (rows, _) = read(tmp_path / "carta.es")
    assert [row.text for row in rows] == ["Una carta.\nQue sigue.\n"]


# --- lines with a pattern, sayings


def test_sayings_between_per_cent_signs(tmp_path):
    rows, _ = read(tmp_path / "refranes", "A mal tiempo\nbuena cara.\n%\nDe tal palo.\n%\nPoco a poco.\n%\nAsí es.\n")
    assert [row.text for row in rows] == ["A mal tiempo\nbuena cara.", "De tal palo.", "Poco a poco.", "Así es."]


def test_a_pattern_makes_columns_and_what_it_does_not_find_is_bad(tmp_path):
    options = {
        "pattern": r"(?P<a>\w+)-(?P<b>\w+)\.mp3$",
        "rows": [{"text": "a", "language_value": "pt"}, {"text": "b", "language_value": "es"}],
    }
    rows, bad = read(tmp_path / "nombres.txt", "casa-hogar.mp3\nlista.pdf\n", format="lines", **options)
    assert [(row.language, row.text) for row in rows] == [("pt", "casa"), ("es", "hogar")]
    assert [row.record for row in bad] == ["2"]


# --- Parquet


def test_parquet_rows(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"texto": ["Uno.", None, "Tres."], "url": ["https://x.example/1", "n", ""], "año": [2001, 2002, 2003]}), path)
    rows, bad = read(path)
    assert [(row.record, row.text, row.url, row.date) for row in rows] == [
        ("1", "Uno.", "https://x.example/1", "2001"),
        ("3", "Tres.", "", "2003"),
    ]
    assert [row.record for row in bad] == ["2"]
    data = path.read_bytes()
    for size in (10, len(data) // 2, len(data) - 3):
        with pytest.raises(Unreadable, match="Parquet"):
            read(tmp_path / "roto.parquet", data[:size])


# --- SQL


MYSQL = r"""-- MySQL dump 10.13
CREATE TABLE `articulos` (
  `cod` varchar(50) NOT NULL,
  `texto` text,
  PRIMARY KEY (`cod`)
) ENGINE=InnoDB;
/*!40101 SET NAMES utf8mb4 */;
INSERT INTO `articulos` VALUES ('A1', 'El \'agua\' es; de todos,\nno de uno -- nunca.'), ('A2', NULL),
('A3', 'It''s (un) ejemplo'), ('A4', _utf8mb4'con prefijo'), ('A5', 0x4142);
INSERT INTO `otros` (`n`, `nombre`) VALUES (1, 'solo nombres'), (2.5, 'dos');
UPDATE articulos SET texto = 'INSERT INTO x VALUES (1)' WHERE 1;
"""


def test_mysql_dump(tmp_path):
    rows, bad = read(tmp_path / "d.sql", MYSQL)
    texts = {row.record: row.text for row in rows}
    assert texts["articulos/1"] == "El 'agua' es; de todos,\nno de uno -- nunca."
    assert texts["articulos/3"] == "It's (un) ejemplo"
    assert texts["articulos/4"] == "con prefijo"
    assert texts["otros/1"] == "n: 1\nnombre: solo nombres"
    assert [row.record for row in bad] == ["articulos/2"]
    assert len(rows) + len(bad) == 7


def test_postgresql_dump(tmp_path):
    dump = (
        "--\n-- PostgreSQL database dump\n--\nCREATE TABLE public.actas (\n    id integer NOT NULL,\n    texto text\n);\n"
        "COPY public.actas (id, texto) FROM stdin;\n1\tLínea uno\\nlínea dos\\tfin\n2\t\\N\n3\tC:\\\\ruta\n\\.\n"
        "INSERT INTO public.actas VALUES (4, 'barra \\ sola'), (5, E'salto\\naquí'), (6, $$sin 'escapes'$$), (7, 'x'::text);\n"
    )
    rows, bad = read(tmp_path / "d.sql", dump, text="texto")
    assert {row.record.split("/")[1]: row.text for row in rows} == {
        "1": "Línea uno\nlínea dos\tfin",
        "3": "C:\\ruta",
        "4": "barra \\ sola",
        "5": "salto\naquí",
        "6": "sin 'escapes'",
        "7": "x",
    }
    assert [row.record for row in bad] == ["actas/2"]


def test_a_row_that_cannot_be_read_costs_itself(tmp_path):
    insert = "INSERT INTO t (a, texto) VALUES\n"
    dump = f"{insert}(1, 'uno'),\n(2, 'dos' tres),\n(3, 'cuatro'),\n(4),\n(5, 'cinco');\n{insert}(6, 'cort"
    rows, bad = read(tmp_path / "d.sql", dump)
    assert [row.text.split("\n")[-1] for row in rows] == ["uno", "cuatro", "cinco"]
    assert [row.reason for row in bad] == ["the row cannot be read", "1 values for 2 columns", "the row cannot be read"]
    assert dump.encode()[bad[0].offset :].startswith(b"(2,")


def test_a_dump_without_rows(tmp_path):
    with pytest.raises(Unreadable, match="no rows"):
        read(tmp_path / "d.sql", "CREATE TABLE t (a int);\nSELECT 1;\n")


# --- R data


def r_string(text, utf8=True):
    if text is None:
        return struct.pack(">ii", 9, -1)
    data = text.encode("utf-8" if utf8 else "latin-1")
    return struct.pack(">ii", 9 | (1 << 15 if utf8 else 1 << 14), len(data)) + data


def r_texts(*texts, flags=16):
    return struct.pack(">ii", flags, len(texts)) + b"".join(map(r_string, texts))


def r_tagged(name, value, flags=1026):
    return struct.pack(">ii", flags, 1) + r_string(name) + value


def r_frame(**columns):
    """A data frame as R saves it: a list with the attributes names and class."""
    body = struct.pack(">ii", 19 | 1 << 8 | 1 << 9, len(columns)) + b"".join(columns.values())
    return body + r_tagged("names", r_texts(*columns)) + r_tagged("class", r_texts("data.frame")) + struct.pack(">i", 254)


def workspace(name, value):
    return b"RDX2\nX\n" + struct.pack(">iii", 2, 0x40500, 0x20300) + r_tagged(name, value) + struct.pack(">i", 254)


FRAME = workspace("leyes", r_frame(line=struct.pack(">iiii", 13, 2, 1, -(1 << 31)), text=r_texts("El agua es de todos.", None)))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_data_frame(tmp_path, pack):
    rows, bad = read(tmp_path / "t.rda", pack(FRAME))
    assert [(row.record, row.text) for row in rows] == [("leyes/1", "El agua es de todos.")]
    assert not bad, "a row of nothing but NA is empty"


def test_rds_in_latin1_and_factors(tmp_path):
    head = b"X\n" + struct.pack(">iii", 2, 0x40500, 0x20300)
    latin = struct.pack(">ii", 16, 1) + r_string("Mañana lloverá en el páramo.", utf8=False)
    rows, _ = read(tmp_path / "t.rds", head + latin)
    assert [row.text for row in rows] == ["Mañana lloverá en el páramo."]
    factor = struct.pack(">iiii", 13 | 1 << 9, 2, 2, 1) + r_tagged("levels", r_texts("Lima", "Cusco")) + struct.pack(">i", 254)
    rows, _ = read(tmp_path / "f.rds", head + r_frame(lugar=factor, n=struct.pack(">iiii", 13, 2, 7, 8)))
    assert [row.text for row in rows] == ["lugar: Cusco\nn: 7", "lugar: Lima\nn: 8"]


def test_r_data_cut_anywhere_is_unreadable_and_nothing_else(tmp_path):
    for size in range(1, len(FRAME), 3):
        with pytest.raises(Unreadable):
            read(tmp_path / "t.rda", FRAME[:size])
    with pytest.raises(Unreadable, match="items stated"):
        read(tmp_path / "t.rda", workspace("x", struct.pack(">ii", 16, 1 << 30)))
    deep = struct.pack(">ii", 19, 1) * 500
    with pytest.raises(Unreadable, match="nested"):
        read(tmp_path / "t.rda", workspace("x", deep + struct.pack(">i", 254)))


# --- data in JavaScript


def test_literals_with_names(tmp_path):
    code = """// textos
    import x from './x';
    export const leyes = [
      { "articulo": 'Art. 1', contenido: "<p>Todos son iguales.</p>", n: 1, },  /* coma de m\\u00e1s */
      { articulo: 'Art. 2', contenido: `Nadie est\\u00e1 ` + "solo." }
      { articulo: 'Art. 3', contenido: 'Fin \\'aqu\\u00ed\\'' }
    ];
    function f() { return [1]; }
    """
    rows, bad = read(tmp_path / "t.js", code, format="javascript")
    assert [row.text for row in rows] == ["Art. 1\nTodos son iguales.", "Art. 2\nNadie está solo.", "Art. 3\nFin 'aquí'"]
    assert [row.record for row in rows] == ["leyes/1", "leyes/2", "leyes/3"]
    assert not bad


def test_what_a_cut_off_literal_holds_is_read(tmp_path):
    rows, bad = read(tmp_path / "t.js", 'const t = [{texto: "uno"}, {texto: "dos"}, {texto: "tr')
    assert [row.text for row in rows] == ["uno", "dos"]
    assert [row.record for row in bad] == ["t"]
    assert "the data end here" in bad[-1].reason


def test_a_program_without_data(tmp_path):
    with pytest.raises(Unreadable, match="no data"):
        read(tmp_path / "t.js", "console.log('hola');\n")
