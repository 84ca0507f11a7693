"""Build the starter corpus's files of an institution's forms from their sources: same bytes on every run and machine.

    pip install "pymarc>=5.2,<6" "reportlab==5.1.0"
    python dev/starter/build.py                          every source, into src/ayni/assets/starter/<cc>/
    python dev/starter/build.py --check                  writes nothing; names each file that differs from its source

A source is `dev/starter/texts/<cc>_<name>.<form>`, in UTF-8; it becomes `src/ayni/assets/starter/<cc>/<name>.<suffix>`:

    .html       a page in Latin-1, declared so; other characters as entities         -> .html
    .marc.txt   `# lengua: spa` and other header lines, then one record a line:
                author | title | place | year | subject; subject | summary           -> .xml  (MARCXML)
    .pdf.txt    below: a PDF with text layer, page header and page numbers           -> .pdf
    .docx.txt   below: a Word document                                               -> .docx
    .epub.txt   below: an EPUB 3 book, one chapter for each heading                  -> .epub

The last three: first line `title: ...`, a blank line, then paragraphs apart by blank lines. A line that begins with `# ` is a
heading; a paragraph whose lines all begin with `- ` is a list. A PDF may have a second line `header: ...`, which stands at the
top of its pages instead of the title. A bad source is named with its line, the others are built, and the exit status is 1.

Zip members and PDF streams are not compressed, so that the bytes do not hang on a version of zlib.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import sys
import unicodedata
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import codepoint2name
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "dev/starter/texts"
STARTER = ROOT / "src/ayni/assets/starter"

COUNTRIES = ("ar", "bo", "br", "cl", "co", "cr", "cu", "do", "ec", "gt", "hn", "mx", "ni", "pa", "pe", "pr", "py", "sv", "uy", "ve")
LETTER = ("cl", "co", "cr", "do", "gt", "hn", "mx", "ni", "pa", "pr", "sv", "ve")  # the others print on A4
DAY = "2026-11-01T00:00:00Z"
ZIP_DAY = (2026, 11, 1, 0, 0, 0)

_NAME = re.compile(r"([a-z]{2})_([a-z0-9_]+)\.(html|marc\.txt|pdf\.txt|docx\.txt|epub\.txt)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]")
_SUFFIXES = {"html": "html", "marc.txt": "xml", "pdf.txt": "pdf", "docx.txt": "docx", "epub.txt": "epub"}


class BadSource(Exception):
    """A source that cannot be built; `line` counts from 1, 0 where no one line is to blame."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Source:
    """One source file: country, name, form and text."""

    country: str
    name: str
    form: str
    text: str

    @property
    def target(self) -> str:
        """Where it goes, below the starter folder."""
        return f"{self.country}/{self.name}.{_SUFFIXES[self.form]}"

    @property
    def language(self) -> str:
        """The language tag of its country's Spanish or Portuguese."""
        return "pt-BR" if self.country == "br" else f"es-{self.country.upper()}"


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading or an item of a list, with the line on which it begins."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Text:
    """A parsed .pdf.txt, .docx.txt or .epub.txt."""

    title: str
    header: str
    blocks: tuple[Block, ...]


def main(arguments: list[str] | None = None) -> int:
    """Build or check every source; the number of the exit status says whether all went well."""
    parser = argparse.ArgumentParser(description="Build the starter corpus's files from dev/starter/texts.")
    parser.add_argument("--check", action="store_true", help="write nothing; name the files that differ from their sources")
    check = parser.parse_args(arguments).check
    paths = sorted(path for path in TEXTS.iterdir() if not path.name.startswith("."))
    outcomes = [handle_source(path, check) for path in paths]
    problems = [line for line in outcomes if line]
    for line in problems:
        print(line, file=sys.stderr)
    print(f"{len(paths) - len(problems)} of {len(paths)} sources {'are as built' if check else 'built'}")
    return 1 if problems else 0


