"""Formulas of MathML as a line that a person can read.

    render(<math><mfrac><mi>F</mi><mi>m</mi></mfrac></math>)     -> "F/m"
    10<msup>..<mo>−</mo>2</msup> -> "10⁻²"; <msqrt>2x</msqrt> -> "√(2x)"; <mover>F→</mover> -> "F⃗"

Presentation MathML (W3C, MathML 3.0). Nothing is computed or reordered; what has no sign of its own in Unicode is written as
in programs: x^(n+1), x_i, (a + b)/c.
"""

from __future__ import annotations

import re
from typing import Any

from ayni.corpus.readers.markup import local

_ABOVE = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_BELOW = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_ACCENTS = {"→": "\u20d7", "⇀": "\u20d7", "¯": "\u0304", "‾": "\u0304", "–": "\u0304", "−": "\u0304", "_": "\u0304", "^": "\u0302"}
_ACCENTS |= {"ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "˙": "\u0307", "·": "\u0307", ".": "\u0307", "¨": "\u0308", "⃗": "\u20d7"}
_SPACED = set("=≠<>≤≥≈≅≡∼~∝→⇒⇔←↔⟹⟶∈∉⊂⊆∪∩±∓+−–×÷·⋅∧∨≪≫∥⊥")
_LARGE = {"∑", "∏", "∫", "∮", "⋃", "⋂", "lim", "máx", "mín", "max", "min"}
_PRODUCT = re.compile(r"[\w.,\u0302\u0304\u20d7]+|√\w")  # needs no brackets above a line or as an index
_FACTOR = re.compile(r"[\d.,]+|[^\W\d_]+[\u0302\u0304\u20d7]?(?:_\w+)?")  # nor below a line, under a root or a power
_LONGEST = 10_000  # signs; the longest in two textbooks of OpenStax has 1,346
_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b"))


def render(math: Any) -> str:
    """A formula in one line; what is longer than any formula is no more than its signs."""
    signs = "".join(math.itertext())
    if len(signs) > _LONGEST:
        return " ".join(signs.split())
    return " ".join(_row(math).split())


def _row(element: Any) -> str:
    """An element's text and its children, one after the other."""
    out = element.text or ""
    word = False
    for child in element:
        piece = _one(child)
        token = local(child) in ("mi", "mtext") and len(piece) > 1 and piece.isalpha()
        if (token and out[-1:].isalnum()) or (word and piece[:1].isalnum()):
            out += " "  # names of functions and units: sen θ, 2 kg
        out += (piece.lstrip() if not out or out[-1] in "([{ " else piece) + (child.tail or "")
        word = token
    return out


def _one(element: Any) -> str:
    name = local(element)
    parts = [each for each in element if local(each)]
    if name in ("mi", "mn", "ms", "mtext"):
        return "".join(element.itertext()).translate(_INVISIBLE).replace("\xa0", " ")
    if name == "mo":
        return _operator(element)
    if name == "mspace":
        return " "
    if name in ("annotation", "annotation-xml", "mphantom", "none", "mprescripts"):
        return ""
    if name == "semantics":
        return _one(parts[0]) if parts else ""
    if name == "mtable":
        rows = (" ".join(filter(None, (_row(cell).strip() for cell in row))) for row in parts)
        return "; ".join(filter(None, rows))
    if name == "mfenced":
        inner = (element.get("separators", ",").strip()[:1] or " ").join(_one(each).strip() for each in parts)
        return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"
    if name == "msqrt":
        return f"√{_bind(_row(element).strip(), _FACTOR)}"
    shape = _SHAPES.get(name)
    if shape is None or len(parts) < 2:
        return _row(element)
    return shape(*(_one(each).strip() for each in parts))


def _operator(element: Any) -> str:
    sign = "".join(element.itertext()).strip()
    if sign == "\u2061":  # "function application" stands between sen and its angle
        return " "
    sign = sign.translate(_INVISIBLE)
    before = element.getprevious()
    if sign in _SPACED and before is not None and not (local(before) == "mo" and (before.text or "").strip() in _SPACED):
        return f" {sign} "
    return f"{sign} " if sign in (",", ";") else sign


def _bind(text: str, whole: re.Pattern[str] = _PRODUCT) -> str:
    """Brackets around what is not whole by itself and has none."""
    return text if len(text) < 2 or whole.fullmatch(text) or _is_closed(text) else f"({text})"


def _is_closed(text: str) -> bool:
    """Whether the first sign is a bracket that the last one closes."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0:
            return text[0] in "([{" and place == len(text) - 1
    return False


def _raise(text: str) -> str:
    if text in ("′", "'", "″", "°", "*", "†"):
        return text
    return text.translate(_ABOVE) if text and all(ord(each) in _ABOVE for each in text) else f"^{_bind(text)}"


def _lower(text: str) -> str:
    return text.translate(_BELOW) if text and all(ord(each) in _BELOW for each in text) else f"_{_bind(text)}"


def _fraction(above: str, below: str, *_: str) -> str:
    return f"{_bind(above)}/{_bind(below, _FACTOR)}"


def _power(base: str, above: str, *_: str) -> str:
    return f"{_bind(base, _FACTOR)}{_raise(above)}" if above else base


def _index(base: str, below: str, *_: str) -> str:
    return f"{base}{_lower(below)}{' ' if base in _LARGE else ''}" if below else base


def _both(base: str, below: str = "", above: str = "", *_: str) -> str:
    end = " " if base in _LARGE else ""
    return f"{base}{_lower(below) if below else ''}{_raise(above) if above else ''}{end}"


def _over(base: str, above: str, *_: str) -> str:
    accent = _ACCENTS.get(above)
    if accent is None:
        return _power(base, above)
    return base + accent if len(base) == 1 else f"{_bind(base)}{accent}"


def _root(base: str, degree: str, *_: str) -> str:
    return f"{_raise(degree)}√{_bind(base, _FACTOR)}"


_SHAPES = {
    **{"mfrac": _fraction, "msup": _power, "msub": _index, "munder": _index, "msubsup": _both, "munderover": _both},
    **{"mover": _over, "mroot": _root, "mmultiscripts": _both},
}
