"""Library catalogues: MARCXML and MARC 21 (ISO 2709), one document a record, as lines that a person can read.

    Piece(text="Cien años de soledad / ...\\nGarcía Márquez, ...\\n1967\\n...", record=<001>)

Source: Library of Congress, MARC 21 Format for Bibliographic Data.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import MissingExtra, Unreadable
from ayni.corpus.readers.archive import parse_xml
from ayni.corpus.readers.reader import Bad, Piece

_LANGUAGES = {"spa": "es", "por": "pt", "eng": "en", "nah": "nah", "oto": "oto", "que": "qu", "aym": "ay", "grn": "gn", "arn": "arn"}
_SLIM = "{http://www.loc.gov/MARC21/slim}"

_ISBD = " /:;,."  # punctuation that ISBD puts between areas, ugly at the end of a line


class MarcReader:
    """.marcxml, .mrc, and .xml whose root is a MARC collection."""

    name = "marc"
    suffixes = (".marcxml", ".mrc", ".marc")

    def probe(self, path: Path, head: bytes) -> bool:
        """The namespace of MARCXML near the beginning."""
        return b"http://www.loc.gov/MARC21/slim" in head

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Every record with a title."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        records = _read_xml(data, path.name) if data.lstrip()[:1] == b"<" or data[:3] == b"\xef\xbb\xbf" else _read_binary(data)
        found = False
        for place, record in enumerate(records, 1):
            found = True
            if isinstance(record, Bad):
                yield record
                continue
            piece = _describe(record, place)
            yield piece if piece.text else Bad(str(place), "the record has no title")
        if not found:
            raise Unreadable("the catalogue holds no record", offset=0)


def _read_xml(data: bytes, name: str) -> Iterator[Any]:
    try:
        from pymarc import Field, Indicators, Leader, Record, Subfield
    except ImportError as error:
        raise MissingExtra("pymarc is not installed", why=str(error), mend="pip install 'ayni[corpus]'") from error
    for element in parse_xml(data, name).iter(f"{_SLIM}record"):
        record = Record()
        record.leader = Leader(element.findtext(f"{_SLIM}leader") or " " * 24)
        for field in element.iter(f"{_SLIM}controlfield"):
            record.add_field(Field(tag=field.get("tag"), data=field.text or ""))
        for field in element.iter(f"{_SLIM}datafield"):
            parts = [Subfield(each.get("code"), each.text or "") for each in field.iter(f"{_SLIM}subfield")]
            marks = Indicators(field.get("ind1") or " ", field.get("ind2") or " ")
            record.add_field(Field(tag=field.get("tag"), indicators=marks, subfields=parts))
        yield record


def _read_binary(data: bytes) -> Iterator[Any]:
    from pymarc import MARCReader

    for place, record in enumerate(MARCReader(io.BytesIO(data), to_unicode=True, permissive=True), 1):
        yield Bad(str(place), "not a readable MARC record") if record is None else record


def _describe(record: Any, place: int) -> Piece:
    def take(tag: str, *codes: str) -> list[str]:
        rows = [" ".join(part.value.strip() for part in field.subfields if part.code in codes) for field in record.get_fields(tag)]
        return [row.strip() for row in rows if row.strip()]

    title = (take("245", "a", "b") or [""])[0].rstrip(_ISBD)
    people = [name.rstrip(_ISBD) for name in (*take("100", "a"), *take("700", "a"))]
    imprint = [line.rstrip(_ISBD) for line in (*take("264", "a", "b", "c"), *take("260", "a", "b", "c"))]
    lines = [title, *people, *imprint, *take("520", "a")]
    subjects = [line.rstrip(_ISBD) for tag in ("600", "650", "651") for line in take(tag, "a", "x", "y", "z", "v")]
    if subjects:
        lines.append("; ".join(subjects))
    field = record.get("008")
    code = (take("041", "a") or [field.data[35:38] if field is not None and len(field.data) > 37 else ""])[0][:3]
    control = record.get("001")
    name = control.data.strip() if control is not None and control.data else str(place)
    return Piece(text="\n".join(lines) if title else "", title=title, language=_LANGUAGES.get(code, ""), record=name)


READER = MarcReader()