def handle_source(path: Path, check: bool) -> str:
    """Build one source; returns what is wrong with it, or nothing."""
    try:
        source = read_source(path)
        data = build_source(source)
    except BadSource as error:
        return f"{path.name}{f':{error.line}' if error.line else ''}: {error}"
    target = STARTER / source.target
    same = target.is_file() and target.read_bytes() == data
    if check:
        return "" if same else f"{path.name}: {source.target} is not what this source gives; run build.py"
    if not same:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return ""


def read_source(path: Path) -> Source:
    """Read and name a source. Raises BadSource for a wrong name, encoding or character."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise BadSource(f"the name must be <cc>_<name>.<form>, lower case, the form one of: {', '.join(_SUFFIXES)}")
    country, name, form = named.groups()
    if country not in COUNTRIES:
        raise BadSource(f"no country '{country}'; there are: {', '.join(COUNTRIES)}")
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadSource(f"not UTF-8: byte {data[error.start]:#04x}", data[: error.start].count(b"\n") + 1) from error
    text = unicodedata.normalize("NFC", text)
    odd = _CONTROL.search(text)
    if odd:
        raise BadSource(f"control character {odd.group()!r}", line_of(text, odd.start()))
    if not text.strip():
        raise BadSource("the file is empty")
    return Source(country, name, form, text)


def build_source(source: Source) -> bytes:
    """The bytes of the file that a source becomes."""
    return _BUILDERS[source.form](source)


def line_of(text: str, place: int) -> int:
    """The line, from 1, on which a place in a text lies."""
    return text.count("\n", 0, place) + 1


# --- text with a title -------------------------------------------------------------------------------------------------


def parse_text(source: Source) -> Text:
    """Title, header and blocks. Raises BadSource."""
    lines = source.text.rstrip("\n").split("\n")
    head = lines[: lines.index("")] if "" in lines else lines
    fields = {}
    for number, line in enumerate(head, 1):
        key, colon, value = line.partition(":")
        if not colon or key not in ("title", "header") or not value.strip() or key in fields:
            raise BadSource("the source begins with 'title: ...' (and, for a PDF, 'header: ...'), then a blank line", number)
        fields[key] = value.strip()
    if "title" not in fields:
        raise BadSource("the first line must be 'title: ...'", 1)
    blocks = tuple(parse_blocks(lines, len(head)))
    if not any(block.kind == "paragraph" for block in blocks):
        raise BadSource("no paragraph below the title")
    return Text(fields["title"], fields.get("header", fields["title"]), blocks)


def parse_blocks(lines: list[str], start: int) -> Iterator[Block]:
    """Blocks of the lines from `start`: blank lines and headings part them. Raises BadSource for an unknown mark."""
    held: list[str] = []
    for number, line in enumerate([*lines[start:], ""], start + 1):
        if line.strip() and not line.startswith("#"):
            held.append(line.strip())
            continue
        if held:
            yield from make_blocks(held, number - len(held))
            held = []
        if line.startswith("# ") and line[2:].strip():
            yield Block("heading", line[2:].strip(), number)
        elif line.strip():
            raise BadSource("a heading begins with '# ', and there is one level only", number)


def make_blocks(lines: list[str], number: int) -> Iterator[Block]:
    """A paragraph, or the items of a list."""
    if all(line.startswith("- ") for line in lines):
        yield from (Block("item", line[2:].strip(), number + place) for place, line in enumerate(lines))
    else:
        yield Block("paragraph", " ".join(lines), number)


# --- HTML --------------------------------------------------------------------------------------------------------------


def build_html(source: Source) -> bytes:
    """The page in Latin-1, with a declaration that says so. Raises BadSource where it has no head or no body."""
    page = source.text
    for needed in ("<html", "<head", "<body"):
        if needed not in page.lower():
            raise BadSource(f"the page has no {needed}>")
    declared = re.compile(r"(<meta[^>]*charset\s*=\s*[\"']?)[A-Za-z0-9_.:-]+", re.IGNORECASE)
    if declared.search(page):
        page = declared.sub(r"\1iso-8859-1", page)
    else:
        page = re.sub(r"(<head[^>]*>)", r'\1<meta charset="iso-8859-1">', page, count=1, flags=re.IGNORECASE)
    return "".join(map(to_latin, page)).encode("latin-1")


def to_latin(character: str) -> str:
    """The character, or an entity where Latin-1 lacks it."""
    code = ord(character)
    if code < 256:
        return character
    return f"&{codepoint2name[code]};" if code in codepoint2name else f"&#{code};"


# --- MARCXML -----------------------------------------------------------------------------------------------------------

_COLUMNS = ("author", "title", "place", "year", "subjects", "summary")
_DATES = re.compile(r",\s*((?:ca\. )?\d{4}\??-(?:ca\. )?(?:\d{4}\??)?)$")
_ARTICLES = {"spa": "el la los las un una unos unas lo", "por": "o a os as um uma uns umas"}
_SLIM = "http://www.loc.gov/MARC21/slim"
_PERIOD = re.compile(r"\d{3,4}|S\.|Siglos?\b|S[ée]culos?\b")
_FORMS = ("Novela", "Cuentos", "Poesía", "Teatro", "Ensayos", "Ficção", "Contos", "Poesia", "Crónicas", "Biografía", "Literatura infantil")
_PLACES = {
    *("Argentina", "Bolivia", "Brasil", "Chile", "Colombia", "Costa Rica", "Cuba", "República Dominicana", "Ecuador", "El Salvador"),
    *("Guatemala", "Honduras", "México", "Nicaragua", "Panamá", "Paraguay", "Perú", "Puerto Rico", "Uruguay", "Venezuela"),
    *("América", "América Latina", "América Central", "Caribe", "París", "Ceará", "São Paulo (SP)", "Brasil, Nordeste"),
}


def build_marc(source: Source) -> bytes:
    """A MARCXML collection. Raises BadSource with the line of a bad record."""
    from pymarc import record_to_xml_node

    header, rows = parse_rows(source.text)
    if not rows:
        raise BadSource("no record below the header")
    collection = ElementTree.Element("collection", {"xmlns": _SLIM})
    for place, (_, row) in enumerate(rows, 1):
        collection.append(record_to_xml_node(make_record(source, header, row, place)))
    ElementTree.indent(collection, " ")
    body = ElementTree.tostring(collection, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def parse_rows(text: str) -> tuple[dict[str, str], list[tuple[int, dict[str, str]]]]:
    """The header's fields, without accents in their names, and the rows by column."""
    header: dict[str, str] = {}
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#"):
            key, colon, value = line.lstrip("# ").partition(":")
            if not colon or rows:
                raise BadSource("a header line is '# key: value' and stands above the records", number)
            header[strip_accents(key.strip().lower())] = value.strip()
        elif line.strip():
            rows.append((number, parse_row(line, number)))
    if header.get("lengua") not in _ARTICLES:
        raise BadSource("the header needs '# lengua: spa' or '# lengua: por'", 1)
    return header, rows


