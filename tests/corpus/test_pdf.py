"""PDF: pages that the tests set themselves, word by word, with columns, furniture, cut words; OCR of a page that they print."""

import shutil
import time

import pytest

from ayni.core.errors import InputError, MissingExtra, Unreadable
from ayni.corpus.readers import choose_reader
from ayni.corpus.readers.member import Budget, open_member
from ayni.corpus.readers.pdf.badness import judge_text
from ayni.corpus.readers.pdf.flow import flow
from ayni.corpus.readers.pdf.furniture import drop_furniture
from ayni.corpus.readers.pdf.layout import Line

LEFT = [
    "La biblioteca del barrio abre de",
    "lunes a viernes, desde las nueve",
    "de la mañana hasta las seis de la",
    "tarde, y presta libros a todas las",
    "personas que viven cerca; para",
    "llevarse uno basta con anotar el",
    "nombre y la dirección en el libro",
    "que está sobre la mesa de entrada.",
]
RIGHT = [
    "El taller de lectura se reúne los",
    "sábados por la tarde, en la sala",
    "grande, con mate y galletas que",
    "cada familia trae de su casa; los",
    "cuentos se leen en voz alta y se",
    "comentan entre vecinas y vecinos",
    "de todas las edades, sin apuro y",
    "sin que nadie tenga que pagar.",
]
THIRD = [
    "La huerta comunitaria necesita",
    "manos para la siembra de otoño,",
    "que empieza en cuanto llueva un",
    "poco; hay palas y guantes para",
    "quienes no tengan, y la semilla",
    "de acelga y lechuga ya está lista",
    "en el galpón, junto a la bomba",
    "de agua que arregló don Pedro.",
]


