"""Word, spreadsheets and OpenDocument: small files that the tests write themselves, and hostile ones."""

import zipfile

import pytest

from ayni.core.errors import Unreadable
from ayni.corpus.readers import choose_reader
from ayni.corpus.readers.reader import Bad

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{ns}:1.0"'
    for name, ns in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def pack(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def read(path, **options):
    return list(choose_reader(path).read(path, options))


def p(text, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def in_list(level=0, number=1):
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def docx(path, body, **parts):
    return pack(
        path,
        {
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            **{f"word/{name}.xml": text for name, text in parts.items()},
        },
    )


def odt(path, body):
    content = f"<office:document-content {ODF}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return pack(path, {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def xlsx(path, sheets, strings=(), styles=""):
    names = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1))
    links = "".join(f'<Relationship Id="r{i}" Target="worksheets/s{i}.xml"/>' for i in range(1, len(sheets) + 1))
    shared = "".join(f"<si>{each}</si>" for each in strings)
    return pack(
        path,
        {
            "xl/workbook.xml": f'<workbook {S} xmlns:r="{R}"><sheets>{names}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
            "xl/sharedStrings.xml": f"<sst {S}>{shared}</sst>",
            "xl/styles.xml": f"<styleSheet {S}>{styles}</styleSheet>",
            **{f"xl/worksheets/s{i}.xml": f"<worksheet {S}>{body}</worksheet>" for i, body in enumerate(sheets.values(), 1)},
        },
    )


def row(number, *cells):
    texts = (f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{each}</t></is></c>' for i, each in enumerate(cells) if each)
    return f'<row r="{number}">{"".join(texts)}</row>'


def test_word_tracked_changes_hidden_text_and_fields(tmp_path):
    body = (
        "<w:p><w:r><w:t>El plazo es de </w:t></w:r><w:ins><w:r><w:t>treinta</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>veinte</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>movido</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>oculto</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:t> días.</w:t></w:r></w:p>"
    )
    (piece,) = read(docx(tmp_path / "a.docx", body))
    assert piece.text == "El plazo es de treinta días."


def test_word_tables_and_nested_tables_keep_their_rows(tmp_path):
    inner = f"<w:tbl><w:tr><w:tc>{p('dentro')}</w:tc></w:tr></w:tbl>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('fila borrada')}</w:tc></w:tr>"
    body = (
        f"<w:tbl><w:tr><w:tc>{p('Provincia')}</w:tc><w:tc>{p('uno')}{p('dos')}</w:tc></w:tr>{gone}"
        f"<w:tr><w:tc>{p('Cusco')}{inner}</w:tc><w:tc>{p('3')}</w:tc></w:tr></w:tbl>"
    )
    (piece,) = read(docx(tmp_path / "a.docx", body))
    assert piece.text == "Provincia | uno dos\nCusco dentro | 3"


def test_word_lists_count_as_word_does(tmp_path):
    levels = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Artículo %1."/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>'
    )
    bullets = '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl>'
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="5">{bullets}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num></w:numbering>'
    )
    styles = f'<w:styles {W}><w:style w:styleId="Articulo"><w:pPr>{in_list()}</w:pPr></w:style></w:styles>'
    body = "".join(
        (
            p("Objeto.", in_list()),
            p("uno;", in_list(1)),
            p("dos.", in_list(1)),
            p("Sin lista."),
            p("Fines.", '<w:pStyle w:val="Articulo"/>'),
            p("tres.", in_list(1)),
            p("viñeta", in_list(0, 2)),
        )
    )
    (piece,) = read(docx(tmp_path / "a.docx", body, numbering=numbering, styles=styles))
    assert piece.text.split("\n") == [
        "Artículo 1. Objeto.",
        "a) uno;",
        "b) dos.",
        "Sin lista.",
        "Artículo 2. Fines.",
        "a) tres.",
        "- viñeta",
    ]


def test_word_text_boxes_once_notes_last_headers_never(tmp_path):
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{p('En el recuadro.')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><w:t>Antes</w:t></w:r><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        '</mc:AlternateContent></w:r><w:r><w:t> y después.</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r></w:p>'
    )
    note, other = f'<w:footnote w:id="7">{p("Nota al pie.")}</w:footnote>', f'<w:footnote w:id="8">{p("nadie")}</w:footnote>'
    notes = f"<w:footnotes {W}>{note}{other}</w:footnotes>"
    header = f"<w:hdr {W}>{p('Membrete')}</w:hdr>"
    (piece,) = read(docx(tmp_path / "a.docx", body, footnotes=notes, header1=header))
    assert piece.text == "Antes y después.\nEn el recuadro.\nNota al pie."


def test_spreadsheet_sheets_dates_and_merged_cells(tmp_path):
    first = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>Río Negro</t></is></c><c r="B2" s="1"><v>45292</v></c><c r="C2" t="s"><v>3</v></c></row>'
        '<row r="4"><c r="B4"><v>0.30000000000000004</v></c><c r="C4" t="str"><f>1</f><v>Segunda nota del año.</v></c></row></sheetData>'
        '<mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells>'
    )
    second = f"<sheetData>{row(1, 'texto', 'título')}{row(2, 'Se abrió la biblioteca.', 'Aviso')}</sheetData>"
    strings = (
        "<t>Provincia</t>",
        "<t>Fecha</t>",
        "<t>Texto</t>",
        "<r><t>Primera </t></r><r><t>nota del año.</t></r><rPh><t>guía</t></rPh>",
    )
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    path = xlsx(tmp_path / "a.xlsx", {"Notas": first, "Avisos": second}, strings, styles)
    a, b, c = read(path)
    assert (a.record, a.date) == ("Notas/2", "2024-01-01") and "Primera nota del año." in a.text and "guía" not in a.text
    assert b.record == "Notas/4" and "Segunda nota del año." in b.text and "Río Negro" in b.text
    assert c.record == "Avisos/2" and "Se abrió la biblioteca." in c.text and c.title == "Aviso"
    assert [each.record for each in read(path, sheets=["Avisos"])] == ["Avisos/2"]


