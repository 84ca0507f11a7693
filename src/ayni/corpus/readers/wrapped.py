"""Text whose lines are a printed page's: running titles taken out of sentences, broken lines joined.

heading, text = lift_page_lines(text)     "1 de 9" and the lines that follow every such counter, kept once
join_lines("La presente Ley es de orden público y\\nde observancia general.")
                                          -> "La presente Ley es de orden público y de observancia general."
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

_COUNTER = re.compile(r"(?:p[áa]g(?:ina|\.)? )?\d{1,4} (?:de|of|/) (\d{1,4})", re.IGNORECASE)
_REACH = 12  # lines of a running title; the longest seen in Mexican laws has 7
_SHARE = 0.6  # of the pages that must have a line for it to be a running title
_NARROW = 40  # letters; a page of prose has longer lines, and verses are not to be joined
_ITEM = re.compile(
    r"(?:[-–—•*]|[IVXLC]{1,7}(?: bis| ter)?[.)]|[a-z]{1,2}[.)]|\d{1,3}(?:[.)º°o]|\.-)|art[íi]culo |cap[íi]tulo |t[íi]tulo )", re.IGNORECASE
)
_ENDS = (".", ":", ";", ".-", "?", "!", ".”", '."')


def lift_page_lines(text: str) -> tuple[str, str]:
    """The running title, once, and the text without page counters and running titles."""
    lines = text.split("\n")
    counters = [place for place, line in enumerate(lines) if _COUNTER.fullmatch(line)]
    totals = Counter(lines[place].rsplit(None, 1)[-1] for place in counters)
    counters = [place for place in counters if totals[lines[place].rsplit(None, 1)[-1]] == max(totals.values())]
    if len(counters) < 2:
        return "", text
    heading: list[str] = []
    for offset in range(1, _REACH + 1):
        after = Counter(lines[place + offset] for place in counters if place + offset < len(lines))
        line, count = after.most_common(1)[0] if after else ("", 0)
        if count < max(2, _SHARE * len(counters)):
            break
        heading.append(line)
    gone = set(counters)
    for place in counters:
        for offset, line in enumerate(heading, 1):
            if place + offset >= len(lines) or lines[place + offset] != line:
                break
            gone.add(place + offset)
    return "\n".join(filter(None, heading)), "\n".join(line for place, line in enumerate(lines) if place not in gone)


def join_lines(text: str) -> str:
    """Join a line to the next where the next one's first word would not have fitted on it, or begins small."""
    lines = text.split("\n")
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[int(0.95 * len(lengths))] if lengths else 0
    if width < _NARROW:
        return text
    joined = [lines[0]]
    for last, line in pairwise(lines):
        joined.append(" " if last and line and _continues(last, line, width) else "\n")
        joined.append(line)
    return "".join(joined)


def _continues(last: str, line: str, width: int) -> bool:
    if _ITEM.match(line):
        return False
    if line[0].islower():
        return True
    if not last.endswith(_ENDS):
        return len(last) > 0.7 * width  # a heading or a note is shorter
    return len(last) + 1 + len(line.split(None, 1)[0]) > width and len(last) > 0.9 * width  # letters have different widths
