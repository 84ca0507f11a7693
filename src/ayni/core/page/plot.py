"""Plots as SVG, drawn by hand: a forest of paired differences, bars, a curve. No script, no font, no colour alone.

draw_differences([Difference("Nahuatl", -1.0, (-1.1, -0.9))], "Gain and forgetting", "better", "worse")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_ROW = 24
_LABEL = 190
_WIDTH = 720


@dataclass(frozen=True)
class Difference:
    """One line of the forest: a difference and its interval, None where one page cannot give one; `heading` opens a block."""

    name: str
    delta: float
    interval: tuple[float, float] | None
    heading: str = ""


def wrap_svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    """One drawing with a name for those who do not see it."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
        + "".join(parts)
        + "</svg>"
    )


def write_text(x: float, y: float, text: str, *, anchor: str = "start", style: str = "") -> str:
    """A line of text at a place; `style` is a class of style.css."""
    mark = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{mark}>{escape(text)}</text>'


def draw_differences(rows: Sequence[Difference], title: str, better: str, worse: str) -> str:
    """A point and a bar a row around zero: filled to the left (better), hollow to the right or where the bar holds zero."""
    ends = [end for row in rows for end in (row.interval or (row.delta,))]
    low, high = min([*ends, -0.05]), max([*ends, 0.05])
    room = _WIDTH - _LABEL - 70

    def place(value: float) -> float:
        return _LABEL + (value - low) / (high - low) * room

    parts: list[str] = []
    y = 34.0
    zero = place(0.0)
    for row in rows:
        if row.heading:
            parts.append(write_text(0, y + 6, row.heading, style="soft"))
            y += _ROW
        clear = row.interval is not None and row.interval[1] < 0
        style = "good" if clear or (row.interval is None and row.delta < 0) else "bad"
        hollow = "" if clear else " open"
        parts.append(write_text(12, y + 4, row.name))
        if row.interval is not None:
            left, right = map(place, row.interval)
            parts.append(f'<line class="{style}" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke-width="2"/>')
        parts.append(f'<circle class="{style}{hollow}" cx="{place(row.delta):.1f}" cy="{y:.1f}" r="4.5" stroke-width="2"/>')
        parts.append(write_text(_WIDTH, y + 4, f"{row.delta:+.3f}".replace("-", "−"), anchor="end"))
        y += _ROW
    frame = [
        f'<line class="zero" x1="{zero:.1f}" x2="{zero:.1f}" y1="20" y2="{y:.1f}" stroke-width="1"/>',
        write_text(zero - 8, 14, f"← {better}", anchor="end", style="soft"),
        write_text(zero + 8, 14, f"{worse} →", style="soft"),
    ]
    return wrap_svg(_WIDTH, y + 6, title, [*frame, *parts])


def draw_bars(rows: Sequence[tuple[str, float, float]], title: str, show: Sequence[str]) -> str:
    """Horizontal bars: (name, whole, filled part), with the text of `show` at the end of each."""
    largest = max([whole for _, whole, _ in rows] + [1.0])
    room = _WIDTH - _LABEL - 130
    parts: list[str] = []
    for index, ((name, whole, filled), text) in enumerate(zip(rows, show, strict=True)):
        y = 8 + index * _ROW
        parts.append(write_text(0, y + 13, name))
        parts.append(f'<rect class="rest" x="{_LABEL}" y="{y}" width="{whole / largest * room:.1f}" height="16" rx="2"/>')
        parts.append(f'<rect class="bar" x="{_LABEL}" y="{y}" width="{filled / largest * room:.1f}" height="16" rx="2"/>')
        parts.append(write_text(_LABEL + whole / largest * room + 8, y + 13, text, style="soft"))
    return wrap_svg(_WIDTH, 16 + len(rows) * _ROW, title, parts)


def draw_curve(points: Sequence[tuple[float, float]], title: str, across: str) -> str:
    """A line through points, averaged so that about 120 remain, with its first and last value named."""
    step = max(1, len(points) // 120)
    groups = [points[at : at + step] for at in range(0, len(points), step)]
    means = [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]
    if len(means) < 2:
        return wrap_svg(_WIDTH, 20, title, [])
    left, right = means[0][0], means[-1][0]
    bottom, top = min(y for _, y in means), max(y for _, y in means)
    height = 200.0

    def place(x: float, y: float) -> str:
        return f"{50 + (x - left) / (right - left) * (_WIDTH - 110):.1f},{20 + (top - y) / max(top - bottom, 1e-9) * height:.1f}"

    line = f'<polyline class="curve" points="{" ".join(place(x, y) for x, y in means)}"/>'
    axis = f'<line class="grid" x1="50" x2="{_WIDTH - 60}" y1="{20 + height}" y2="{20 + height}"/>'
    labels = [
        write_text(44, 24, f"{top:.2f}", anchor="end", style="soft"),
        write_text(44, 24 + height, f"{bottom:.2f}", anchor="end", style="soft"),
        write_text(_WIDTH - 60, 40 + height, across, anchor="end", style="soft"),
    ]
    return wrap_svg(_WIDTH, height + 50, title, [axis, line, *labels])
