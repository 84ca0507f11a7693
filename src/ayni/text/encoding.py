"""Bytes to text without losing accents: byte-order mark, declaration, strict UTF-8, then statistics over code pages.

    decode(b"A\\xf1o nuevo")                       -> ("Año nuevo", "cp1252")
    decode("Año ".encode() + b"A\\xf1o")           -> ("Año Año", "utf-8+cp1252")

Of bytes that are no UTF-8 the code page is taken whose letters stand as letters stand in Spanish and Portuguese
(`text.code_pages`). Where a file holds UTF-8 and other bytes too (two files glued together, a few bad bytes), a line is read as
UTF-8 with the page for its stray bytes, or in the page alone where most of it is stray; so a bad byte costs no document. A letter
cut off at the end of the file is U+FFFD, as are a few bytes that mean nothing. Raises Unreadable for binary data and for bytes
that no plausible code page explains.
"""

from __future__ import annotations

import codecs
import re

from ayni.core.errors import MissingExtra, Unreadable
from ayni.text.code_pages import PAGES, decode_page, gather

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1b")  # 1A ends a DOS file, 1B is a terminal's
_WESTERN = {"iso8859-1": "cp1252", "ascii": "cp1252"}  # as every browser reads them (WHATWG Encoding)
_STRAY = re.compile("[\udc80-\udcff]")  # a byte that is no part of UTF-8, as Python's surrogateescape writes it
_BEYOND = re.compile("[^\x00-\x7f\udc80-\udcff]")
_LATIN = re.compile("[\u00a0-\u017f\u1e00-\u1eff\u2010-\u2026\u20ac\u2122\ua78b\ua78c]")
_MIXED = 0.05  # letters of UTF-8 to stray bytes, from where on a file is both
_NO_LETTERS = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|[\xf5-\xf7][\x80-\xbf]{3}")
_FEW = 0.005  # of all bytes: so few strange ones cost no document, whatever they mean
_WIDE = ["utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]  # without NUL they are none
_SAMPLE = 1 << 20  # bytes that are looked at for what is not Western; charset-normalizer reads about 1 MB/s
_PLAUSIBLE = -4.0  # a mean score; real Spanish, Portuguese and Mapudungun lie above -3, Cyrillic and Chinese pages below -5


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Text and the encoding that it was in. `declared`: what a header or meta element says, not always true."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode_wide(data, name)
    skip = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    body = data[skip:]
    if b"\0" in body:
        return _decode_unmarked_wide(body)
    head = body[:_SAMPLE]
    if len(head) - len(head.translate(None, _CONTROLS)) > 0.02 * len(head):  # text has none, random bytes have a tenth
        raise Unreadable("control bytes: not a text file", offset=skip, why="more than one byte in fifty")
    try:
        return body.decode("utf-8"), "utf-8"  # bytes that are valid UTF-8 and not ASCII are UTF-8, whatever is declared
    except UnicodeDecodeError as error:
        offset = error.start
        cut = error.end == len(body) and error.reason == "unexpected end of data"
    if cut and not body[:offset].isascii():
        return body[:offset].decode("utf-8") + "\ufffd", "utf-8"
    name = _find_codec(declared)
    if name and name not in PAGES and name != "utf-8":
        try:
            return body.decode(name), name  # what is not Western is believed
        except UnicodeDecodeError:
            pass
    return _decode_by_statistics(body, name, offset + skip)


def _find_codec(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip()).name if declared.strip() else ""
    except (LookupError, ValueError):
        return ""
    return _WESTERN.get(name, name)


def _decode_wide(data: bytes, name: str) -> tuple[str, str]:
    try:
        return data.decode(name), name
    except UnicodeDecodeError as error:
        raise Unreadable(f"not the {name} that its byte-order mark states", offset=error.start, why=error.reason) from error


def _decode_unmarked_wide(data: bytes) -> tuple[str, str]:
    """UTF-16 without a mark: NUL is the high byte of nearly every second place, and of no other."""
    first = data.index(b"\0")
    even, odd = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 == 0 and max(even, odd) > 0.35 * len(data) and min(even, odd) <= 0.01 * len(data):
        name = "utf-16-be" if even > odd else "utf-16-le"
        try:
            text = data.decode(name)
        except UnicodeDecodeError as error:
            raise Unreadable(f"neither text nor {name}", offset=error.start, why=error.reason) from error
        if "\0" not in text:
            return text, name
    raise Unreadable("NUL bytes: not a text file", offset=first)


def _decode_by_statistics(data: bytes, declared: str, offset: int) -> tuple[str, str]:
    escaped = data.decode("utf-8", "surrogateescape")
    strays = len(_STRAY.findall(escaped))
    letters = len(_BEYOND.findall(escaped))
    latin = len(_LATIN.findall(escaped))  # by chance a code page's bytes may make a letter of UTF-8, but hardly one at home here
    if latin >= _MIXED * strays or letters >= strays / _MIXED:
        page, score = gather(_BEYOND.sub("o", escaped).encode("ascii", "surrogateescape")).choose(declared)
        if score >= _PLAUSIBLE:
            return _decode_lines(escaped, page), f"utf-8+{page}"
        if letters >= strays / _MIXED:
            return _STRAY.sub("\ufffd", escaped), "utf-8"
    page, score = gather(data).choose(declared)
    if score >= _PLAUSIBLE or strays + letters <= _FEW * len(data):
        return decode_page(data, page), page
    return _decode_foreign(data, offset)


def _decode_foreign(data: bytes, offset: int) -> tuple[str, str]:
    """What is not Western, by charset-normalizer. Raises Unreadable where it has no answer."""
    beyond = sum(map(len, _NO_LETTERS.findall(data[:_SAMPLE])))
    if 2 * beyond > sum(map(len, re.findall(rb"[\x80-\xff]+", data[:_SAMPLE]))):
        raise Unreadable("UTF-8 of letters that Unicode does not have", offset=offset, why="overlong, surrogate or above U+10FFFF")
    try:
        from charset_normalizer import from_bytes
    except ImportError as error:
        raise MissingExtra("charset-normalizer cannot be imported", why=str(error), mend="pip install 'ayni[corpus]'") from error
    best = from_bytes(data[:_SAMPLE], cp_exclusion=_WIDE).best()
    if best is None:
        raise Unreadable("no code page explains these bytes", offset=offset, why="neither UTF-8 nor a Western or guessed code page")
    try:
        return data.decode(best.encoding), best.encoding
    except UnicodeDecodeError as error:
        raise Unreadable(f"looks like {best.encoding} and is not", offset=error.start, why=error.reason) from error


def _decode_lines(escaped: str, page: str) -> str:
    """Each line as UTF-8 with the page for its stray bytes; where most of it is stray, in the page alone."""
    lines = escaped.split("\n")
    for place, line in enumerate(lines):
        strays = 0 if line.isascii() else len(_STRAY.findall(line))
        if strays and strays >= len(_BEYOND.findall(line)):
            lines[place] = decode_page(line.encode("utf-8", "surrogateescape"), page)
        elif strays:
            lines[place] = _STRAY.sub(lambda found: decode_page(bytes([ord(found[0]) - 0xDC00]), page), line)
    return "\n".join(lines)
