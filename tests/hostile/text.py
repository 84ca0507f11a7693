"""Plain text that is none: NUL bytes, broken encodings, endless lines."""

import random

_NOISE = random.Random(20261124).randbytes(200_000)
_SENTENCE = b"La biblioteca popular abre los martes y los jueves por la tarde.\n"

FILES = {
    "text/empty.txt": b"",
    "text/only_spaces.txt": b" \n\t\r\n" * 1000,
    "text/only_bom.txt": b"\xef\xbb\xbf",
    "text/nul_only.txt": b"\0" * 4096,
    "text/nul_within.txt": _SENTENCE * 3 + b"\0\0\0" + _SENTENCE,
    "text/nul_at_end.md": _SENTENCE + b"\0",
    "text/random_bytes.txt": _NOISE,
    "text/random_bytes.md": _NOISE[::-1],
    "text/control_bytes.txt": bytes(range(1, 9)) * 2000,
    "text/utf16_cut.txt": "El río baja lento.".encode("utf-16")[:-1],
    "text/utf16_lone_surrogate.txt": b"\xff\xfe" + b"\x00\xd8" * 50,
    "text/utf32_beyond_unicode.txt": b"\xff\xfe\x00\x00" + b"\xff\xff\xff\x7f" * 50,
    "text/utf8_overlong.txt": b"\xc0\x80\xc0\xaf" * 500,
    "text/utf8_surrogates.txt": b"\xed\xa0\x80\xed\xbf\xbf" * 500,
    "text/utf8_beyond_unicode.txt": b"\xf7\xbf\xbf\xbf" * 500,
    "text/utf8_bom_then_noise.txt": b"\xef\xbb\xbf" + _NOISE,
    "text/line_of_10_megabytes.txt": b"a" * 10_000_000,
    "text/line_of_10_megabytes.md": b"palabra " * 1_250_000,
    "text/spaces_of_10_megabytes.txt": b" " * 10_000_000,
    "text/elf_called_text.txt": b"\x7fELF\x02\x01\x01" + b"\0" * 9 + _NOISE[:4000],
    "text/png_called_text.txt": b"\x89PNG\r\n\x1a\n" + _NOISE[:4000],
    "text/jpeg_called_text.md": b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + _NOISE[:4000],
    "text/gzip_called_text.txt": b"\x1f\x8b\x08\x00" + _NOISE[:4000],
    "text/no_format.bin": _NOISE,
    "text/no_format": _NOISE[:50],
    "text/old_word.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _NOISE[:8000],
    "text/old_excel.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + _NOISE[8000:16000],
    "text/sqlite_called_text.txt": b"SQLite format 3\0" + b"\x10\x00\x01\x01\x00\x40\x20\x20" + b"\0" * 4000,
    "text/front_matter_bomb.md": b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n".encode() for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + b"---\n",
}