def parse_row(line: str, number: int) -> dict[str, str]:
    """One record's fields. Raises BadSource."""
    cells = [cell.strip() for cell in line.split(" | ")]
    if len(cells) != len(_COLUMNS):
        raise BadSource(f"{len(cells)} fields apart by ' | ', there must be {len(_COLUMNS)}: {', '.join(_COLUMNS)}", number)
    row = dict(zip(_COLUMNS, cells, strict=True))
    if not row["title"] or not row["summary"]:
        raise BadSource("a record needs a title and a summary", number)
    if not re.search(r"\d{4}", row["year"]):
        raise BadSource(f"no year of four digits in '{row['year']}'", number)
    return row


def strip_accents(text: str) -> str:
    """Letters without their marks."""
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def make_record(source: Source, header: dict[str, str], row: dict[str, str], place: int) -> object:
    """One bibliographic record, MARC 21, with ISBD punctuation."""
    from pymarc import Field, Leader, Record

    record = Record()
    record.leader = Leader("00000nam a2200000 i 4500")
    language = header["lengua"]
    record.add_field(Field(tag="001", data=f"{source.country}-{source.name}-{place:04d}"))
    record.add_field(Field(tag="003", data="AYNI"))
    record.add_field(Field(tag="005", data="20261101000000.0"))
    record.add_field(Field(tag="008", data=make_008(row["year"], language)))
    record.add_field(make_field("040", "  ", a="AYNI", b=language))
    record.add_field(make_field("041", "0 ", a=language))
    if header.get("clasificacion"):
        record.add_field(make_field("084", "  ", a=header["clasificacion"], **{"2": "local"}))
    if row["author"]:
        record.add_field(make_author(row["author"]))
    record.add_field(make_title(row, language))
    record.add_field(make_field("264", " 1", a=f"{row['place'] or '[S.l.]'},", c=f"{row['year']}."))
    record.add_field(make_field("520", "  ", a=row["summary"]))
    if header.get("titulo-coleccion"):
        record.add_field(make_field("590", "  ", a=header["titulo-coleccion"]))
    for subject in filter(None, map(str.strip, row["subjects"].split(";"))):
        record.add_field(make_subject(subject))
    return record


