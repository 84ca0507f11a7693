"""The letters with which byte-level BPE writes bytes (Radford et al. 2019): printable ones stand for themselves.

spell(b" a")       -> "Ġa"
read("Ġa")         -> b" a"
"""

from __future__ import annotations

_PLAIN = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_OTHERS = [byte for byte in range(256) if byte not in _PLAIN]
LETTERS = tuple(chr(byte) if byte in _PLAIN else chr(256 + _OTHERS.index(byte)) for byte in range(256))
_BYTES = {letter: byte for byte, letter in enumerate(LETTERS)}


def spell(data: bytes) -> str:
    """Bytes as letters."""
    return "".join(LETTERS[byte] for byte in data)


def read(token: str) -> bytes:
    """Letters as bytes; a special token, which is not written so, as its UTF-8."""
    try:
        return bytes(_BYTES[letter] for letter in token)
    except KeyError:
        return token.encode()
