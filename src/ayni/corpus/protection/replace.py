"""Replacing spans in one text: the same value has the same token through the document, and nothing of it is left.

replace_spans("Llame a Ana Ríos. Ana Ríos no está.", spans, policy, "es").text      -> "Llame a [NOMBRE_1]. [NOMBRE_1] no está."
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ayni.corpus.protection.policy import Policy, name_type


@dataclass
class Replaced:
    """The text without the values; token -> value; counts by type, and of those how many had a wrong check digit."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    invalid: dict[str, int] = field(default_factory=dict)


def replace_spans(text: str, spans: Sequence[Mapping[str, Any]], policy: Policy, language: str) -> Replaced:
    """Replace what the policy asks for; spans in order, not overlapping, offsets in code points."""
    done = Replaced("")
    tokens: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    pieces: list[str] = []
    end = 0
    for span in spans:
        kind, start, stop = span["type"], span["start"], span["end"]
        if not policy.replaces(kind, text[max(0, start - 80) : start]):
            continue
        value = text[start:stop]
        key = (kind, _fold(value))
        if key not in tokens:
            numbers[kind] = numbers.get(kind, 0) + 1
            tokens[key] = f"[{name_type(kind, language)}_{numbers[kind]}]"
            done.values[tokens[key]] = value
        pieces += [text[end:start], tokens[key]]
        end = stop
        done.counts[kind] = done.counts.get(kind, 0) + 1
        done.invalid[kind] = done.invalid.get(kind, 0) + (span["valid"] is False)
    done.text = "".join([*pieces, text[end:]])
    return done


def _fold(value: str) -> str:
    """Letters and digits alone, without case and accents: 123.456-7 and 1234567 are one number."""
    plain = unicodedata.normalize("NFD", value.casefold())
    return "".join(each for each in plain if each.isalnum())