def make_field(tag: str, marks: str, **parts: str) -> object:
    """A data field: `marks` are its two indicators, a blank where there is none."""
    from pymarc import Field, Indicators, Subfield

    return Field(tag=tag, indicators=Indicators(*marks), subfields=[Subfield(code, value) for code, value in parts.items()])


def make_008(year: str, language: str) -> str:
    """The forty characters of field 008, of a book of one date."""
    found = re.search(r"\d{4}", year)
    return f"261101s{found.group() if found else '    '}    xx            000 | {language} d"


def make_author(author: str) -> object:
    """Field 100: name and dates."""
    dates = _DATES.search(author)
    name = author[: dates.start()] if dates else author
    parts = {"a": f"{name},", "d": dates.group(1)} if dates else {"a": name}
    return make_field("100", "1 " if "," in name else "0 ", **parts)


def make_title(row: dict[str, str], language: str) -> object:
    """Field 245: title, rest of title, and the author as on the title page."""
    title, colon, rest = row["title"].partition(" : ")
    first = title.split(" ", 1)[0].lower() if " " in title else ""
    skipped = len(first) + 1 if first in _ARTICLES[language].split() else 0
    author = " ".join(reversed(_DATES.sub("", row["author"]).split(", ", 1)))
    parts = {"a": f"{title} :" if colon else title}
    if colon:
        parts["b"] = rest
    if author:
        parts["b" if colon else "a"] += " /"
        parts["c"] = f"{author}."
    return make_field("245", f"{1 if author else 0}{skipped}", **parts)


def make_subject(subject: str) -> object:
    """Field 650: a heading and its subdivisions, of period, form, place, or general."""
    from pymarc import Field, Indicators, Subfield

    heading, *divisions = subject.split("--")
    parts = [Subfield("a", heading), *(Subfield(code_of(each), each) for each in divisions)]
    return Field(tag="650", indicators=Indicators(" ", "4"), subfields=parts)


def code_of(division: str) -> str:
    """The subfield code of a subject's subdivision."""
    if _PERIOD.match(division):
        return "y"
    if division in _FORMS:
        return "v"
    return "z" if division in _PLACES else "x"


# --- PDF ---------------------------------------------------------------------------------------------------------------


def build_pdf(source: Source) -> bytes:
    """The text set in a standard serif face; two passes, since each page names the number of the last."""
    text = parse_text(source)
    for block in (Block("title", text.title, 1), Block("header", text.header, 1), *text.blocks):
        odd = next((each for each in block.text if not each.encode("cp1252", "ignore")), "")
        if odd:
            raise BadSource(f"a standard PDF font has no {odd!r}", block.line)
    _, pages = set_pages(source, text, 0)
    data, _ = set_pages(source, text, pages)
    return data


