"""CNXML, the textbooks of OpenStax (and of Connexions): one document a module; a collection file gives its table of contents.

    [Piece(text="Rejillas de difracción\\n\\nEl análisis de la interferencia ...", title="Rejillas de difracción")]

Formulas are read as lines (`mathml`), descriptions of images as paragraphs. A reference that the book fills in when it is
built ("véase la Figura 3") has no words in the file: it becomes the kind of its target in the language of the module.
Source: Connexions, CNXML 0.8 and CollXML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ayni.corpus.readers.markup import LINE, PARAGRAPH, drop, first_text, language_tag, local, mark, mark_cells, substitute, text_of
from ayni.corpus.readers.mathml import render
from ayni.corpus.readers.reader import Bad, Piece

ROOTS = ("{http://cnx.rice.edu/cnxml}document", "{http://cnx.rice.edu/collxml}collection")

_PARAGRAPHS = (
    "para", "section", "note", "example", "exercise", "problem", "solution", "commentary", "figure", "subfigure", "table",
    "equation", "list", "quote", "rule", "statement", "proof", "abstract", "glossary", "definition", "content", "media",
)  # fmt: skip
_LINES = ("title", "item", "caption", "meaning", "seealso", "newline", "label", "footnote")
_MATH = "{http://www.w3.org/1998/Math/MathML}math"
_METADATA = (
    "content-id", "uuid", "slug", "license", "language", "created", "revised", "repository", "version", "actors", "roles",
    "subjectlist", "keywordlist", "metadata-url", "canonical-url", "course-code", "objectives", "param",
)  # fmt: skip
_KINDS = {
    "es": {"figure": "Figura", "table": "Tabla", "equation": "Ecuación", "example": "Ejemplo", "exercise": "Ejercicio", "note": "Nota"},
    "pt": {"figure": "Figura", "table": "Tabela", "equation": "Equação", "example": "Exemplo", "exercise": "Exercício", "note": "Nota"},
    "en": {"figure": "Figure", "table": "Table", "equation": "Equation", "example": "Example", "exercise": "Exercise", "note": "Note"},
}
_TELLING = {"es": re.compile(r"\b(?:el|los|del|una)\b"), "pt": re.compile(r"\b(?:o|os|do|uma)\b"), "en": re.compile(r"\b(?:the|of|and)\b")}


def read(root: Any) -> Iterator[Piece | Bad]:
    """The module, or the titles of the collection."""
    title = first_text(root.iter("{*}title"))
    license = next((each.get("url") or "" for each in root.iter("{*}license")), "")
    language = language_tag(root.get("{http://www.w3.org/XML/1998/namespace}lang") or first_text(root.iter("{*}language")))
    metadata = root.find("{*}metadata")
    if metadata is not None:
        drop(metadata, *_METADATA, "title")
        if root.find("{*}title") is None:
            metadata.text = f"{PARAGRAPH}{title}{PARAGRAPH}"
    for formula in list(root.iter(_MATH)):
        text = render(formula)
        substitute(formula, text)
    _name_references(root, language)
    for medium in root.iter("{*}media", "{*}iframe"):
        medium.text = f"{medium.get('alt') or ''}{LINE}{medium.text or ''}"
    for definition in root.iter("{*}definition"):
        term = definition.find("{*}term")
        if term is not None:
            term.tail = f":{' ' if (term.tail or '').strip() else ''}{term.tail or ''}"
    mark(root, PARAGRAPH, *_PARAGRAPHS)
    mark(root, LINE, *_LINES)
    mark_cells(root, "row", "entry")
    _keep_code_lines(root)
    text = re.sub(r" ?\(\s*\)", "", text_of(root))
    if text:
        yield Piece(text, title=title, language=language, license=license)


def _name_references(root: Any, language: str) -> None:
    """Words for references without words."""
    empty = [each for each in root.iter("{*}link") if not len(each) and not (each.text or "").strip()]
    if not empty:
        return
    if language not in _KINDS:
        text = "".join(root.itertext())
        language = max(_TELLING, key=lambda tag: len(_TELLING[tag].findall(text)))
    kinds = {each.get("id"): local(each) for each in root.iter("{*}*") if each.get("id")}
    for link in empty:
        link.text = _KINDS[language].get(kinds.get(link.get("target-id"), ""), "")


def _keep_code_lines(root: Any) -> None:
    for element in root.iter("{*}code", "{*}preformat"):
        if element.get("display") == "block" or local(element) == "preformat":
            for part in element.iter():
                part.text = (part.text or "").replace("\n", LINE)
