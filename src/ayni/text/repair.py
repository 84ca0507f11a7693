"""Repair: mojibake, Unicode form, control characters and spaces; letters of every language stay letters.

    repair("espaÃ±ol\\x00 ")      -> ("español", ["mojibake", "control characters", "trailing spaces"])

Mojibake by ftfy, told not to touch quotes: ' ʼ ꞌ are letters in Guaraní, Nahuatl, Mixtec and others. Idempotent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import ftfy

_FTFY = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=True,
    fix_encoding=True,
    restore_byte_a0=True,
    replace_lossy_sequences=True,
    decode_inconsistent_utf8=True,
    fix_c1_controls=True,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=True,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_ROUNDS = 4  # mojibake of mojibake is real; four rounds reach the end of every case seen


def _line_ends(text: str) -> str:
    return re.sub(r"\r\n?|[\u0085\u2028\u2029]", "\n", text)


STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("line ends", _line_ends),
    ("mojibake", lambda text: ftfy.fix_text(text, config=_FTFY)),
    ("control characters", lambda text: _CONTROL.sub("", text)),
    ("soft hyphens", lambda text: text.replace("\u00ad", "")),
    ("unicode form", lambda text: unicodedata.normalize("NFC", text)),
    ("trailing spaces", lambda text: re.sub(r"[ \t\u00a0]+(?=\n|$)", "", text)),
    ("blank lines", lambda text: re.sub(r"\n{3,}", "\n\n", text).strip("\n")),
)


def repair(text: str, language: str = "") -> tuple[str, list[str]]:
    """The repaired text and the names of what was mended. `language` is for packs with a form of their own."""
    changed: list[str] = []
    for _ in range(_ROUNDS):
        before = text
        for name, step in STEPS:
            after = step(text)
            if after != text and name not in changed:
                changed.append(name)
            text = after
        if text == before:
            break
    return text, changed