def set_pages(source: Source, text: Text, pages: int) -> tuple[bytes, int]:
    """One pass over the document: its bytes, and how many pages it took."""
    from reportlab.lib import pagesizes
    from reportlab.lib.units import cm
    from reportlab.platypus import SimpleDocTemplate

    size = pagesizes.LETTER if source.country in LETTER else pagesizes.A4
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream, pagesize=size, leftMargin=3 * cm, rightMargin=2.5 * cm, topMargin=3 * cm, bottomMargin=2.5 * cm,
        title=text.title, author="Ayni", lang=source.language, invariant=1, pageCompression=0,
    )  # fmt: skip

    def draw_edges(canvas: object, _: object) -> None:
        draw_page(canvas, size, text.header, pages)

    document.build(make_story(text), onFirstPage=draw_edges, onLaterPages=draw_edges)
    return stream.getvalue(), document.page


def draw_page(canvas: object, size: tuple[float, float], header: str, pages: int) -> None:
    """A page's header, its rule, and its number."""
    width, height = size
    canvas.saveState()
    canvas.setFont("Times-Italic", 9)
    canvas.drawString(85, height - 50, header)
    canvas.line(85, height - 56, width - 71, height - 56)
    canvas.setFont("Times-Roman", 9)
    canvas.drawCentredString(width / 2, 40, f"Página {canvas.getPageNumber()} de {pages}")
    canvas.restoreState()


def make_story(text: Text) -> list[object]:
    """The flowing parts of the PDF."""
    from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=12, leading=18, alignment=TA_JUSTIFY, spaceAfter=9)
    styles = {
        "title": ParagraphStyle("title", fontName="Times-Bold", fontSize=14, leading=18, alignment=TA_CENTER, spaceAfter=16),
        "heading": ParagraphStyle("heading", fontName="Times-Bold", fontSize=12, leading=18, spaceBefore=6, spaceAfter=4, keepWithNext=1),
        "item": ParagraphStyle("item", parent=body, leftIndent=18, bulletIndent=6, spaceAfter=3),
        "paragraph": body,
    }
    blocks = [Block("title", text.title, 1), *text.blocks]
    return [
        Paragraph(html.escape(each.text, quote=False), styles[each.kind], bulletText="\u2022" if each.kind == "item" else None)
        for each in blocks
    ]


