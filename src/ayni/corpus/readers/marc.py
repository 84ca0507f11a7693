"""Library catalogues: MARCXML and MARC 21 (ISO 2709), one document a record, as lines that a person can read.

    Piece(text="Cien años de soledad / Gabriel García Márquez\\n...\\n1967\\n...", date="1967", language="es", record=<001>)

Title, names, edition, imprint, extent, series, notes, contents, summary and subjects, in the order of the format; codes and
numbers for machines are left out. Binary records are cut by their stated lengths, so a spoilt one costs only itself, and read
in UTF-8, MARC-8 or an older code page, whatever their leader says.
Source: Library of Congress, MARC 21 Format for Bibliographic Data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import MissingExtra, Unreadable
from ayni.corpus.readers.markup import language_tag, parse_xml
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_SLIM = b"http://www.loc.gov/MARC21/slim"
_ACCENTED = "áéíóúüñçãõâêôàÁÉÍÓÚÜÑÇÃÕÂÊÔÀ¿¡"
_LEADER = re.compile(rb"\d{5}[a-z ][a-z ]")
_SHORTEST = 26  # bytes of a record: a leader, the end of a directory, the end of the record
_SAMPLE = 1 << 13
_WINDOW = 1 << 16  # bytes; catalogues are merged from files of different code pages
_ISBD = " /:;,."  # punctuation that ISBD puts between areas, ugly at the end of a line
_LINES = (  # tag, subfields; every field of the tag is a line
    *(("245", "abcnp"), ("246", "abnp"), ("240", "afklnp"), ("130", "adfklnp")),
    *(("100", "abcd"), ("110", "ab"), ("111", "acdn"), ("700", "abcdt"), ("710", "abt"), ("711", "acdn")),
    *(
        ("250", "ab"),
        ("254", "a"),
        ("255", "abc"),
        ("256", "a"),
        ("264", "abc"),
        ("260", "abc"),
        ("300", "abce"),
        ("310", "a"),
        ("362", "a"),
    ),
    *(
        ("490", "av"),
        ("440", "av"),
        ("830", "av"),
        ("500", "a"),
        ("501", "a"),
        ("502", "abcd"),
        ("504", "a"),
        ("505", "agrt"),
        ("508", "a"),
    ),
    *(("511", "a"), ("515", "a"), ("518", "adop"), ("520", "abc"), ("521", "a"), ("530", "a"), ("533", "abcd"), ("534", "abcnpt")),
    *(("538", "a"), ("545", "ab"), ("546", "ab"), ("550", "a"), ("580", "a"), ("586", "a"), ("590", "a"), ("773", "adgt"), ("787", "adt")),
)
_SUBJECTS = ("600", "610", "611", "630", "648", "650", "651", "653", "655")


class MarcReader:
    """.marcxml, .mrc, .marc, and .xml whose root is a MARC collection."""

    name = "marc"
    suffixes = (".marcxml", ".mrc", ".marc")

    def probe(self, path: Path, head: bytes) -> bool:
        """The namespace of MARCXML near the beginning, or a leader and the field terminator that ends its directory."""
        return _SLIM in head or (_LEADER.match(head) is not None and head[20:24] == b"4500" and b"\x1e" in head)

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Every record with a title."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        try:
            import pymarc  # noqa: F401  asked here once, so that no record is blamed for it
        except ImportError as error:
            raise MissingExtra("pymarc is not installed", why=str(error), mend="pip install 'ayni[corpus]'") from error
        binary = b"\0" not in data[:4] and not data.lstrip(b"\xef\xbb\xbf\r\n ").startswith(b"<")
        found = False
        for place, record in enumerate(_read_binary(data) if binary else _read_xml(data, path.name), 1):
            found = True
            if isinstance(record, Bad):
                yield record
                continue
            piece = _describe(record, place)
            yield piece if piece.text else Bad(piece.record, "the record has no title")
        if not found:
            raise Unreadable("the catalogue holds no record", offset=0)


def _read_xml(data: bytes, name: str) -> Iterator[Any]:
    from pymarc import Field, Indicators, Leader, Record, Subfield

    for element in parse_xml(data, name).iter("{*}record"):
        record = Record()
        record.leader = Leader((element.findtext("{*}leader") or "").ljust(24)[:24])
        for field in element.iter("{*}controlfield"):
            record.add_field(Field(tag=field.get("tag") or "", data=field.text or ""))
        for field in element.iter("{*}datafield"):
            parts = [Subfield(each.get("code") or "", "".join(each.itertext())) for each in field.iter("{*}subfield")]
            marks = Indicators(field.get("ind1") or " ", field.get("ind2") or " ")
            record.add_field(Field(tag=field.get("tag") or "", indicators=marks, subfields=parts))
        yield record


def _read_binary(data: bytes) -> Iterator[Any]:
    """Records by their stated lengths; after a wrong one, by the record terminator."""
    from pymarc import Record
    from pymarc.exceptions import PymarcException

    offset = place = 0
    pages: dict[int, str] = {}
    while offset < len(data):
        if data[offset : offset + 1] in b"\r\n \x1a":
            offset += 1
            continue
        place += 1
        stated = data[offset : offset + 5]
        end = offset + int(stated) if stated.isdigit() else offset
        if not offset < end <= len(data) or data[end - 1 : end] != b"\x1d":
            end = data.find(b"\x1d", offset + _SHORTEST) + 1 or len(data)
            yield Bad(str(place), "the record's stated length is not its length", offset)
        else:
            try:
                raw = data[offset:end]
                if _is_utf8(raw):
                    encoding = "utf-8"
                else:
                    window = offset - offset % _WINDOW
                    encoding = pages.get(window) or _choose_page(data[window : window + _WINDOW])
                    pages[window] = encoding
                yield Record(raw[:9] + b" " + raw[10:], to_unicode=True, hide_utf8_warnings=True, file_encoding=encoding)
            except (PymarcException, Unreadable, ValueError, IndexError, LookupError) as error:  # UnicodeDecodeError is a ValueError
                yield Bad(str(place), f"not a readable MARC record: {str(error)[:120] or type(error).__name__}", offset)
        offset = end


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _choose_page(data: bytes) -> str:
    """The code page of records that are not in UTF-8; pymarc calls MARC-8 "iso8859-1".

    Such a record ought to be in MARC-8, which writes an accent before its letter, and real ones are in Latin-1 too. That
    reading wins which has more letters of Spanish and Portuguese.
    """
    from pymarc.marc8 import marc8_to_unicode

    _, found = decode(bytes(byte if byte >= 32 else 32 for byte in data))
    encoding = "cp1252" if "+" in found or found == "iso8859-1" else found  # "utf-8+...": other records are in UTF-8
    high = re.search(rb"[\x80-\xff]", data)
    sample = data[high.start() - 1 :][:_SAMPLE] if high else b""
    page, ansel = sample.decode(encoding, "replace"), marc8_to_unicode(sample, True)
    return "iso8859-1" if sum(map(ansel.count, _ACCENTED)) >= sum(map(page.count, _ACCENTED)) else encoding


def _describe(record: Any, place: int) -> Piece:
    lines = []
    for tag, codes in _LINES:
        lines += _take(record, tag, codes)
    subjects = [line for tag in _SUBJECTS for line in _take(record, tag, "abcdxyztv")]
    if subjects:
        lines.append("; ".join(dict.fromkeys(subjects)))
    title = next(iter(_take(record, "245", "abnp")), "")
    fixed = record.get("008")
    codes = fixed.data if fixed is not None and fixed.data else ""
    control = record.get("001")
    links = [link for link in _take(record, "856", "u") if link.startswith("http")]
    return Piece(
        text="\n".join(dict.fromkeys(lines)) if title else "",
        title=title,
        language=language_tag((_take(record, "041", "a") or [codes[35:38]])[0][:3]),
        date=codes[7:11] if codes[7:11].isdigit() else "",
        url=links[0] if links else "",
        record=control.data.strip() if control is not None and control.data and control.data.strip() else str(place),
    )


def _take(record: Any, tag: str, codes: str) -> list[str]:
    """A line for each field of a tag, of the subfields wanted."""
    rows = (" ".join(part.value.strip() for part in field.subfields if part.code in codes) for field in record.get_fields(tag))
    lines = (" ".join(row.split()) for row in rows)
    return [line for line in (line if tag[0] == "5" else line.rstrip(_ISBD) for line in lines) if line]  # notes are prose


READER = MarcReader()
