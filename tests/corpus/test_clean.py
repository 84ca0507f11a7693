"""Cleaning: what recurs over a source goes and is listed, formulae and verse stay; the same whatever the parts."""

import json

import pytest

from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.corpus.boilerplate import NOTHING, TEXT, Furniture, code_line, mask_line, read_traces, strip_text
from ayni.corpus.clean import CleanParams, clean
from ayni.pipeline.engines.local import LocalEngine
from ayni.pipeline.job import Job

NUMBERS = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]


def name(number):
    return " ".join(NUMBERS[int(digit)] for digit in str(number))


def page(number):
    """A page of a site: menu, title, speech, footer."""
    body = "\n".join(f"Párrafo {name(line)} del discurso {name(number)}, que habla del agua." for line in range(8))
    return f"Ir al contenido principal\nBuscar en el sitio\nDiscurso {name(number)}\n{body}\nEscuche el audio ({number}min12s) del discurso"


def law(number):
    """A law: formulae at both ends, in the same words everywhere."""
    body = "\n".join(f"Artículo {line}. La norma {name(number)} dispone {name(number * line)}." for line in range(1, 9))
    return f"EL CONGRESO DE LA NACIÓN SANCIONA, ACUERDA Y DECRETA\nLEY {number} DE 1990\n{body}\nComuníquese, publíquese y archívese."


def gazette(number):
    """A law whose pages all have a head: office, bureau, title, number."""
    head = f"LEY SOBRE LA COSA {name(number).upper()}\nCÁMARA DE DIPUTADOS DEL ESTADO\nOficina de publicaciones\nBoletín de leyes vigentes"
    pages = [
        f"{head}\n{leaf} de 5\n" + "\n".join(f"Renglón {name(leaf * 10 + line)} de {name(number)}." for line in range(5))
        for leaf in range(1, 6)
    ]
    return "\n".join(pages)


def record(number):
    """A card of a catalogue: the last field is the same in most."""
    return "\n".join(
        [f"Título: Obra {name(number)}", *(f"Dato {line}: {name(number + line)}" for line in range(8)), "Lugar: Ciudad de México"]
    )


def poem(number):
    """A poem with a refrain."""
    return "\n".join(
        line
        for stanza in range(4)
        for line in (f"Verso {name(stanza)} de {name(number)}", "ay mi palomita blanca", "ay mi lucero del alba")
    )


def rows(source, write, count):
    return [
        Document(id=f"{source}{place:04}", text=write(place), source=source, language="es", origin=str(place)) for place in range(count)
    ]


def run(folder, documents, parts, **params):
    """Rows after cleaning, the rows of boilerplate.jsonl and the notes, of documents laid into so many parts."""
    (folder / "in").mkdir(parents=True)
    for number in range(parts):
        write_part(folder / f"in/documents/part-{number:05}.parquet", documents[number::parts])
    write_quarantine(folder / "in/quarantine.jsonl", [])
    (folder / "in/sources.json").write_text("[]")
    job = Job("clean", folder / "out", folder / "state", folder / "store/parts", 0, ["clean"], LocalEngine(1))
    (folder / "out").mkdir()
    clean(job=job, documents=Documents(folder / "in"), params=CleanParams(**params))
    listed = [json.loads(line) for line in (folder / "out/boilerplate.jsonl").read_text("utf-8").splitlines()]
    return list(Documents(folder / "out").rows()), listed, job.notes


ALL = [
    *rows("sitio", page, 40),
    *rows("leyes", law, 40),
    *rows("boletin", gazette, 40),
    *rows("fichas", record, 40),
    *rows("coplas", poem, 40),
]


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    """All sources in one part."""
    return run(tmp_path_factory.mktemp("clean"), ALL, 1)


def text_of(cleaned, key):
    (row,) = [row for row in cleaned[0] if row.id == key]
    return row.text


def test_a_site_loses_its_menu_and_footer(cleaned):
    assert text_of(cleaned, "sitio0007").splitlines() == page(7).splitlines()[2:-1]


@pytest.mark.parametrize("source", ["leyes", "fichas", "coplas"])
def test_formulae_fields_and_refrains_stay(cleaned, source):
    before = {row.id: row.text for row in ALL if row.source == source}
    assert {row.id: row.text for row in cleaned[0] if row.source == source} == before