# --- zip-based forms ---------------------------------------------------------------------------------------------------

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def pack(members: dict[str, str]) -> bytes:
    """A zip archive of texts, stored, in order, all of one day."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, ZIP_DAY)
            member.create_system = 0
            member.external_attr = 0
            archive.writestr(member, text.encode())
    return stream.getvalue()


def quote(text: str) -> str:
    """Text as XML content."""
    return html.escape(text, quote=False)


# --- DOCX --------------------------------------------------------------------------------------------------------------

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = {"title": "Title", "heading": "Heading1", "item": "ListBullet", "paragraph": "Normal"}


def build_docx(source: Source) -> bytes:
    """A Word document: types, relations, properties, body, styles, the bullet of lists."""
    text = parse_text(source)
    return pack(
        {
            "[Content_Types].xml": make_types(),
            "_rels/.rels": make_relations(("officeDocument", "word/document.xml"), ("core", "docProps/core.xml")),
            "docProps/core.xml": make_core(text.title, source.language),
            "word/document.xml": make_body(text, source.country in LETTER),
            "word/styles.xml": make_styles(source.language),
            "word/numbering.xml": make_numbering(),
            "word/_rels/document.xml.rels": make_relations(("styles", "styles.xml"), ("numbering", "numbering.xml")),
        }
    )


def make_types() -> str:
    """[Content_Types].xml: what each part is."""
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    overrides = {
        "/word/document.xml": f"{word}.document.main+xml",
        "/word/styles.xml": f"{word}.styles+xml",
        "/word/numbering.xml": f"{word}.numbering+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    rows = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    xml = '<Default Extension="xml" ContentType="application/xml"/>'
    return f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{relations}{xml}{rows}</Types>'


def make_relations(*targets: tuple[str, str]) -> str:
    """A part's relations to others."""
    kinds = {"core": f"{_PACKAGE}/relationships/metadata/core-properties"}
    rows = "".join(
        f'<Relationship Id="rId{place}" Type="{kinds.get(kind, f"{_OFFICE}/{kind}")}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def make_core(title: str, language: str) -> str:
    """docProps/core.xml: title, author, language, day."""
    spaces = (
        f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    about = f"<dc:title>{quote(title)}</dc:title><dc:creator>Ayni</dc:creator><dc:language>{language}</dc:language>"
    days = "".join(f'<dcterms:{each} xsi:type="dcterms:W3CDTF">{DAY}</dcterms:{each}>' for each in ("created", "modified"))
    return f"{_XML}<cp:coreProperties {spaces}>{about}{days}</cp:coreProperties>"


def make_body(text: Text, letter: bool) -> str:
    """word/document.xml: the title, the blocks, the page."""
    blocks = [Block("title", text.title, 1), *text.blocks]
    paragraphs = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{_STYLES[each.kind]}"/></w:pPr><w:r><w:t xml:space="preserve">{quote(each.text)}</w:t></w:r></w:p>'
        for each in blocks
    )
    size = 'w:w="12240" w:h="15840"' if letter else 'w:w="11906" w:h="16838"'
    margins = 'w:top="1440" w:right="1440" w:bottom="1440" w:left="1701" w:header="708" w:footer="708" w:gutter="0"'
    page = f"<w:sectPr><w:pgSz {size}/><w:pgMar {margins}/></w:sectPr>"
    return f'{_XML}<w:document xmlns:w="{_W}"><w:body>{paragraphs}{page}</w:body></w:document>'


def make_styles(language: str) -> str:
    """word/styles.xml: the four styles that the body names."""
    looks = {
        "Normal": ("Normal", '<w:pPr><w:spacing w:after="160" w:line="276" w:lineRule="auto"/><w:jc w:val="both"/></w:pPr>'),
        "Title": ("Title", '<w:pPr><w:spacing w:after="240"/><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="30"/></w:rPr>'),
        "Heading1": ("heading 1", '<w:pPr><w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr>'),
        "ListBullet": ("List Bullet", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:spacing w:after="60"/></w:pPr>'),
    }
    first, based = ' w:default="1"', '<w:basedOn w:val="Normal"/>'
    rows = "".join(
        f'<w:style w:type="paragraph"{first if style == "Normal" else ""} w:styleId="{style}">'
        f'<w:name w:val="{name}"/>{"" if style == "Normal" else based}{look}</w:style>'
        for style, (name, look) in looks.items()
    )
    font = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="24"/>'
    run = f'<w:rPr>{font}<w:lang w:val="{language}"/></w:rPr>'
    defaults = f"<w:docDefaults><w:rPrDefault>{run}</w:rPrDefault></w:docDefaults>"
    return f'{_XML}<w:styles xmlns:w="{_W}">{defaults}{rows}</w:styles>'


def make_numbering() -> str:
    """word/numbering.xml: one list, with bullets."""
    look = '<w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="\u2022"/><w:lvlJc w:val="left"/>'
    level = f'<w:lvl w:ilvl="0">{look}<w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl>'
    lists = f'<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>{level}</w:abstractNum>'
    return f'{_XML}<w:numbering xmlns:w="{_W}">{lists}<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'


# --- EPUB --------------------------------------------------------------------------------------------------------------

_XHTML = "http://www.w3.org/1999/xhtml"
_OPS = "http://www.idpf.org/2007/ops"


def build_epub(source: Source) -> bytes:
    """An EPUB 3 book; text above the first heading becomes a chapter under the book's title."""
    text = parse_text(source)
    chapters = split_chapters(text)
    names = [f"chapter{place:02d}.xhtml" for place in range(1, len(chapters) + 1)]
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": make_container(),
        "OEBPS/package.opf": make_package(source, text.title, names),
        "OEBPS/nav.xhtml": make_nav(source.language, text.title, [heading for heading, _ in chapters], names),
    }
    for name, (heading, blocks) in zip(names, chapters, strict=True):
        members[f"OEBPS/{name}"] = make_page(source.language, heading, f"<h1>{quote(heading)}</h1>\n{make_blocks_xhtml(blocks)}")
    return pack(members)


def split_chapters(text: Text) -> list[tuple[str, list[Block]]]:
    """Headings with their blocks. Raises BadSource for a book without headings or a heading without text."""
    chapters: list[tuple[str, list[Block]]] = []
    for block in text.blocks:
        if block.kind == "heading":
            chapters.append((block.text, []))
        elif chapters:
            chapters[-1][1].append(block)
        else:
            chapters.append((text.title, [block]))
    headings = [block for block in text.blocks if block.kind == "heading"]
    if not headings:
        raise BadSource("a book needs at least one heading, '# ...'")
    empty = next((heading for heading, blocks in chapters if not blocks), "")
    if empty:
        raise BadSource(f"no text below the heading '{empty}'", next(each.line for each in headings if each.text == empty))
    return chapters


def make_container() -> str:
    """META-INF/container.xml: where the package stands."""
    space = "urn:oasis:names:tc:opendocument:xmlns:container"
    root = '<rootfile full-path="OEBPS/package.opf" media-type="application/oebps-package+xml"/>'
    return f'{_XML}<container version="1.0" xmlns="{space}"><rootfiles>{root}</rootfiles></container>\n'


def make_package(source: Source, title: str, names: list[str]) -> str:
    """package.opf: metadata, manifest, spine."""
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"ayni/starter/{source.target}")
    items = "".join(f'<item id="c{place}" href="{name}" media-type="application/xhtml+xml"/>' for place, name in enumerate(names, 1))
    spine = "".join(f'<itemref idref="c{place}"/>' for place in range(1, len(names) + 1))
    metadata = (
        f'<dc:identifier id="id">urn:uuid:{number}</dc:identifier><dc:title>{quote(title)}</dc:title>'
        f"<dc:language>{source.language}</dc:language><dc:creator>Ayni</dc:creator>"
        f'<dc:rights>CC0-1.0</dc:rights><meta property="dcterms:modified">{DAY}</meta>'
    )
    return (
        f'{_XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{source.language}">\n'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>\n'
        f'<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{items}</manifest>\n'
        f"<spine>{spine}</spine>\n</package>\n"
    )


