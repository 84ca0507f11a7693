"""One span of personal data, and which of several that overlap stays.

settle([Span("phone", 10, 21, "BR", None), Span("cpf", 10, 21, "BR", True, 3)])     -> the cpf
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Span:
    """A place in a text: what it is, code points from and to, whose country's, whether its check digit is right."""

    type: str
    start: int
    end: int
    country: str | None = None
    valid: bool | None = None
    weight: int = 0  # the surer stays where two overlap

    def row(self, shift: int = 0) -> dict[str, Any]:
        """As the column `spans` holds it, moved by `shift`."""
        return {
            "type": self.type,
            "start": self.start + shift,
            "end": self.end + shift,
            "country": self.country,
            "valid": self.valid,
        }


def settle(spans: Iterable[Span]) -> list[Span]:
    """The spans without overlaps, in order: heavier before lighter, longer before shorter, earlier before later."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (-each.weight, each.start - each.end, each.start, each.type)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda each: each.start)
