"""Web pages, plain text, Markdown with front matter, fortune files and HTML kept in JavaScript."""

import json
import time

import pytest

from ayni.core.errors import Unreadable
from ayni.corpus.readers import choose_reader
from ayni.corpus.readers.front_matter import describe, split_front_matter
from ayni.corpus.readers.html import body_text, extract
from ayni.corpus.readers.reader import Bad

PARAGRAPH = (
    "La municipalidad comunica a las vecinas y los vecinos que la biblioteca popular abrirá sus puertas los martes y jueves por la tarde."
)
PAGE = f"""<!DOCTYPE html><html lang="es-AR"><head><title>Biblioteca | Municipio</title>
<meta property="article:published_time" content="2021-03-04T10:00:00-03:00">
<link rel="canonical" href="https://ejemplo.invalid/biblioteca"></head><body>
<nav><ul><li><a href="/">Inicio</a></li><li><a href="/mapa">Mapa del sitio</a></li></ul></nav>
<div id="portal-breadcrumbs">Usted está aquí: Inicio</div>
<main><h1>Abre la biblioteca</h1><h2>CAPÍTULO I</h2><p>{PARAGRAPH}</p><p>{PARAGRAPH.upper()}</p>
<ol><li>Traer documento.</li><li>Firmar el acta.</li></ol>
<table><tr><th>Día</th><th>Hora</th></tr><tr><td>martes</td><td>16</td></tr></table></main>
<footer>Todos los derechos reservados</footer><script>var x = "no es texto"</script></body></html>"""


def read(path, data, **options):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(choose_reader(path).read(path, options))


def test_main_text_without_furniture(tmp_path):
    (piece,) = read(tmp_path / "a.html", PAGE)
    lines = [line.strip() for line in piece.text.split("\n") if line.strip()]
    assert lines[:4] == ["Abre la biblioteca", "CAPÍTULO I", PARAGRAPH, PARAGRAPH.upper()]
    assert {"1. Traer documento.", "2. Firmar el acta.", "Día | Hora", "martes | 16"} <= set(lines)
    assert not {"Mapa del sitio", "Todos los derechos reservados", "Usted está aquí: Inicio"} & set(lines)
    assert "no es texto" not in piece.text
    assert (piece.title, piece.language, piece.date, piece.url) == (
        "Abre la biblioteca",
        "es",
        "2021-03-04",
        "https://ejemplo.invalid/biblioteca",
    )


def test_text_that_extraction_takes_for_furniture_is_kept():
    page = extract(f"<html><body><div class='sidebar footer'><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></div><p>Ver.</p></body></html>")
    assert page.text.count(PARAGRAPH) == 2


@pytest.mark.parametrize("encoding", ["cp1252", "iso8859-1", "cp850", "mac-roman", "utf-16", "utf-16-le", "utf-8"])
@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
def test_encoding_of_a_page_whatever_it_declares(tmp_path, encoding, declared):
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    page = PAGE.replace("<head>", f"<head>{meta}")
    (piece,) = read(tmp_path / "a.html", page.encode(encoding))
    assert PARAGRAPH in piece.text and "Día" in piece.text and "CAPÍTULO" in piece.text


def test_a_header_goes_before_what_the_page_states(tmp_path):
    page = f'<html><head><meta charset="iso-8859-1"></head><body><p>{PARAGRAPH}</p><p>Привет, мир. Это длинный текст.</p></body></html>'
    (piece,) = read(tmp_path / "a.html", page.replace("á", "a").encode("cp1251"), encoding="windows-1251")
    assert "Привет, мир" in piece.text


def test_depth_is_bounded_and_unclosed_elements_are_not_depth():
    begin = time.monotonic()
    with pytest.raises(Unreadable, match="nested too deeply"):
        extract("<div>" * 100_000 + PARAGRAPH)
    assert extract("<p>uno" * 50_000).text.count("uno") == 50_000
    assert extract("<tr><td>x" * 20_000 + PARAGRAPH).text.count(PARAGRAPH) == 1
    assert extract("<font>" * 5_000 + PARAGRAPH).text == PARAGRAPH
    assert extract("<li><a href=x>uno</a>" * 20_000).text.count("uno") == 20_000
    assert time.monotonic() - begin < 10


def test_a_page_of_entity_declarations_holds_no_text():
    with pytest.raises(Unreadable, match="no main text"):
        extract('<!DOCTYPE r [<!ENTITY a "b">]><html><body></body></html>')


def test_fragment_by_paragraphs():
    assert body_text("<p>R&eacute;gimen <b>legal</b></p><p>Fin").split("\n\n") == ["Régimen legal", "Fin"]


HEAD = """---
titulo: "LEY 1 DE 1990 - \\"Por la cual\\""
identifier: LEY-1
pais: co
fecha_publicacion: '1990-01-02'
fuente: >-
  https://ejemplo.invalid/ley
  # texto
department: "UNO -
DOS: Y OTROS"
temas:
  - agua
  - tierra
lang: es-CO
---
"""