def test_heads_of_pages_go_and_the_title_stays_once(cleaned):
    lines = text_of(cleaned, "boletin0003").splitlines()
    assert lines.count("LEY SOBRE LA COSA TRES") == 1
    assert [line for line in lines if not line.startswith("Renglón")] == ["LEY SOBRE LA COSA TRES"]
    assert sum(line.startswith("Renglón") for line in lines) == 25


def test_all_that_went_is_listed(cleaned):
    before, after = (sum(len([line for line in row.text.split("\n") if line.strip()]) for row in each) for each in (ALL, cleaned[0]))
    assert sum(row["lines"] for row in cleaned[1]) == before - after
    footer = {
        "source": "sitio",
        "place": "bottom",
        "line": "escuche el audio (0min0s) del discurso",
        "lines": 40,
        "documents": 40,
        "share": 1.0,
    }
    assert footer in cleaned[1]
    assert cleaned[2]["boilerplate"] == {"boletin": {"inside": 40 * 24}, "sitio": {"bottom": 40, "top": 80}}


def test_nothing_but_text_changes(cleaned):
    keys = [(row.id, row.source, row.language, row.origin) for row in ALL]
    assert [(row.id, row.source, row.language, row.origin) for row in cleaned[0]] == keys


def test_parts_make_no_difference(cleaned, tmp_path):
    again = run(tmp_path, ALL, 7)
    assert sorted(again[0], key=lambda row: row.id) == sorted(cleaned[0], key=lambda row: row.id)
    assert again[1] == cleaned[1]
    assert again[2]["parts"] == {"all": 7, "built": 7}


def test_small_sources_and_those_told_so_keep_everything(tmp_path):
    few = rows("sitio", page, 19)
    assert run(tmp_path / "few", few, 2)[0] == [*few[0::2], *few[1::2]]
    many = rows("sitio", page, 40)
    assert run(tmp_path / "off", many, 1, boilerplate=False)[:2] == (many, [])


def test_a_source_of_short_documents_keeps_everything(tmp_path):
    short = [Document(id=f"corto{place:04}", text=f"Frase {name(place)}.\nAutor conocido de frases", source="sitio") for place in range(41)]
    assert run(tmp_path, [*rows("sitio", page, 40), *short], 2)[1] == []


def test_repairs_are_counted_by_source(tmp_path):
    broken = [
        Document(id="1", text="El aÃ±o ", source="a", language="es"),
        Document(id="2", text="sin dos  ", source="a", language="es"),
        Document(id="3", text="mba´e", source="b", language="gn"),
    ]
    after, _, notes = run(tmp_path, broken, 1)
    assert [row.text for row in after] == ["El año", "sin dos", "mba'e"]
    assert notes["repairs"] == {"a": {"mojibake": 1, "trailing spaces": 2}, "b": {"apostrophes": 1}}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", NOTHING),
        ("* * *", NOTHING),
        ("12 de 153", NOTHING),
        ("México", NOTHING),
        ("DECRETO 1234 DE 2006", TEXT),
        ("Comuníquese y archívese.", TEXT),
        ("R E S U E L V E", TEXT),
        ("Artículo 12.", TEXT),
        ("## Índice general", TEXT),
        ("Lugar: Ciudad de México", TEXT),
    ],
)
def test_lines_that_are_never_furniture(line, code):
    assert code_line(mask_line(line)) == code


def test_numbers_and_spaces_make_no_other_line():
    assert code_line(mask_line("Página 12  de los Diarios")) == code_line(mask_line("PÁGINA 7 de los diarios"))
    assert code_line(mask_line("Ir al contenido")) > TEXT


def test_a_document_of_nothing_else_stays():
    lines = ["Ir al contenido principal", "Buscar en el sitio", "Mapa del sitio", "Quiénes somos", "Escriba al archivo", "Aviso legal"]
    codes = {code_line(mask_line(line)): 9 for line in lines}
    assert strip_text("\n".join(lines), Furniture(codes, codes, {})) == ("\n".join(lines), {})
    assert strip_text("\n".join([*lines, "Hola a todos.", *lines]), Furniture(codes, codes, {}))[0] == "Hola a todos."


def test_a_short_document_has_no_edges():
    assert read_traces("Ir al contenido\nHola a todos\nAdiós a todos") is None
