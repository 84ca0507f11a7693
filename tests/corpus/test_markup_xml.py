"""XML of every kind, EPUB, MARC and transcripts, written by hand: the text is all there, in order, and in words."""

import io
import zipfile

import pytest

from ayni.core.errors import Unreadable
from ayni.corpus.readers import choose_reader
from ayni.corpus.readers.markup import language_tag, parse_xml
from ayni.corpus.readers.mathml import render
from ayni.corpus.readers.reader import Bad
from ayni.corpus.readers.wrapped import join_lines, lift_page_lines

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<!-- una nota -->
<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="es-AR"><teiHeader><fileDesc>
 <titleStmt><title type="main">El patio</title><title type="sub">Novela corta</title><title type="short">Patio</title>
  <author><name type="full">Ríos, Ana</name><name type="short">RíosA</name></author></titleStmt>
 <publicationStmt><date>2020</date><idno type="url">https://example.org/patio</idno>
  <availability><p>Libre.</p><licence target="https://creativecommons.org/publicdomain/mark/1.0/">libre</licence></availability>
 </publicationStmt>
 <sourceDesc><bibl><date when="1911">1911</date></bibl><bibl><date when="1903">1903</date></bibl></sourceDesc>
</fileDesc></teiHeader>
<text>{}</text></TEI>"""


def read(tmp_path, name, data, **options):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(choose_reader(path).read(path, options))


def read_tei(tmp_path, body):
    return read(tmp_path, "obra.xml", TEI.format(body))


def test_tei_header_is_not_text_but_fields(tmp_path):
    (piece,) = read_tei(tmp_path, "<body><p>Había una vez.</p></body>")
    assert piece.text == "Había una vez."
    assert (piece.title, piece.date, piece.language) == ("El patio. Novela corta", "1903", "es")
    assert piece.group == "Ríos, Ana: El patio. Novela corta"
    assert piece.license == "https://creativecommons.org/publicdomain/mark/1.0/"
    assert piece.url == "https://example.org/patio"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>Uno,\n   <hi>dos</hi>.</p>\n<p>Tres.</p>", "Uno, dos.\n\nTres."),
        ("<head>I</head><lg><l>Verso uno,</l><l>verso dos.</l></lg><lg><l>Otro.</l></lg>", "I\n\nVerso uno,\nverso dos.\n\nOtro."),
        ("<p>Antes<note>La nota.</note> y después.</p><p>Fin.</p>", "Antes y después.\n\nLa nota.\n\nFin."),
        ("<p>A<note>primera</note> B<note>segunda</note>.</p>", "A B .\n\nprimera\n\nsegunda"),
        ("<p>La pala<lb break='no'/>bra y la<lb/>otra.</p>", "La palabra y la otra."),
        ("<p>Dice <choice><sic>bino</sic><corr>vino</corr></choice> y <choice><orig>muger</orig><reg>mujer</reg></choice>.</p>",
         "Dice vino y muger."),
        ("<p>Falta <gap/> aquí<fw>123</fw>.</p>", "Falta […] aquí."),
        ("<p>Decía: <floatingText><body><p>Querido.</p></body></floatingText> y firmaba.</p>", "Decía:\n\nQuerido.\n\ny firmaba."),
        ("<sp><speaker>Juan</speaker><p>Hola.</p></sp>", "Juan\n\nHola."),
        ("<table><row><cell>a</cell><cell>b</cell></row><row><cell>c</cell><cell>d</cell></row></table>", "a | b\nc | d"),
        ("<listOrg><org><orgName>Imprenta</orgName><country>Cuba</country></org></listOrg>", "Imprenta, Cuba"),
    ],
)  # fmt: skip
def test_tei_text(tmp_path, body, text):
    (piece,) = read_tei(tmp_path, f"<body><div>{body}</div></body>")
    assert piece.text == text


def test_tei_bibliography_gives_a_document_an_entry(tmp_path):
    entry = "<biblStruct xml:id='E{0}'><monogr><author>Paz, Luz</author><title>Obra {0}</title><imprint><publisher>Sur</publisher>"
    entry += "<date when='19{0}0'>19{0}0</date></imprint></monogr></biblStruct>"
    pieces = read_tei(tmp_path, f"<body><listBibl>{entry.format(1)}{entry.format(2)}</listBibl></body>")
    assert {(piece.license[:5], piece.group) for piece in pieces} == {("https", "El patio. Novela corta")}
    assert [(piece.record, piece.text, piece.date) for piece in pieces] == [
        ("E1", "Paz, Luz\nObra 1\nSur, 1910", "1910"),
        ("E2", "Paz, Luz\nObra 2\nSur, 1920", "1920"),
    ]
    prose = "<listBibl><bibl>Paz, Luz. <hi>Obra.</hi> Sur.</bibl><bibl>Gil, Eva. Otra.</bibl></listBibl>"
    (piece,) = read_tei(tmp_path, f"<body>{prose}</body>")
    assert piece.text == "Paz, Luz. Obra. Sur.\nGil, Eva. Otra."


def test_tei_corpus_and_group(tmp_path):
    work = TEI.format("<body><p>{}</p></body>").partition("?>")[2]
    pieces = read(tmp_path, "a.tei", f'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">{work.format("Uno")}{work.format("Dos")}</teiCorpus>')
    assert [(piece.record, piece.text) for piece in pieces] == [("1", "Uno"), ("2", "Dos")]
    texts = "".join(f"<text><body><head>{name}</head><p>texto {name}</p></body></text>" for name in "AB")
    pieces = read_tei(tmp_path, f"<front><p>Prólogo</p></front><group>{texts}</group>")
    assert [(piece.title, piece.text) for piece in pieces] == [
        ("A", "A\n\ntexto A"),
        ("B", "B\n\ntexto B"),
        ("El patio. Novela corta", "Prólogo"),
    ]


AKN = """<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act name="ley"><meta><identification source="#x">
<FRBRWork><FRBRuri value="/mx/ley/2001/uno"/><FRBRdate date="2001-02-03" name="x"/><FRBRcountry value="mx"/></FRBRWork>
<FRBRExpression><FRBRlanguage language="spa"/></FRBRExpression></identification></meta><body>{}</body></act></akomaNtoso>"""


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<article><num>Artículo 1.</num><paragraph><content><p>Artículo 1. Se aprueba.</p></content></paragraph></article>",
         "Artículo 1. Se aprueba."),
        ("<article><num>Art. 2º</num><content><p>Rige mañana.</p></content></article>", "Art. 2º Rige mañana."),
        ("<article><num>3</num><heading>Objeto</heading><list><intro><p>Son:</p></intro><point><num>a)</num><content><p>uno;</p></content>"
         "</point><point><num>b)</num><content><p>dos.</p></content></point></list></article>", "3 Objeto\nSon:\na) uno;\nb) dos."),
        ("<chapter><num>Capítulo I</num><article><num>1</num><content><p>Sí.</p></content></article></chapter>", "Capítulo I\n\n1 Sí."),
        ("<article><content><p>Texto.\nReformado DOF</p></content><note><p>Reformado DOF</p></note><note><p>Otra</p></note></article>",
         "Texto.\nReformado DOF\nOtra"),
    ],
)  # fmt: skip
def test_akoma_ntoso_text(tmp_path, body, text):
    (piece,) = read(tmp_path, "ley.xml", AKN.format(body))
    assert piece.text == text
    assert (piece.date, piece.language, piece.country, piece.group) == ("2001-02-03", "es", "MX", "/mx/ley/2001/uno")


def test_lines_of_a_page_become_sentences():
    page = "{} de 3\nLEY DE AGUAS\nSecretaría"
    text = f"Artículo 1. El agua es de\n{page.format(1)}\ntodos los pueblos de la región y nadie la puede vender por ningún motivo.\n"
    text += f"I. El río;\nII. La lluvia.\n{page.format(2)}\nArtículo 2. Rige hoy.\n{page.format(3)}\nFirma."
    assert lift_page_lines("Uno de tres.\n1 de 2\nDos.") == ("", "Uno de tres.\n1 de 2\nDos.")
    heading, rest = lift_page_lines(text)
    assert heading == "LEY DE AGUAS\nSecretaría"
    assert join_lines(rest) == (
        "Artículo 1. El agua es de todos los pueblos de la región y nadie la puede vender por ningún motivo.\n"
        "I. El río;\nII. La lluvia.\nArtículo 2. Rige hoy.\nFirma."
    )


MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<mi>F</mi><mo>=</mo><mi>m</mi><mi>a</mi>", "F = ma"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mn>2</mn><mi>c</mi></mrow></mfrac>", "(a + b)/(2c)"),
        ("<mn>1,5</mn><mo>×</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup>", "1,5 × 10⁻³"),
        ("<msup><mi>e</mi><mrow><mi>x</mi><mo>+</mo><mi>y</mi></mrow></msup>", "e^(x + y)"),
        ("<msub><mi>v</mi><mn>0</mn></msub><mo>−</mo><msub><mi>v</mi><mi>máx</mi></msub>", "v₀ − v_máx"),
        ("<msqrt><mn>2</mn><mi>x</mi></msqrt>", "√(2x)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√x"),
        ("<mover><mi>F</mi><mo>→</mo></mover>", "F\u20d7"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>N</mi></munderover><mi>i</mi>", "∑_(i = 1)^N i"),
        ("<mi>sen</mi><mi>θ</mi>", "sen θ"),
        ("<mo>−</mo><mn>3</mn>", "−3"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable>",
         "1 0; 0 1"),
        ("<mfenced><mi>x</mi><mi>y</mi></mfenced>", "(x,y)"),
        ("<semantics><mi>x</mi><annotation>\\foo</annotation></semantics>", "x"),
    ],
)  # fmt: skip
def test_formulas(formula, text):
    assert render(parse_xml(MATH.format(formula).encode(), "m")) == text


def test_cnxml_module(tmp_path):
    module = """<document xmlns="http://cnx.rice.edu/cnxml" xmlns:m="http://www.w3.org/1998/Math/MathML"><title>Fuerza</title>
    <metadata xmlns:md="http://cnx.rice.edu/mdml"><md:content-id>m1</md:content-id><md:title>Fuerza</md:title>
    <md:abstract>Al final podrá: <list><item>medir</item></list></md:abstract></metadata>
    <content><para>La segunda ley es <m:math><m:mi>F</m:mi><m:mo>=</m:mo><m:mi>m</m:mi><m:mi>a</m:mi></m:math>; véase la
    <link target-id="f1"/> y el resto (<link document="m2"/>).</para>
    <figure id="f1"><media alt="Un bloque."><image src="a.png"/></media><caption>El bloque.</caption></figure>
    <table><tgroup><tbody><row><entry>a</entry><entry>b</entry></row></tbody></tgroup></table></content>
    <glossary><definition><term>fuerza</term><meaning>empuje</meaning></definition></glossary></document>"""
    (piece,) = read(tmp_path, "m1.cnxml", module)
    assert piece.title == "Fuerza"
    assert piece.text.replace("\n\n", "\n").split("\n") == [
        *("Fuerza", "Al final podrá:", "medir", "La segunda ley es F = ma; véase la Figura y el resto.", "Un bloque.", "El bloque."),
        *("a | b", "fuerza:", "empuje"),
    ]


def test_scripture_gives_a_document_a_book(tmp_path):
    verses = "<div id='b.MAT.{0}' type='chapter'><seg id='b.MAT.{0}.1' type='verse'>\n uno {0} \n</seg><seg type='verse'>dos</seg></div>"
    book = "<div id='b.MAT' type='book'>" + verses.format(1) + verses.format(2) + "</div><div id='b.MRK' type='book'><seg>tres</seg></div>"
    header = "<cesHeader><h.title>Bible(SPA)</h.title><language id='es' iso639='spa'>Español</language></cesHeader>"
    pieces = read(tmp_path, "b.xml", f"<cesDoc>{header}<text><body>{book}</body></text></cesDoc>")
    assert [(piece.record, piece.text, piece.language) for piece in pieces] == [
        ("MAT", "uno 1\ndos\n\nuno 2\ndos", "es"),
        ("MRK", "tres", "es"),
    ]
    assert {piece.group for piece in pieces} == {"Bible(SPA)"}


def test_any_other_xml(tmp_path):
    (piece,) = read(
        tmp_path, "x.xml", '<acta xml:lang="pt-BR"><titulo>Ata</titulo><item>Um <b>dois</b> três.</item><item>Fim.</item></acta>'
    )
    assert (piece.text, piece.language) == ("Ata\nUm dois três.\nFim.", "pt")


def test_encodings_of_xml(tmp_path):
    body = "<a><p>El niño cantó una canción bajo el árbol.</p></a>"
    declared = "<?xml version='1.0' encoding='{}'?>" + body
    for stated, real in [("ISO-8859-1",) * 2, ("UTF-8", "cp1252"), ("ISO-8859-1", "utf-8"), ("UTF-16", "utf-16"), ("windows-1252",) * 2]:
        (piece,) = read(tmp_path, "x.xml", declared.format(stated).encode(real))
        assert piece.text == "El niño cantó una canción bajo el árbol.", (stated, real)
    (piece,) = read(tmp_path, "x.xml", "<a><p>con\x0b control y &aacute;&nbsp;&ntilde; &amp; más</p><![CDATA[&ntilde;]]></a>")
    assert piece.text.replace("\n", " ") == "con control y á ñ & más &ntilde;"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "entities"),
        ("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "entities"),
        ("<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16"), "entities"),
        ("<a>" * 5000 + "x" + "</a>" * 5000, "well-formed"),
        ("<a><p>cortado", "well-formed"),
        ("<?xml version='1.0'?><planilla/>", "no text"),
        ("<a>&#0;</a>", "well-formed"),
    ],
)
def test_hostile_xml_has_a_reason(tmp_path, data, reason):
    with pytest.raises(Unreadable, match=reason):
        read(tmp_path, "x.xml", data)


def test_external_dtd_is_not_fetched(tmp_path):
    (piece,) = read(tmp_path, "x.xml", "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a>hola</a>")
    assert piece.text == "hola"


def make_epub(chapters, spine=None, extra=None):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", "<container><rootfiles><rootfile full-path='O/p.opf'/></rootfiles></container>")
        items = "".join(f"<item id='{name}' href='t%20x/{name}.xhtml'/>" for name in chapters)
        refs = "".join(f"<itemref idref='{name}'/>" for name in spine or chapters)
        meta = "<metadata xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>Libro</dc:title><dc:language>pt-BR</dc:language></metadata>"
        archive.writestr("O/p.opf", f"<package>{meta}<manifest>{items}</manifest><spine>{refs}</spine></package>")
        for name, data in chapters.items():
            archive.writestr(f"O/t x/{name}.xhtml", data)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return body.getvalue()


def test_epub_reads_in_the_order_of_the_spine_and_all_of_it(tmp_path):
    page = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>{}</body></html>"
    chapters = {
        "b": page.format("<h1>Dos</h1>suelto<div>en div<p>p&aacute;rrafo</p>cola</div><table><tr><td>a</td><td>b</td></tr></table>"),
        "a": page.format("<h1>Uno</h1><ul><li>x<ul><li>y</li></ul></li></ul><script>no()</script>"),
        "c": "<p>sin <b>cerrar<br>la etiqueta",
    }
    pieces = read(tmp_path, "l.epub", make_epub(chapters, ["a", "b", "c"]))
    assert [(piece.record, piece.title, piece.text) for piece in pieces] == [
        ("1", "Uno", "Uno\nx\ny"),
        ("2", "Dos", "Dos\nsuelto\nen div\npárrafo\ncola\na | b"),
        ("3", "Libro", "sin cerrar\nla etiqueta"),
    ]
    assert {piece.language for piece in pieces} == {"pt"}


def test_epub_locked_or_missing_chapter_is_a_bad_record(tmp_path):
    locked = "<encryption><EncryptedData><CipherReference URI='O/t%20x/a.xhtml'/></EncryptedData></encryption>"
    book = make_epub({"a": "\x93\x01", "b": "<html><body><p>bien</p></body></html>"}, extra={"META-INF/encryption.xml": locked})
    bad, good = read(tmp_path, "l.epub", book)
    assert isinstance(bad, Bad) and "encrypted" in bad.reason
    assert good.text == "bien"


def make_marc(title, *, leader9=" ", encode=lambda text: text.encode("latin-1")):
    fields = [("001", b"n1\x1e"), ("245", b"10\x1fa" + encode(title) + b" /\x1e"), ("500", b"  \x1fa" + encode("Es prosa.") + b"\x1e")]
    directory, body = b"", b""
    for tag, data in fields:
        directory += f"{tag}{len(data):04}{len(body):05}".encode()
        body += data
    base = 24 + len(directory) + 1
    total = base + len(body) + 1
    return f"{total:05}nam {leader9}22{base:05} i 4500".encode()[:24] + directory + b"\x1e" + body + b"\x1d"


ACUTE = {"á": b"\xe2a", "ó": b"\xe2o", "ñ": b"\xe4n"}  # MARC-8 (ANSEL): the accent stands before its letter


@pytest.mark.parametrize(
    ("leader9", "encode"),
    [
        (" ", lambda text: text.encode("latin-1")),
        (" ", lambda text: text.encode("utf-8")),
        ("a", lambda text: text.encode("utf-8")),
        ("a", lambda text: text.encode("cp1252")),
        (" ", lambda text: b"".join(ACUTE.get(letter, letter.encode("latin-1")) for letter in text)),
    ],
    ids=["latin-1", "utf-8 unmarked", "utf-8", "cp1252 marked utf-8", "marc-8"],
)
def test_marc_encodings(tmp_path, leader9, encode):
    (piece,) = read(tmp_path, "c.mrc", make_marc("Canción del niño y del árbol pequeño", leader9=leader9, encode=encode))
    assert piece.text == "Canción del niño y del árbol pequeño\nEs prosa."


def test_marc_records_of_different_pages_in_one_file(tmp_path):
    title = "Canción del niño y del árbol pequeño"
    data = make_marc(title) + make_marc(title, encode=str.encode) + make_marc("Old song") + make_marc(title)
    assert [piece.title for piece in read(tmp_path, "c.mrc", data)] == [title, title, "Old song", title]


def test_marc_spoilt_record_costs_only_itself(tmp_path):
    good = make_marc("Uno")
    pieces = read(tmp_path, "c.mrc", good + b"00099nam  22" + good[12:] + good.replace(b"Uno", b"Dos") + good[:40])
    assert [piece.title for piece in pieces if not isinstance(piece, Bad)] == ["Uno", "Dos"]
    assert [piece.offset for piece in pieces if isinstance(piece, Bad)] == [len(good), 3 * len(good)]


TRANSCRIPT = """; CDR: 00.00
; File: charla1
; Last changes made on 07/16/2001
; Transcriber: Alguien

