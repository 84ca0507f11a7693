"""Parity: what each language, variety and domain pays with one or several tokenizers, on held-out text.

parity.json      the rows; parity.txt the same as a table; parity.svg the cost against Spanish
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact


@dataclass(frozen=True)
class ParityRow:
    """One tokenizer on one cut of the text: `by` is language, variety or domain. Costs are None without parallel Spanish."""

    tokenizer: str
    by: str
    name: str
    bytes: int
    words: int
    tokens: int
    tokens_per_word: float
    bytes_per_token: float
    whole_words: float  # share of words that are one token
    cost_per_byte: float | None  # tokens a byte, against Spanish that says the same
    cost_per_meaning: float | None  # tokens, against Spanish that says the same


class Parity(Artifact, kind="parity"):
    """Rows, a table and a plot."""

    def write(self, rows: Sequence[ParityRow]) -> None:
        """Write parity.json."""
        write_json(self.path / "parity.json", {"rows": [asdict(row) for row in rows]})

    def rows(self) -> list[ParityRow]:
        """All rows."""
        return [ParityRow(**row) for row in read_json(self.path / "parity.json")["rows"]]

    def check(self) -> None:
        """Every row has text."""
        if any(row.bytes <= 0 or row.tokens <= 0 for row in self.rows()):
            raise FormatError("a row of the parity table has no text")

    def counts(self) -> dict[str, object]:
        """Number of rows."""
        return {"rows": len(self.rows())}
