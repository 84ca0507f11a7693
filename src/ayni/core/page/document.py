"""A page of HTML, built from escaped pieces: headings, paragraphs, tables, figures.

page = Page("Title", "es"); page.paragraph("..."); page.table(["a"], [["1"]]); html = page.render()
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ayni.core.places import asset

Cell = str | int | float


class Page:
    """Collects pieces; `render` gives one self-contained file."""

    def __init__(self, title: str, language: str) -> None:
        self.title = title
        self.language = language
        self._parts: list[str] = []

    def heading(self, text: str, level: int = 2) -> None:
        """A heading."""
        self._parts.append(f"<h{level}>{escape(text)}</h{level}>")

    def paragraph(self, text: str, *, style: str = "") -> None:
        """A paragraph; `style` is a class of style.css."""
        mark = f' class="{escape(style)}"' if style else ""
        self._parts.append(f"<p{mark}>{escape(text)}</p>")

    def figures(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Big figures with a line of explanation each."""
        cells = "".join(f"<div><strong>{escape(figure)}</strong><span>{escape(about)}</span></div>" for figure, about in pairs)
        self._parts.append(f'<div class="figures">{cells}</div>')

    def drawing(self, svg: str, caption: str) -> None:
        """An SVG drawing, trusted as it is, with a caption."""
        self._parts.append(f'<figure><div class="scroll">{svg}</div><figcaption>{escape(caption)}</figcaption></figure>')

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", numbers: Sequence[int] = ()) -> None:
        """A table; `numbers` are the columns set to the right."""
        head = "".join(f'<th scope="col"{_right(place, numbers)}>{escape(name)}</th>' for place, name in enumerate(columns))
        body = "".join(
            "<tr>" + "".join(f"<td{_right(place, numbers)}>{escape(cell)}</td>" for place, cell in enumerate(row)) + "</tr>" for row in rows
        )
        title = f"<caption>{escape(caption)}</caption>" if caption else ""
        self._parts.append(f'<div class="scroll"><table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')

    def code(self, text: str) -> None:
        """Commands to type."""
        self._parts.append(f"<pre>{escape(text)}</pre>")

    def fold(self, summary: str, parts: Page) -> None:
        """Another page's pieces, folded away under a line."""
        self._parts.append(f"<details><summary>{escape(summary)}</summary>{''.join(parts._parts)}</details>")

    def render_body(self) -> str:
        """The pieces alone."""
        return "".join(self._parts)


def render_document(title: str, bodies: Sequence[tuple[str, str, str]], default: str) -> str:
    """One file with a body for every language (tag, its name, pieces) and a switch between them, without script."""
    style = asset("page/style.css").read_text("utf-8")
    inputs = "".join(f'<input type="radio" name="language" id="show-{tag}"{" checked" if tag == default else ""}>' for tag, _, _ in bodies)
    labels = "".join(f'<label for="show-{tag}" lang="{tag}">{escape(name)}</label>' for tag, name, _ in bodies)
    rules = "".join(
        f"#show-{tag}:checked~main .in-{tag}{{display:block}}#show-{tag}:checked~nav label[for=show-{tag}]{{font-weight:700}}"
        for tag, _, _ in bodies
    )
    mains = "".join(f'<div class="body in-{tag}" lang="{tag}">{body}</div>' for tag, _, body in bodies)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="{default}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title><style>{style}{rules}</style></head>"
        f"<body>{inputs}<nav>{labels}</nav><main>{mains}</main></body></html>\n"
    )


def _right(place: int, numbers: Sequence[int]) -> str:
    return ' class="number"' if place in numbers else ""
