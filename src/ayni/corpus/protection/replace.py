"""Replacing spans in one text: the same value has the same token through the document, and nothing of it is left.

replace_spans("Llame a Ana Ríos. Ana Ríos no está.", spans, policy, "es").text      -> "Llame a [NOMBRE_1]. [NOMBRE_1] no está."
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ayni.corpus.protection.policy import Policy, name_type

_SHORTEST = 6  # code points of a value that is looked for elsewhere: a lone "Ana" may be anybody


@dataclass
class Replaced:
    """The text without the values; token -> value; counts by type, and of those how many had a wrong check digit."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    invalid: dict[str, int] = field(default_factory=dict)


def replace_spans(text: str, spans: Sequence[Mapping[str, Any]], policy: Policy, language: str) -> Replaced:
    """Replace what the policy asks for; spans in order, not overlapping, offsets in code points.

    A value that was replaced is then replaced wherever else it stands word for word ("Caso de Pedro Quispe", which no finder takes for
    a name), but for one that the policy lets stand somewhere: the judge who signs.
    """
    done = Replaced("")
    tokens: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    pieces: list[str] = []
    kept: set[str] = set()
    end = 0
    for span in spans:
        kind, start, stop = span["type"], span["start"], span["end"]
        value = text[start:stop]
        if not policy.replaces(kind, text[max(0, start - 80) : start]):
            kept.add(value)
            continue
        key = (kind, _fold(value))
        if key not in tokens:
            numbers[kind] = numbers.get(kind, 0) + 1
            tokens[key] = f"[{name_type(kind, language)}_{numbers[kind]}]"
            done.values[tokens[key]] = value
        pieces += [text[end:start], tokens[key]]
        end = stop
        done.counts[kind] = done.counts.get(kind, 0) + 1
        done.invalid[kind] = done.invalid.get(kind, 0) + (span["valid"] is False)
    elsewhere = {token: value for token, value in done.values.items() if value not in kept and len(value) >= _SHORTEST}
    done.text = hide_values("".join([*pieces, text[end:]]), elsewhere)
    return done


def hide_values(text: str, values: Mapping[str, str]) -> str:
    """A text without these values, where they stand as whole words; longer ones first, so that no part of a name is left."""
    for token, value in sorted(values.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        if value in text:
            text = _put(text, value, token)
    return text


def _put(text: str, value: str, token: str) -> str:
    """`token` for `value`, but not inside a longer word."""
    pieces, end, place = [], 0, text.find(value)
    while place >= 0:
        after = place + len(value)
        if any(mark.isalnum() or mark == "_" for mark in text[max(0, place - 1) : place] + text[after : after + 1]):
            place = text.find(value, place + 1)
            continue
        pieces += [text[end:place], token]
        end, place = after, text.find(value, after)
    return "".join([*pieces, text[end:]])


def _fold(value: str) -> str:
    """Letters and digits alone, without case and accents: 123.456-7 and 1234567 are one number."""
    plain = unicodedata.normalize("NFD", value.casefold())
    return "".join(each for each in plain if each.isalnum())
