"""Lines to paragraphs: words cut at line ends are joined, headings, list items and rows of tables stay on lines of their own.

    flow([Line("La educa-"), Line("ción es"), Line("CAPÍTULO II")])  ->  "La educación es\\nCAPÍTULO II"

A line goes on into the next one where that one's first word would not have fitted on it. Both the joined word and the one with a
hyphen are looked up among the document's other words before a hyphen is dropped (político-social, torna-se).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from ayni.corpus.readers.pdf.boxes import SOFT
from ayni.corpus.readers.pdf.layout import Line

_AROUND = 8  # lines before and after in which the right edge of the column is looked for
_NOTE = 0.9  # of the usual size of letters
_NOTE_MARK = re.compile(r"^(?:\d{1,3}|[*†]{1,3})[\s.)]?\s*[^\W\d_«“\"(]")
_ITEM = re.compile(
    r"^(?:\(?\d{1,3}[.)°º][-\s]|\(?[IVXLC]{1,6}[.)][-\s]|\(?[a-zñ]\)\s|[•·▪●○◦\-–—*]\s|(?:Art[íi]culo|ART[ÍI]CULO|Artigo)\s+\d)"
)
_END = re.compile(r"[.:;?!…»”\")\]]\d{0,3}\s*$")  # a footnote's mark may follow
_CUT = re.compile(rf"([^\W\d_]+)(-|‐|{SOFT})$")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")


def flow(lines: Sequence[Line]) -> str:
    """The text of a document, a paragraph a line; a page's footnotes after the paragraph that goes on over its end."""
    lines = [line for line in lines if line.text.strip()]
    words = _count_words(lines)
    leading = _usual_leading(lines)
    body, notes = _part_notes(lines)
    paragraphs: list[str] = []
    for place, line in enumerate(body):
        text = line.text.strip()
        if place and _goes_on(body, place, leading):
            paragraphs[-1] = _join(paragraphs[-1], text, words)
            continue
        while notes and notes[0][0].page < line.page:
            paragraphs += _flow_note(notes.pop(0), leading, words)
        paragraphs.append(text)
    for note in notes:
        paragraphs += _flow_note(note, leading, words)
    return "\n".join(paragraph.replace(SOFT, "-") for paragraph in paragraphs)


def _part_notes(lines: Sequence[Line]) -> tuple[list[Line], list[list[Line]]]:
    """The lines of the text, and the footnotes of each page: small lines at its end, the first of which begins with a mark."""
    usual = median(line.size for line in lines) if lines else 0.0
    body: list[Line] = []
    notes: list[list[Line]] = []
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        at = len(page)
        while at and page[at - 1].size < _NOTE * usual and page[at - 1].y < 0.5 * page[at - 1].height:
            at -= 1
        while at < len(page) and not _NOTE_MARK.match(page[at].text):
            at += 1
        body += page[:at]
        if page[at:]:
            notes.append(page[at:])
    return body, notes


def _flow_note(lines: Sequence[Line], leading: float, words: Counter[str]) -> list[str]:
    paragraphs = [lines[0].text.strip()]
    for place, line in enumerate(lines[1:], 1):
        if not _NOTE_MARK.match(line.text) and _goes_on(lines, place, leading):
            paragraphs[-1] = _join(paragraphs[-1], line.text.strip(), words)
        else:
            paragraphs.append(line.text.strip())
    return paragraphs


def _count_words(lines: Sequence[Line]) -> Counter[str]:
    """Words as they stand inside lines; the two halves of a word that is cut are none."""
    words: Counter[str] = Counter()
    cut = None
    for line in lines:
        found = _WORD.findall(_CUT.sub("", line.text).casefold())
        words.update(found[1:] if cut else found)
        cut = _CUT.search(line.text)
    return words


def _usual_leading(lines: Sequence[Line]) -> float:
    """Between baselines, in sizes of the letters; the least of the common ones, for the space between paragraphs is common too."""
    steps = Counter(round((above.y - below.y) / above.size, 1) for above, below in pairwise(lines) if above.page == below.page)
    common = [step for step, times in steps.items() if 0.7 <= step <= 3 and times >= 0.15 * sum(steps.values())]
    return min(common, default=1.2)


def _goes_on(lines: Sequence[Line], place: int, leading: float) -> bool:
    last, line = lines[place - 1], lines[place]
    small = line.text.lstrip("«“\"'(¿¡")[:1].islower()
    if _CUT.search(last.text) and (small or last.text[-1] == SOFT):
        return True
    if _is_row(lines, place - 1) or _is_row(lines, place) or _ITEM.match(line.text):
        return False
    if not 0.88 < line.size / last.size < 1.14 and not (small and 0.7 < line.size / last.size < 1.4):
        return False
    step = (last.y - line.y) / last.size
    ended = bool(_END.search(last.text))
    if not 0 <= step <= max(1.35 * leading, leading + 0.3):  # another column, another page, or a space between paragraphs
        return small and not ended and (step < 0 or last.page != line.page or step < 2.2 * leading)
    if not small and (line.bold != last.bold or line.text.isupper() != last.text.isupper()):
        return False
    right = _right_edge(lines, place - 1)
    if ended and line.x0 > last.x0 + 0.8 * line.size and line.x1 > right - 2 * line.size:
        return False  # the first line of a paragraph is set in
    first = len(line.text.split(None, 1)[0]) / len(line.text) * (line.x1 - line.x0)
    doubt = 0.2 if ended else 1.5  # em: letters differ in width, but a line that ends in the midst of a sentence is rarely the last
    return (small and not ended) or last.x1 + first + doubt * line.size > right


def _right_edge(lines: Sequence[Line], place: int) -> float:
    """Of the column in which the line stands: as far as neighbours reach that lie above or below it."""
    line = lines[place]
    near = lines[max(0, place - _AROUND) : place + _AROUND + 1]
    return max(each.x1 for each in near if each.x0 < line.x1 and each.x1 > line.x0)


def _is_row(lines: Sequence[Line], place: int) -> bool:
    """Whether a line is a table's: it and a neighbour have cells, or it alone has three."""
    cells = lines[place].cells
    return cells > 2 or (cells > 1 and any(lines[near].cells > 1 for near in (place - 1, place + 1) if 0 <= near < len(lines)))


def _join(text: str, line: str, words: Counter[str]) -> str:
    cut = _CUT.search(text)
    if cut is None:
        return f"{text} {line}"
    rest = _WORD.match(line)
    if rest is None or not line[0].islower():
        return text.replace(SOFT, "-") + line
    begin, end = cut[1].casefold(), rest[0].casefold()
    whole, hyphened = words[begin + end], words[f"{begin}-{end}"]
    if hyphened > whole or (not whole and words[begin] > 1 and words[end] > 1):
        return f"{text[: cut.start(2)]}-{line}"
    return text[: cut.start(2)] + line
