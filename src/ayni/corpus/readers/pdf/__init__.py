"""PDF: the text layer in reading order without page furniture, paragraphs rebuilt; by OCR where the layer is missing or broken.

    [Piece(text="LEY DE AGUAS\\nArtículo 1. ...", title="Ley de Aguas", derivation="")]
    options = {ocr = "auto"}      pages without a sound text layer are read by tesseract; ocr = true: every page
    options = {ocr = "auto", ocr_languages = "spa+que", ocr_seconds = 60}

Without OCR a document none of whose pages can be read is Unreadable, and one with some such pages says in `derivation` which.
boxes: words and their places; layout: columns; furniture; flow: paragraphs; badness: whether the layer is sound; ocr: tesseract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ayni.core.errors import InputError, MissingExtra, Unreadable
from ayni.corpus.readers.pdf.badness import judge_text
from ayni.corpus.readers.pdf.boxes import read_runs
from ayni.corpus.readers.pdf.flow import flow
from ayni.corpus.readers.pdf.furniture import drop_furniture
from ayni.corpus.readers.pdf.layout import Line, arrange
from ayni.corpus.readers.pdf.ocr import Engine, find_engine, read_image
from ayni.corpus.readers.reader import Bad, Piece

PAGES = 20_000  # more is a bomb: the longest gazettes have some thousand
_UNFOLD = 20  # characters a byte; at most 0.8 in 81 PDFs from MX, GT and AR
_FLOOR = 2_000_000  # characters that a file of any size may have
_SIDE = 14_400  # points; the largest page that PDF 1.7 allows (ISO 32000-1, annex C)
_SURE = 30  # mean confidence of a page's words; clean prints reach 96, an image without words has none
_OUTLINES = 100  # a line of letters drawn as outlines has some; a page with a frame and rules has fewer
_TURN_ON = 'set options = {ocr = "auto"} on the source'


class PdfReader:
    """.pdf: one document a file."""

    name = "pdf"
    suffixes = (".pdf",)

    def probe(self, path: Path, head: bytes) -> bool:
        """The signature, which may stand a little after the beginning."""
        return b"%PDF-" in head[:1024]

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Read every page, drop furniture, flow lines into paragraphs."""
        pdfium = _import_pdfium()
        try:
            data = path.read_bytes()  # by bytes: a member of an archive has a path that pypdfium2 resolves to nothing
            with closing(pdfium.PdfDocument(data)) as document:
                pages = _read_pages(document, _choose_ocr(options), max(_FLOOR, _UNFOLD * len(data)))
                title = str(document.get_metadata_dict().get("Title", "")).strip()
        except pdfium.PdfiumError as error:
            encrypted = "password" in str(error).casefold()
            raise Unreadable("the PDF is encrypted" if encrypted else "not a readable PDF", offset=0, why=str(error)) from error
        text = flow([line for page in drop_furniture(pages.lines) for line in page])
        if len(pages.unread) == len(pages.lines) or not text.strip():
            reasons = ", ".join(sorted(set(pages.unread.values()))) or "blank pages"
            raise Unreadable("no text layer that can be read", offset=0, why=f"{len(pages.lines)} pages: {reasons}", mend=_TURN_ON)
        yield Piece(text=text, title=title, derivation=pages.derivation())


@dataclass(slots=True)
class _Pages:
    """The lines of each page, and which pages were read how."""

    lines: list[list[Line]] = field(default_factory=list)
    unread: dict[int, str] = field(default_factory=dict)  # page -> what its text layer is instead
    confidences: list[float] = field(default_factory=list)  # of the pages that OCR read
    engine: Engine | None = None

    def derivation(self) -> str:
        """How the text was had; empty where all of it is the file's own."""
        parts = []
        if self.confidences and self.engine is not None:
            mean = sum(self.confidences) / len(self.confidences)
            read = f"ocr {len(self.confidences)}/{len(self.lines)} pages"
            parts.append(f"{read} tesseract {self.engine.version} {self.engine.languages} confidence {mean:.0f}")
        if self.unread:
            parts.append(f"not read {len(self.unread)}/{len(self.lines)} pages: {', '.join(sorted(set(self.unread.values())))}")
        return "; ".join(parts)


@dataclass(frozen=True)
class _Ocr:
    """When OCR is used: never, on pages without a sound text layer, always."""

    when: str
    languages: str
    seconds: float


def _import_pdfium() -> Any:
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtra("pypdfium2 is not installed", why=str(error), mend="pip install 'ayni[corpus]'") from error
    return pypdfium2


def _choose_ocr(options: Mapping[str, Any]) -> _Ocr:
    names = {False: "never", True: "always", "auto": "auto"}
    when = options.get("ocr", False)
    if when not in names:
        raise InputError(f"ocr is not {when!r}", why='it is true, false or "auto"', mend=_TURN_ON)
    return _Ocr(names[when], str(options.get("ocr_languages", "")), float(options.get("ocr_seconds", 60)))


def _read_pages(document: Any, ocr: _Ocr, most: int) -> _Pages:
    count = len(document)
    if not 0 < count <= PAGES:
        raise Unreadable("the PDF says that it has no pages, or too many", offset=0, why=f"{count} pages; limit {PAGES}")
    found = _Pages()
    size = 0
    for number in range(count):
        with closing(document[number]) as page:
            width, height = page.get_size()
            if not (0 < width <= _SIDE and 0 < height <= _SIDE):
                raise Unreadable(f"page {number + 1} has an impossible size", why=f"{width:g} x {height:g} points; limit {_SIDE}")
            lines = _read_layer(page, number)
            size += sum(len(line.text) for line in lines)
            if size > most:
                raise Unreadable("the PDF unfolds to more text than is allowed", why=f"limit {most} characters")
            reason = judge_text("".join(line.text for line in lines)) if ocr.when != "always" else "ocr of every page"
            if reason == "no text" and not _has_marks(page):
                reason = ""
            if reason and ocr.when != "never":
                found.engine = found.engine or find_engine(ocr.languages)
                lines, confidence = read_image(page, found.engine, number=number, seconds=ocr.seconds)
                if confidence >= _SURE:
                    found.confidences.append(confidence)
                else:
                    lines, found.unread[number] = [], "ocr found no words"
            elif reason:
                found.unread[number] = reason
                lines = lines if reason == "no text" else []
            found.lines.append(lines)
    return found


def _read_layer(page: Any, number: int) -> list[Line]:
    _, bottom, _, top = page.get_bbox()
    runs = read_runs(page)
    for run in runs:
        run.y -= bottom
    return arrange(runs, number, top - bottom)


def _has_marks(page: Any) -> bool:
    """Whether anything but a few letters is on the page: an image, or letters drawn as outlines."""
    import pypdfium2.raw as pdfium

    shapes = 0
    for each in page.get_objects(max_depth=3):
        if each.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            return True
        shapes += each.type in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
        if shapes > _OUTLINES:
            return True
    return False


READER = PdfReader()
