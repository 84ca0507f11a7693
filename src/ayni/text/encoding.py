"""Bytes to text without losing accents: byte-order mark, declaration, strict UTF-8, then statistics.

    decode(b"A\\xf1o nuevo")          -> ("Año nuevo", "cp1252")

Raises Unreadable for NUL bytes (a binary file) and for bytes that no plausible code page explains.
"""

from __future__ import annotations

import codecs

from ayni.core.errors import Unreadable

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WESTERN = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}  # read as cp1252, as every browser does (WHATWG Encoding)


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Text and the encoding that it was in. `declared`: what a header or meta element says, not always true."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, name, len(mark) if name == "utf-8" else 0), name
    if b"\0" in data:
        raise Unreadable("NUL bytes: not a text file", offset=data.index(b"\0"))
    name = declared.strip().lower()
    try:
        return data.decode("utf-8"), "utf-8"  # bytes that are valid UTF-8 and not ASCII are UTF-8, whatever is declared
    except UnicodeDecodeError as error:
        offset = error.start
    for candidate in [name] if name and name not in ("utf-8", "utf8") else []:
        try:
            return data.decode("cp1252" if candidate in _WESTERN else candidate), candidate
        except (UnicodeDecodeError, LookupError):
            continue
    return _guess(data, offset)


def _strict(data: bytes, name: str, skip: int) -> str:
    try:
        return data[skip:].decode(name)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not the {name} that its byte-order mark states", offset=error.start + skip, why=error.reason) from error


def _guess(data: bytes, offset: int) -> tuple[str, str]:
    """Western code pages first, where the letters beyond ASCII come out as letters; else charset-normalizer."""
    high = [byte for byte in data if byte >= 0x80]
    text = data.decode("cp1252", errors="replace")
    letters = sum(character.isalpha() or character in "¿¡«»“”‘’–—ºª°…€·" for character in text if ord(character) >= 0x80)
    if high and "\ufffd" not in text and letters >= 0.9 * len(high):
        return text, "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise Unreadable("no code page explains these bytes", offset=offset, why="neither UTF-8 nor a Western or guessed code page")
    return str(best), best.encoding
