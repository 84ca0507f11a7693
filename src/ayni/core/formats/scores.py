"""Scores: bits per byte on held-out text, page by page, and the paired table of gain and forgetting.

pages.parquet     page, work, set, language, country, register, alike, bytes, base_nats, model_nats
scores.json       {"gain": [row, ...], "forgetting": [row, ...]}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact

MINIMUM_WORKS = 5


@dataclass(frozen=True)
class PageScore:
    """The negative log-likelihood, in nats, of one held-out page under the base and under the model."""

    page: str
    work: str
    set: str
    language: str
    country: str
    register: str
    alike: bool
    bytes: int
    base_nats: float
    model_nats: float


@dataclass(frozen=True)
class ScoreRow:
    """One line of the table: bits per byte of both, their difference and its 95% interval.

    With fewer than MINIMUM_WORKS works the interval spans zero by definition: so few are no sample.
    """

    name: str
    language: str
    country: str
    register: str
    pages: int
    works: int
    bytes: int
    base_bpb: float
    model_bpb: float
    delta: float
    low: float
    high: float


class Scores(Artifact, kind="scores"):
    """Likelihoods page by page and the table made from them."""

    def write(self, pages: Sequence[PageScore], gain: Sequence[ScoreRow], forgetting: Sequence[ScoreRow]) -> None:
        """Write both files."""
        table = pa.Table.from_pylist([asdict(page) for page in pages])
        pq.write_table(table, self.path / "pages.parquet", compression="zstd", write_statistics=False)
        body = {"gain": [asdict(row) for row in gain], "forgetting": [asdict(row) for row in forgetting]}
        write_json(self.path / "scores.json", body)

    def table(self) -> dict[str, list[dict[str, Any]]]:
        """{"gain": rows, "forgetting": rows}."""
        body: dict[str, list[dict[str, Any]]] = read_json(self.path / "scores.json")
        return body

    def check(self) -> None:
        """Every interval holds its estimate."""
        for rows in self.table().values():
            for row in rows:
                if not row["low"] <= row["delta"] <= row["high"]:
                    raise FormatError(f"the interval of '{row['name']}' does not hold its estimate")

    def counts(self) -> dict[str, object]:
        """Rows, and bytes that were scored."""
        table = self.table()
        return {key: len(rows) for key, rows in table.items()}
