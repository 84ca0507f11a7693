"""Verdict: whether a model may leave the house, by which stated limits, and what was measured against each.

verdict.json     {"passed": true, "conditions": [{"name", "limit", "measured", "low", "high", "held"}, ...]}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact


@dataclass(frozen=True)
class Condition:
    """One limit: the difference measured (bits per byte, below zero is better), its interval, and whether the limit held."""

    name: str
    limit: float
    measured: float
    low: float
    high: float
    held: bool


class Verdict(Artifact, kind="verdict"):
    """The outcome of a gate."""

    def write(self, conditions: Sequence[Condition]) -> None:
        """Write the conditions; the verdict is that all held."""
        body = {"passed": all(each.held for each in conditions), "conditions": [asdict(each) for each in conditions]}
        write_json(self.path / "verdict.json", body)

    def body(self) -> dict[str, Any]:
        """verdict.json."""
        found: dict[str, Any] = read_json(self.path / "verdict.json")
        return found

    def check(self) -> None:
        """There is a condition, and the verdict follows from them."""
        body = self.body()
        if not body["conditions"] or body["passed"] != all(each["held"] for each in body["conditions"]):
            raise FormatError("the verdict does not follow from its conditions")

    def counts(self) -> dict[str, object]:
        """The verdict in one word, and how many conditions there were."""
        body = self.body()
        return {"passed": body["passed"], "conditions": len(body["conditions"])}