def write_pdf(path, pages, size=10, width=612, height=792):
    """Pages of (x, y, text[, size, font]) in the order given, in Helvetica under WinAnsi."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        marks = []
        for x, y, text, *more in lines:
            font = more[1] if len(more) > 1 else 1
            shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            marks.append(f"BT /F{font} {more[0] if more else size} Tf {x} {y} Td ({shown}) Tj ET")
        content = "\n".join(marks)
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return write_objects(path, objects)


def write_objects(path, objects, trailer=""):
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\n"
    path.write_bytes(data + end.encode() + f"startxref\n{len(data)}\n%%EOF".encode())
    return path


def read(path, **options):
    (piece,) = choose_reader(path).read(path, options)
    return piece


def set_columns(*columns, top=700, gap=190):
    return [[(40 + gap * place, top - 13 * row, text) for row, text in enumerate(lines)] for place, lines in enumerate(columns)]


@pytest.mark.parametrize("columns", [(LEFT, RIGHT), (LEFT, RIGHT, THIRD)])
@pytest.mark.parametrize("order", ["by column", "by row", "right first"])
def test_columns_in_the_order_of_a_reader(tmp_path, columns, order):
    """Whatever the order of the stream, the left column is read first, and what spans the page stands where it is."""
    placed = set_columns(*columns)
    if order == "by row":
        body = [line for row in zip(*placed, strict=True) for line in row]
    else:
        body = [line for column in (placed if order == "by column" else placed[::-1]) for line in column]
    title = (40, 740, "Boletín de la biblioteca popular, de la huerta y de los talleres del barrio del puerto viejo", 12)
    closing = (40, 560, "Este boletín se reparte gratis en la feria de los domingos y en las escuelas del barrio, desde hace años.", 11)
    piece = read(write_pdf(tmp_path / "a.pdf", [[*body, title, closing]]))
    assert piece.text.split("\n") == [title[2], *(" ".join(column) for column in columns), closing[2]]
    assert piece.derivation == ""


def test_a_table_is_read_by_rows(tmp_path):
    cells = [
        ("Provincia", "Habitantes", "Capital"),
        ("Río Negro", "762067", "Viedma"),
        ("Neuquén", "726590", "Neuquén"),
        ("Chubut", "603120", "Rawson"),
        ("La Pampa", "366022", "Santa Rosa"),
        ("Santa Cruz", "333473", "Río Gallegos"),
    ]
    body = [(60 + 150 * column, 700 - 14 * row, cell) for column in range(3) for row, cell in enumerate(line[column] for line in cells)]
    by_row = [(60 + 150 * column, 700 - 14 * row, cell) for row, line in enumerate(cells) for column, cell in enumerate(line)]
    piece = read(write_pdf(tmp_path / "a.pdf", [by_row]))
    assert piece.text.split("\n") == [" | ".join(line) for line in cells]
    assert body != by_row


def test_numbers_of_list_items_may_stand_elsewhere_in_the_stream(tmp_path):
    items = ["Garantizar a toda persona el derecho", "Establecer la publicidad de los actos", "Favorecer la rendición de cuentas"]
    body = [(60, 740, "Artículo 1. La presente ley tiene por objeto:"), (60, 600, "Artículo 2. La ley es de orden público.")]
    body += [(90, 700 - 26 * row, text) for row, text in enumerate(items)] + [(70, 700 - 26 * row, f"{row + 1}.") for row in range(3)]
    piece = read(write_pdf(tmp_path / "a.pdf", [body]))
    assert piece.text.split("\n") == [body[0][2], *(f"{row}. {text}" for row, text in enumerate(items, 1)), body[1][2]]


def line(text, y=400.0, x0=72.0, x1=500.0, page=0, size=10.0, bold=False):
    return Line(text, x0, x1, y, size, bold, page=page, height=792.0)


def test_furniture_alternates_and_is_spelt_in_several_ways():
    heads = [
        "LEY DE BIBLIOTECAS POPULARES  {}",
        "{}  Boletín Oficial de la Provincia",
        "LEY DE BIBLI0TECAS POPULARES  {}",
        "{}  Boletin Oficial de 1a Provincia",
    ]
    pages = []
    for page in range(8):
        body = [line(f"El artículo {page} dice otra cosa en cada página, {row}.", 700 - 14 * row, page=page) for row in range(40)]
        pages.append([line(heads[page % 4].format(page + 1), 770, page=page), *body, line(f"- {page + 1} -", 20, page=page)])
    kept = drop_furniture(pages)
    assert [len(page) for page in kept] == [41, 41, 40, 40, 40, 40, 40, 40]
    assert kept[0][0].text == "LEY DE BIBLIOTECAS POPULARES  1"  # stands once: it tells which law this is
    assert all(each.text.startswith("El artículo") for page in kept[2:] for each in page)


def test_notes_of_reform_are_text_also_where_they_stand_at_an_edge():
    """They recur but for their dates, as furniture does, and stand inside of pages too."""
    pages = [[line(f"Párrafo reformado DOF {page}-12-{1990 + row}", 760 - 70 * row, page=page) for row in range(11)] for page in range(9)]
    assert drop_furniture(pages) == pages


def test_what_recurs_in_the_midst_of_pages_stays():
    pages = [[line("Se resuelve:", 400, page=page), line(f"Texto {page}", 380, page=page)] for page in range(6)]
    assert drop_furniture(pages) == pages


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["La educa-", "ción es un derecho."], "La educación es un derecho."),
        (
            ["La vida político-social. El pacto político-", "social es nuevo."],
            "La vida político-social. El pacto político-social es nuevo.",
        ),
        (["torna e torna; se for, se vier. Ele torna-", "se outro."], "torna e torna; se for, se vier. Ele torna-se outro."),
        (["El camino denomi\u00ad", "nado real."], "El camino denominado real."),
        (["El tramo Cusco-", "Puno sigue cerrado."], "El tramo Cusco-Puno sigue cerrado."),
    ],
)
def test_words_cut_at_line_ends(lines, text):
    assert flow([line(each, 700 - 12 * row) for row, each in enumerate(lines)]) == text


def test_headings_without_a_number_keep_their_line():
    """Also after a line that is full to the margin, and before one that is."""
    full = "El presupuesto se aprueba en sesión pública y se publica en el boletín oficial."
    lines = [
        line(full, 700),
        line("DISPOSICIONES GENERALES", 688, 200, 372),
        line(full, 676),
        line("De las autoridades", 664, 72, 180, bold=True),
        line(full, 652),
        line("Régimen de sanciones", 640, 72, 190, size=13),
        line(full, 628),
    ]
    assert flow(lines).split("\n") == [each.text for each in lines]


def test_a_paragraph_goes_on_over_a_page():
    lines = [
        line("La comisión se reúne una vez por mes y, cuando lo pida un tercio de", 60),
        line("sus miembros, en sesión extraordinaria.", 740, x1=300, page=1),
        line("El quórum es de cinco.", 728, x1=200, page=1),
    ]
    assert (
        flow(lines) == "La comisión se reúne una vez por mes y, cuando lo pida un tercio de sus miembros, en sesión extraordinaria.\n"
        "El quórum es de cinco."
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Artículo 1. La presente ley es de orden público.", ""),
        ("Capítulo uno ......................................................... 3\n" * 9, ""),
        ("\ue012\ue013\ue014 " * 50, "private-use glyphs"),
        ("12", "no text"),
        (
            "".join(
                chr(ord(each) + 3) if each.isalpha() else each for each in "La presente ley es de orden publico y de interes social. " * 9
            ),
            "spell no words",
        ),
        ("%&#+/$<=>~" * 40 + "unas pocas letras nada más aquí", "signs instead of letters"),
    ],
)
def test_badness_of_a_text_layer(text, reason):
    found = judge_text(text)
    assert (reason in found) if reason else not found


def print_image(path, lines, pages=1):
    """A PDF that holds only the picture of a printed page."""
    import pypdfium2

    printed = write_pdf(path.with_name("impreso.pdf"), [[(60, 700 - 30 * row, text, 14) for row, text in enumerate(lines)]])
    with pypdfium2.PdfDocument(printed) as document:
        pixels = document[0].render(scale=300 / 72, grayscale=True).to_numpy()
    tall, wide = pixels.shape
    stream = pixels.tobytes().hex()
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        f"<< /Type /XObject /Subtype /Image /Width {wide} /Height {tall} /ColorSpace /DeviceGray "
        "/BitsPerComponent 8 /Filter /ASCIIHexDecode "
        f"/Length {len(stream) + 1} >>\nstream\n{stream}>\nendstream",
    ]
    for page in range(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * page} 0 R /Resources << /XObject << /I 3 0 R >> >> >>"
        )
        objects.append("<< /Length 30 >>\nstream\nq 612 0 0 792 0 0 cm /I Do Q  \nendstream")
    return write_objects(path, objects)


SCANNED = [
    "Acta de la asamblea de vecinas y vecinos",
    "El señor Núñez pidió que se arregle el camino",
    "de la montaña antes del otoño, según",
    "acordó también la comisión de agua.",
]


def test_without_ocr_an_image_says_how_to_turn_it_on(tmp_path):
    with pytest.raises(Unreadable) as caught:
        read(print_image(tmp_path / "a.pdf", SCANNED))
    assert 'ocr = "auto"' in str(caught.value)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_ocr_keeps_accents_and_says_so(tmp_path):
    piece = read(print_image(tmp_path / "a.pdf", SCANNED), ocr="auto")
    words = " ".join(piece.text.split())
    assert words == " ".join(SCANNED)
    assert piece.derivation.startswith("ocr 1/1 pages tesseract ") and "spa" in piece.derivation and "confidence 9" in piece.derivation


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_ocr_has_a_time_limit_and_asks_for_known_languages(tmp_path):
    path = print_image(tmp_path / "a.pdf", SCANNED)
    with pytest.raises(Unreadable, match="longer than"):
        read(path, ocr=True, ocr_seconds=0.01)
    with pytest.raises(InputError, match="xyz"):
        read(path, ocr=True, ocr_languages="spa+xyz")
    with pytest.raises(InputError, match="ocr is not"):
        read(path, ocr="siempre")


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_ocr_of_a_picture_without_words_says_so(tmp_path):
    with pytest.raises(Unreadable, match="ocr found no words"):
        read(print_image(tmp_path / "a.pdf", []), ocr="auto")


def test_ocr_without_tesseract_names_the_packages(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra) as caught:
        read(print_image(tmp_path / "a.pdf", SCANNED), ocr="auto")
    assert "tesseract-ocr-spa" in str(caught.value)


def test_sound_pages_beside_an_image_are_read_and_the_rest_is_said(tmp_path):
    import pypdfium2

    text = write_pdf(tmp_path / "t.pdf", [[(60, 700 - 13 * row, each) for row, each in enumerate(LEFT)]])
    with pypdfium2.PdfDocument(text) as document, pypdfium2.PdfDocument(print_image(tmp_path / "i.pdf", SCANNED)) as other:
        document.import_pages(other)
        document.save(tmp_path / "both.pdf")
    piece = read(tmp_path / "both.pdf")
    assert piece.text == " ".join(LEFT)
    assert piece.derivation == "not read 1/2 pages: no text"


def make_hostile(name, path):
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"
    catalog = "<< /Type /Catalog /Pages 2 0 R >>"
    if name == "cycle":
        return write_objects(path, [catalog, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])
    if name == "long cycle":
        return write_objects(
            path, [catalog, "<< /Type /Pages /Kids [3 0 R] /Count 9 >>", "<< /Type /Pages /Kids [2 0 R] /Count 9 /Parent 2 0 R >>"]
        )
    if name == "page count bomb":
        return write_objects(path, [catalog, "<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>", page])
    if name == "one page a million times":
        return write_objects(path, [catalog, f"<< /Type /Pages /Kids [{'3 0 R ' * 1_000_000}] /Count 1000000 >>", page])
    if name == "huge box":
        return write_objects(path, [catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page.replace("612 792", "1e9 1e9")])
    if name == "no pages":
        return write_objects(path, [catalog, "<< /Type /Pages /Kids [] /Count 0 >>"])
    if name == "encrypted":
        key = "00" * 32
        lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <{key}> /U <{key}> >> /ID [<{key}> <{key}>] "
        return write_objects(path, [catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page], lock)
    if name == "form in itself":
        itself = "/Resources << /XObject << /X 4 0 R >> >>"
        form = f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] {itself} /Length 5 >>\nstream\n/X Do\nendstream"
        drawn = page.replace(">>", "/Contents 5 0 R /Resources << /XObject << /X 4 0 R >> >> >>")
        return write_objects(
            path, [catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", drawn, form, "<< /Length 5 >>\nstream\n/X Do\nendstream"]
        )
    raise ValueError(name)


@pytest.mark.parametrize(
    "name", ["cycle", "long cycle", "page count bomb", "one page a million times", "huge box", "no pages", "encrypted", "form in itself"]
)
def test_hostile_pdf_ends_soon_with_a_reason(tmp_path, name):
    path = make_hostile(name, tmp_path / "a.pdf")
    began = time.monotonic()
    with pytest.raises(Unreadable):
        read(path)
    assert time.monotonic() - began < 10


def test_encrypted_says_so(tmp_path):
    with pytest.raises(Unreadable, match="encrypted"):
        read(make_hostile("encrypted", tmp_path / "a.pdf"))


def test_footnotes_do_not_cut_a_paragraph_in_two():
    lines = [
        line("Las escuelas rurales reciben libros cada año, según el censo que la", 300),
        line("1 Censo de escuelas de la provincia.", 60, x1=240, size=7),
        line("provincia publicó en otoño.", 740, x1=220, page=1),
        line("El resto compra los suyos.", 728, x1=200, page=1),
    ]
    assert flow(lines).split("\n") == [
        "Las escuelas rurales reciben libros cada año, según el censo que la provincia publicó en otoño.",
        "1 Censo de escuelas de la provincia.",
        "El resto compra los suyos.",
    ]


def test_halves_of_cut_words_are_no_words_to_keep_a_hyphen_for():
    lines = [
        line("El territorio con-", 700),
        line("tinental es vasto y el borde con-", 688),
        line("tinental también lo es. Van con con.", 676),
    ]
    assert flow(lines) == "El territorio continental es vasto y el borde continental también lo es. Van con con."


def test_an_item_after_its_number_is_no_cell(tmp_path):
    body = [(60, 700, "IV."), (110, 700, "Comunidades;"), (60, 680, "V."), (110, 680, "Ejidos;"), (60, 660, "•"), (110, 660, "Otras.")]
    assert read(write_pdf(tmp_path / "a.pdf", [body])).text == "IV. Comunidades;\nV. Ejidos;\n• Otras."


def test_a_line_that_begins_in_bold_goes_on(tmp_path):
    body = [
        (60, 700, "Artículo 1o.", 10, 2),
        (121, 700, "La presente Ley es reglamentaria del párrafo octavo de la Constitución"),
        (60, 687, "Política de los Estados."),
    ]
    assert read(write_pdf(tmp_path / "a.pdf", [body])).text == " ".join(each[2] for each in body)


def test_a_page_said_thousands_of_times_is_a_bomb(tmp_path):
    kids = "3 0 R " * 19_000
    content = "\n".join(
        f"BT /F1 10 Tf 60 {700 - 12 * row} Td (Una frase que se repite en cada una de las muchas hojas) Tj ET" for row in range(50)
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count 19000 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    began = time.monotonic()
    with pytest.raises(Unreadable, match="unfolds"):
        read(write_objects(tmp_path / "a.pdf", objects))
    assert time.monotonic() - began < 30


def test_a_map_of_thousands_of_labels_costs_seconds(tmp_path):
    labels = [(place * 37 % 560, place * 53 % 780, "Cerro Alto y río") for place in range(2900)]
    began = time.monotonic()
    assert "Cerro Alto" in read(write_pdf(tmp_path / "a.pdf", [labels], size=5)).text
    assert time.monotonic() - began < 10


def test_a_pdf_in_an_archive_is_read(tmp_path):
    data = write_pdf(tmp_path / "a.pdf", [[(60, 700, "El acta de la asamblea está en el archivo.")]]).read_bytes()
    with open_member("actas/a.pdf", data, Budget()) as member:
        assert read(member).text == "El acta de la asamblea está en el archivo."
