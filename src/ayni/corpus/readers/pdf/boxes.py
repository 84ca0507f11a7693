"""Where the words of a PDF page stand: runs of words on one baseline, from PDFium's character boxes.

    read_runs(page)  ->  [Run(text="Artículo 1. La presente ley", x0=72.0, x1=301.4, y=640.2, size=11.9, bold=False, order=0)]

Read: a pypdfium2 page. The order is that of the content stream. Two calls a word give its beginning, baseline and end (2.4 µs a word).
"""

from __future__ import annotations

import re
from ctypes import byref, c_double
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[^\s\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")  # PDFium writes a hyphen at the end of a line as either
_GAP = 1.2  # em; a wider space divides two runs: columns and table cells, not the words of a justified line
_SHIFT = 0.6  # em; a baseline that moves further is another line, less is a superscript
SOFT = "\u00ad"  # stands for a hyphen with which PDFium says that a line ends in the midst of a word
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\x02": SOFT, "\ufffe": SOFT})


@dataclass(slots=True)
class Run:
    """Words beside one another on one baseline, in points from the lower left corner of the page."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False  # every word of it
    order: int = 0
    upright: bool = True


def read_runs(page: Any) -> list[Run]:
    """The runs of a page, in the order of the content stream."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    try:
        return _collect(textpage.raw, _read_text(textpage), pdfium)
    finally:
        textpage.close()


def _read_text(textpage: Any) -> str:
    """The page's characters so that places in the string are PDFium's own indices."""
    import pypdfium2.raw as pdfium

    count = textpage.count_chars()
    text: str = textpage.get_text_range(errors="replace") if count else ""
    if len(text) == count:
        return text
    codes = [pdfium.FPDFText_GetUnicode(textpage.raw, index) for index in range(count)]
    return "".join(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)


def _collect(raw: Any, text: str, pdfium: Any) -> list[Run]:
    runs: list[Run] = []
    x, y, box = c_double(), c_double(), pdfium.FS_RECTF()
    end = 0
    for word in _WORD.finditer(text):
        first, last = word.span()
        pdfium.FPDFText_GetCharOrigin(raw, first, byref(x), byref(y))
        pdfium.FPDFText_GetLooseCharBox(raw, last - 1, byref(box))
        x0, at, x1, size = x.value, y.value, box.right, box.top - box.bottom
        run = runs[-1] if runs else None
        broken = run is None or "\n" in text[end:first] or run.text[-1] == SOFT
        content = word[0].translate(_LIGATURES)
        if run is not None and not broken and abs(at - run.y) < _SHIFT * size and -size < x0 - run.x1 < _GAP * min(size, run.size):
            run.text += (" " if first > end else "") + content
            run.x1 = max(run.x1, x1)
            run.bold = run.bold and _is_bold(raw, first, pdfium)
        else:
            upright = abs(pdfium.FPDFText_GetCharAngle(raw, first)) < 0.1
            bold = _is_bold(raw, first, pdfium)
            runs.append(Run(content, x0, max(x0, x1), at, max(size, 1.0), bold, len(runs), upright))
        end = last
    return runs


def _is_bold(raw: Any, index: int, pdfium: Any) -> bool:
    return bool(pdfium.FPDFText_GetFontWeight(raw, index) >= 600)