charla1_x_0000_ana_00:
M: mari <uh> mari <*SPA>hermana <!1hermana> <Noise>
C: buenos días hermana
   (saludo)

charla1_x_0001_luz_00:
M: may +/may/+ *may.
C: sí
"""  # mari mari (a greeting) and may (yes) are words of the real transcripts (Duan et al. 2019, arXiv:1912.01772)


def test_transcript_has_two_sides(tmp_path):
    first, second = read(tmp_path, "charla.txt", TRANSCRIPT.replace("\n", "\r\n").encode("latin-1"))
    assert (first.language, first.text) == ("arn", "mari mari hermana\nmay may may.")
    assert (second.language, second.text) == ("es", "buenos días hermana (saludo)\nsí")
    assert (first.date, first.title, first.group, second.group) == ("2001-07-16", "charla1", "./charla1", "./charla1")
    marked, _ = read(tmp_path, "charla.txt", TRANSCRIPT, marks=True)
    assert marked.text.startswith("mari mari <*SPA>hermana")


def test_transcript_without_translation(tmp_path):
    text = TRANSCRIPT.partition("charla1_x")[0] + "charla1_x_0000_ana_00: mari mari\ncharla1_x_0001_luz_00: may\n"
    assert [(piece.text, piece.record) for piece in read(tmp_path, "charla.trl", text)] == [("mari mari\nmay", "")]


def test_transcript_with_binary_remains(tmp_path):
    data = TRANSCRIPT.encode().replace(b"C: s\xc3\xad", b"\x00\x01\xff\x00junk\nC: s\xc3\xad")
    bad, first, second = read(tmp_path, "charla.txt", data)
    assert isinstance(bad, Bad) and bad.offset == data.index(b"\0")
    assert first.text.endswith("may may.") and second.text.endswith("sí")


def test_language_tags():
    assert [language_tag(each) for each in ("spa", "pt-BR", "que", "arn", "C", "es_MX", "")] == ["es", "pt", "qu", "arn", "", "es", ""]