def test_spreadsheet_numbers_as_typed(tmp_path):
    from ayni.corpus.readers.sheets_ooxml import EPOCH_1900, read_number

    assert [read_number(value, False, EPOCH_1900) for value in ("7", "0.30000000000000004", "1E+3", "no")] == ["7", "0.3", "1000", "no"]
    dates = [read_number(value, True, EPOCH_1900) for value in ("61", "45292.5", "0.25", "1e300")]
    assert dates == ["1900-03-01", "2024-01-01 12:00:00", "06:00:00", "1e300"]


def test_lines_above_a_table_are_not_its_names(tmp_path):
    body = (
        f"<sheetData>{row(1, 'Registro de bibliotecas populares')}{row(3, 'nombre', 'texto')}{row(4, 'Sur', 'Abre de tarde.')}</sheetData>"
    )
    above, piece = read(xlsx(tmp_path / "a.xlsx", {"Hoja": body}))
    assert above.text == "Registro de bibliotecas populares"
    assert piece.text.endswith("Abre de tarde.") and piece.record == "4"


def test_opendocument_text(tmp_path):
    body = (
        "<text:tracked-changes><text:p>borrado</text:p></text:tracked-changes><text:h>Ley de aguas</text:h>"
        "<text:p>El<text:s/>agua <text:span>es</text:span> de todos<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Nota.</text:p></text:note-body></text:note>.<text:line-break/>Segunda línea"
        "<office:annotation><text:p>comentario</text:p></office:annotation></text:p>"
        "<text:list><text:list-item><text:p>primero</text:p><text:list><text:list-item><text:p>anidado</text:p></text:list-item></text:list>"
        "</text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p><text:p>b</text:p></table:table-cell>"
        "<table:table-cell><text:p>c</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:text-box><text:p>Recuadro</text:p></draw:text-box></draw:frame></text:p>"
    )
    (piece,) = read(odt(tmp_path / "a.odt", body))
    assert piece.text.split("\n") == [
        "Ley de aguas",
        "El agua es de todos.",
        "Segunda línea",
        "- primero",
        "- anidado",
        "a b | c",
        "Recuadro",
        "Nota.",
    ]


def test_opendocument_sheet(tmp_path):
    def cell(text, more=""):
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    rows = "".join(
        f"<table:table-row>{cells}</table:table-row>"
        for cells in (
            cell("zona") + cell("fecha") + cell("texto"),
            cell("Norte", 'table:number-rows-spanned="2"') + cell("1/2/24", 'office:date-value="2024-02-01"') + cell("Una nota."),
            "<table:covered-table-cell/>" + cell("x", 'table:number-columns-repeated="1"') + cell("Otra nota."),
            '<table:table-cell table:number-columns-repeated="16384"/>',
        )
    )
    filling = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row>'
    body = f'<office:body><office:spreadsheet><table:table table:name="H">{rows}{filling}</table:table></office:spreadsheet></office:body>'
    content = f"<office:document-content {ODF}>{body}</office:document-content>"
    path = pack(tmp_path / "a.ods", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})
    first, second = read(path)
    assert first.date == "2024-02-01" and "Una nota." in first.text
    assert "Norte" in second.text and "Otra nota." in second.text


@pytest.mark.parametrize(
    ("name", "reason"), [("a.doc", "convert-to docx"), ("a.xls", "convert-to xlsx"), ("a.docx", "encrypted"), ("a.xlsx", "encrypted")]
)
def test_binary_office_names_its_conversion(tmp_path, name, reason):
    (tmp_path / name).write_bytes(OLE + bytes(600))
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / name)
    assert reason in str(caught.value)


NESTED = "<w:tbl><w:tr><w:tc>" * 150 + "</w:tc></w:tr></w:tbl>" * 150
DEEP = "<text:section>" * 230 + "</text:section>" * 230


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: docx(path / "a.docx", ""), "no text"),
        (lambda path: docx(path / "a.docx", NESTED), "nested too deeply|not well-formed"),
        (lambda path: odt(path / "a.odt", ""), "no text"),
        (lambda path: odt(path / "a.odt", DEEP), "nested too deeply"),
        (lambda path: xlsx(path / "a.xlsx", {"H": "<sheetData/>"}), "no cells"),
        (lambda path: xlsx(path / "a.xlsx", {"H": '<sheetData><row r="99999999"><c><v>1</v></c></row></sheetData>'}), "more cells"),
        (lambda path: pack(path / "a.xlsx", {"xl/other.xml": "<a/>"}), "lacks"),
        (lambda path: pack(path / "a.docx", {"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "entities"),
    ],
)
def test_hostile_office_file_has_a_reason(tmp_path, make, reason):
    with pytest.raises(Unreadable, match=reason):
        read(make(tmp_path))


def test_a_cell_far_to_the_right_costs_one_row(tmp_path):
    cells = (f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in (("ZZZZ1", "lejos"), ("XFD1", "aquí")))
    body = f'<sheetData><row r="1">{"".join(cells)}</row></sheetData>'
    pieces = read(xlsx(tmp_path / "a.xlsx", {"H": body}), header=False)
    assert [piece.text for piece in pieces if not isinstance(piece, Bad)] == ["lejos | aquí"]