def test_front_matter(tmp_path):
    (piece,) = read(tmp_path / "ley.md", f"{HEAD}# LEY 1\n\n<!-- imagen -->\n{PARAGRAPH}\n")
    assert (piece.title, piece.country, piece.date, piece.language) == ('LEY 1 DE 1990 - "Por la cual"', "CO", "1990-01-02", "es")
    assert piece.url == "https://ejemplo.invalid/ley"
    assert piece.text.split() == f"# LEY 1 {PARAGRAPH}".split()


def test_fields_of_a_head():
    fields, body = split_front_matter(HEAD + "x")
    assert body == "x"
    assert fields["department"] == "UNO - DOS: Y OTROS"
    assert fields["temas"] == ""


def test_toml_head():
    fields, body = split_front_matter('+++\ntitle = "Uno"\ndate = 2020-05-06\n+++\nTexto.')
    assert describe(fields) == {"title": "Uno", "date": "2020-05-06"} and body == "Texto."


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nUn guion y después texto corrido, sin campos.\n\n---\nMás.",
        "---\ntitle: sin fin\n",
        "+++\nno es toml\n+++\n",
        "Texto: nada más",
    ],
)
def test_what_is_no_head_is_text(text):
    assert split_front_matter(text) == ({}, text)


def test_only_a_head_is_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="no text"):
        read(tmp_path / "a.md", HEAD)


def test_aliases_of_a_head_expand_to_nothing():
    bomb = "---\na: &a [x,x]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))
    fields, body = split_front_matter(f"{bomb}---\nTexto")
    assert body == "Texto" and not any(fields.values())


def test_fortunes_are_sayings(tmp_path):
    data = "Más vale tarde que nunca.\n\t\t-- Anónimo.\n%\nDos líneas\nde un dicho.\n%\nEl 100 % de todo.\n%\n".encode("cp1252")
    pieces = read(tmp_path / "dichos", data)
    assert [(piece.record, piece.text) for piece in pieces] == [
        ("1", "Más vale tarde que nunca.\n\t\t-- Anónimo."),
        ("2", "Dos líneas\nde un dicho."),
        ("3", "El 100 % de todo."),
    ]


def test_a_text_with_a_line_of_per_cent_is_no_fortune_file(tmp_path):
    (piece,) = read(tmp_path / "a.txt", f"{PARAGRAPH}\n%\n{PARAGRAPH}\n")
    assert piece.text.count(PARAGRAPH) == 2


def test_line_ends_and_title(tmp_path):
    (piece,) = read(tmp_path / "a.md", "\r\n## **Título** ##\r\nuno\rdos\r\n")
    assert piece.title == "Título" and "\r" not in piece.text and "uno\ndos\n" in piece.text


def test_a_line_without_end(tmp_path):
    begin = time.monotonic()
    with pytest.raises(Unreadable, match="line without an end"):
        read(tmp_path / "a.txt", "palabra ñandú " * 700_000)
    (piece,) = read(tmp_path / "b.txt", "palabra ñandú " * 500_000)
    assert len(piece.text) == 7_000_000
    assert time.monotonic() - begin < 5


LAWS = [{"id": f"l-{n}", "law": f"Código {n // 3}", "article": f"Art. {n % 3}", "content": f"<p>El r&iacute;o {n}.</p>"} for n in range(9)]


def test_laws_in_a_script(tmp_path):
    path = tmp_path / "leyes.js"
    pieces = read(path, f"// datos\nexport const laws = {json.dumps(LAWS, indent=1)};\n")
    assert [piece.title for piece in pieces] == ["Código 0", "Código 1", "Código 2"]
    assert pieces[1].text == "Art. 0\nEl río 3.\n\nArt. 1\nEl río 4.\n\nArt. 2\nEl río 5."


def test_arrays_pasted_into_each_other_lose_no_law(tmp_path):
    parts = [json.dumps(LAWS[begin : begin + 3]) for begin in (0, 3, 6)]
    pieces = read(tmp_path / "leyes.js", f"export const laws = [\n{parts[0][1:-1]}\n\n{parts[1]}\n{parts[2]}\n];")
    assert [piece.text.count("El río") for piece in pieces] == [3, 3, 3]


def test_quotes_escapes_and_code_between_records(tmp_path):
    script = "const a = {t: '<p>D\\u00eda d\\'agua</p>', u: [`uno ${x}`, \"dos\"]}; function f() { return 1 }\nlet b = {t: '<p>Otro</p>'}"
    pieces = read(tmp_path / "a.js", script)
    assert [piece.text for piece in pieces] == ["Día d'agua\nuno ${x}\ndos", "Otro"]


def test_a_script_that_is_cut_off(tmp_path):
    script = f"export const laws = {json.dumps(LAWS)};"
    cut = script.index('"l-7"') + 60
    rows = read(tmp_path / "a.js", script[:cut])
    assert [row.title for row in rows if not isinstance(row, Bad)] == ["Código 0", "Código 1", "Código 2"]
    (bad,) = [row for row in rows if isinstance(row, Bad)]
    assert "cut off" in bad.reason and bad.offset == script.encode().rindex(b"{", 0, cut)


def test_text_that_calls_itself_xml_is_not_read_as_text(tmp_path):
    with pytest.raises(Unreadable, match="no reader"):
        read(tmp_path / "a.xml", "esto no es XML")
    (piece,) = read(tmp_path / "sin_sufijo", "esto es texto")
    assert piece.text == "esto es texto"
