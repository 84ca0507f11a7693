"""Mojibake: UTF-8 that was read as a one-byte code page, undone by ftfy, only where ftfy could find anything.

    mend_mojibake(pa.array(["espaÃ±ol", "español"]))        -> ["español", "español"]

`gate()` is ftfy's own heuristic in RE2's dialect: what does not match it, ftfy would leave alone, so clean text costs one
pass of a compiled automaton. Two things differ from ftfy: a line of more than _LINE characters is mended in pieces
(ftfy tries ten code pages on all of it), and a repair that puts a lone letter of a foreign script into the text is
refused: in Chinantec, `áˆ` with its tone mark is right, and ftfy reads it as the Ethiopic letter `ሠ`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import ftfy
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import BADNESS_RE
from ftfy.fixes import fix_c1_controls

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
    uncurl_quotes=False,  # ' ʼ ꞌ are letters in Guaraní, Nahuatl, Mixtec and others
    fix_line_breaks=False,
    fix_surrogates=True,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
_LINE = 4096
# what a repair may bring: Latin with its marks, Greek (formulas), punctuation, symbols, emoji. U+0200-U+0217 are letters of
# Slavic poetics that nobody here writes, and ftfy makes of `»ñ`
_AT_HOME = (
    "\u0000-\u01ff\u0218-\u03ff\u1e00-\u1eff\u2000-\u2bff\ua78b\ua78c\ufb00-\ufb04\ufe0e\ufe0f\ufffd"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
_LONE_STRANGER = re.compile(f"(?<![^{_AT_HOME}])[^{_AT_HOME}]{{1,2}}(?![^{_AT_HOME}])")  # three in a row are a word
_SPACES = r"[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"  # Python's \s


@cache
def gate() -> str:
    """An RE2 pattern that matches every text that ftfy could change."""
    lines = [line for line in BADNESS_RE.pattern.split("\n") if not line.lstrip().startswith("#")]
    plain = re.sub(r"(\[[^\]]*\])|\s+", lambda found: found.group(1) or "", "\n".join(lines))  # the pattern is a verbose one
    plain = plain.replace(r"\w", r"[\pL\pN_]").replace(r"\s", _SPACES).replace("|^[", "|(?m:^)[")
    return rf"{plain}|[Œœ](?m:$)|\x1b"


def mend_mojibake(texts: pa.Array) -> list[str]:
    """The texts, with every suspicious line mended."""
    split = pc.split_pattern(texts, "\n")
    lines = pc.list_flatten(split)
    mended: list[str] = lines.to_pylist()
    for place in np.flatnonzero(pc.match_substring_regex(lines, gate())):
        line = mended[place]
        mended[place] = _mend_piece(line) if len(line) <= _LINE else "".join(mend_mojibake(pa.array(list(_cut_line(line)))))
    ends = np.cumsum(pc.list_value_length(split).to_numpy(zero_copy_only=False)).tolist()
    return ["\n".join(mended[begin:end]) for begin, end in pairwise([0, *ends])]


def _mend_piece(text: str) -> str:
    """What ftfy makes of it, else with its C1 controls as cp1252 only, which is right where `Há\\x94 ` became `Hᔠ`."""
    known = set(_LONE_STRANGER.findall(text))
    plain = fix_c1_controls(text)
    for candidate in (text, plain):
        fixed = ftfy.fix_text(f"{candidate}\n", config=_FTFY).removesuffix("\n")
        if known.issuperset(_LONE_STRANGER.findall(fixed)):
            return fixed
    return plain


def _cut_line(line: str) -> Iterator[str]:
    """Pieces of at most _LINE characters, cut before a space where there is one."""
    begin = 0
    while len(line) - begin > _LINE:
        space = line.rfind(" ", begin + 1, begin + _LINE)
        end = space if space > begin else begin + _LINE
        yield line[begin:end]
        begin = end
    yield line[begin:]
