"""The numbers that Word computes for the paragraphs of a list, which no text of the file holds.

    lists = read_lists(numbering, styles)
    lists.number(paragraph)                 "Artículo 3. ", "a) ", "- " for a bullet, "" outside of lists

Source: ECMA-376 part 1, 17.9 (numbering). Levels restart below a higher one; pictures and rare scripts of numbers count in decimals.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"))
_INHERITED = 20  # styles that are based on one another


@dataclass(frozen=True)
class _Level:
    """How one level is written: "%1.%2)", in which numbers, from which on."""

    text: str
    form: str
    start: int


@dataclass
class Lists:
    """The lists of a document, and how far each has counted."""

    levels: dict[str, list[_Level]] = field(default_factory=dict)  # list -> its levels
    shared: dict[str, str] = field(default_factory=dict)  # list -> the abstract one whose count it shares
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)  # paragraph style -> list and level
    counts: dict[str, list[int]] = field(default_factory=dict)

    def number(self, paragraph: Any) -> str:
        """Count on, and say what stands before the paragraph."""
        name, place = self._find(paragraph)
        levels = self.levels.get(name, [])
        if not 0 <= place < len(levels):
            return ""
        level = levels[place]
        if level.form == "bullet":
            return "- "
        counts = self.counts.setdefault(self.shared[name], [each.start - 1 for each in levels])
        counts += [each.start - 1 for each in levels[len(counts) :]]
        counts[place] += 1
        counts[place + 1 :] = [each.start - 1 for each in levels[place + 1 :]]
        if level.form == "none":
            return ""
        text = re.sub(r"%([1-9])", lambda mark: _write(counts, levels, int(mark[1]) - 1), level.text).strip()
        return f"{text} " if text else ""

    def _find(self, paragraph: Any) -> tuple[str, int]:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return "", 0
        style = properties.find(f"{W}pStyle")
        name, level = self.styles.get(_value(style), ("", 0))
        own = properties.find(f"{W}numPr")
        return (name, level) if own is None else _read_place(own, name, level)


def read_lists(numbering: Any, styles: Any) -> Lists:
    """Lists by their number, with the levels of their abstract definitions, and the styles that belong to a list."""
    lists = Lists()
    if numbering is None:
        return lists
    abstract = {
        each.get(f"{W}abstractNumId"): [_read_level(level) for level in each.iterchildren(f"{W}lvl")][:_LEVELS] for each in numbering
    }
    for each in numbering.iterchildren(f"{W}num"):
        name, definition = each.get(f"{W}numId", ""), _value(each.find(f"{W}abstractNumId"))
        lists.levels[name] = abstract.get(definition, [])
        restarts = each.find(f"{W}lvlOverride/{W}startOverride") is not None
        lists.shared[name] = f"num {name}" if restarts else definition
    if styles is not None:
        by_name = {each.get(f"{W}styleId", ""): each for each in styles.iterchildren(f"{W}style")}
        lists.styles = {name: found for name in by_name if (found := _inherit(by_name, name))[0]}
    return lists


def _inherit(styles: dict[str, Any], name: str) -> tuple[str, int]:
    for _ in range(_INHERITED):
        style = styles.get(name)
        if style is None:
            break
        own = style.find(f"{W}pPr/{W}numPr")
        if own is not None:
            return _read_place(own, "", 0)
        name = _value(style.find(f"{W}basedOn"))
    return "", 0


def _read_place(element: Any, name: str, level: int) -> tuple[str, int]:
    number, place = element.find(f"{W}numId"), element.find(f"{W}ilvl")
    stated = _value(place)
    return (name if number is None else _value(number)), int(stated) if stated.isdecimal() and len(stated) < 3 else level


def _read_level(element: Any) -> _Level:
    start = _value(element.find(f"{W}start"))
    text, form = _value(element.find(f"{W}lvlText")), _value(element.find(f"{W}numFmt"))
    return _Level(text, form, int(start) if start.isdecimal() and len(start) < 7 else 1)


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{W}val", ""))


def _write(counts: list[int], levels: list[_Level], place: int) -> str:
    if place >= len(counts):
        return ""
    count = max(counts[place], levels[place].start)
    write = _FORMS.get(levels[place].form, str)
    return write(count)


def _to_roman(count: int) -> str:
    out = ""
    for value, letters in (*_ROMAN, (4, "iv"), (1, "i")):
        times, count = divmod(count, value)
        out += letters * min(times, 10)
    return out


def _to_letter(count: int) -> str:
    """a to z, then aa, bb: as Word counts."""
    return chr(ord("a") + (count - 1) % 26) * min(1 + (count - 1) // 26, 10) if count > 0 else ""


_FORMS: dict[str, Callable[[int], str]] = {
    "lowerRoman": _to_roman,
    "upperRoman": lambda count: _to_roman(count).upper(),
    "lowerLetter": _to_letter,
    "upperLetter": lambda count: _to_letter(count).upper(),
    "ordinal": lambda count: f"{count}º",
}