def make_nav(language: str, title: str, headings: list[str], names: list[str]) -> str:
    """nav.xhtml: the table of contents."""
    rows = "".join(f'<li><a href="{name}">{quote(heading)}</a></li>' for heading, name in zip(headings, names, strict=True))
    return make_page(language, title, f'<nav epub:type="toc" id="toc"><h1>{quote(title)}</h1><ol>{rows}</ol></nav>')


def make_page(language: str, title: str, body: str) -> str:
    """One XHTML page."""
    return (
        f'{_XML}<!DOCTYPE html>\n<html xmlns="{_XHTML}" xmlns:epub="{_OPS}" lang="{language}" xml:lang="{language}">\n'
        f"<head><title>{quote(title)}</title></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def make_blocks_xhtml(blocks: list[Block]) -> str:
    """Paragraphs and lists."""
    lines = []
    for place, block in enumerate(blocks):
        if block.kind == "paragraph":
            lines.append(f"<p>{quote(block.text)}</p>")
            continue
        first = place == 0 or blocks[place - 1].kind != "item"
        last = place == len(blocks) - 1 or blocks[place + 1].kind != "item"
        lines.append(f"{'<ul>' if first else ''}<li>{quote(block.text)}</li>{'</ul>' if last else ''}")
    return "\n".join(lines)


_BUILDERS: dict[str, Callable[[Source], bytes]] = {
    "html": build_html,
    "marc.txt": build_marc,
    "pdf.txt": build_pdf,
    "docx.txt": build_docx,
    "epub.txt": build_epub,
}

if __name__ == "__main__":
    sys.exit(main())
