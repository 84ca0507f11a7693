"""Likelihoods: how many nats one model needs for each held-out page.

pages.parquet     page (hash of its documents' ids and text), work, set, language, country, register, alike, bytes, tokens, nats
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.formats.artifact import Artifact


@dataclass(frozen=True)
class PageLikelihood:
    """One page and its negative log-likelihood in nats."""

    page: str
    work: str
    set: str
    language: str
    country: str
    register: str
    alike: bool
    bytes: int
    tokens: int
    nats: float


class Likelihoods(Artifact, kind="likelihoods"):
    """One model's reading of the held-out pages."""

    def write(self, pages: Sequence[PageLikelihood]) -> None:
        """Write the pages."""
        table = pa.Table.from_pylist([asdict(page) for page in pages])
        pq.write_table(table, self.path / "pages.parquet", compression="zstd", write_statistics=False)

    def pages(self) -> list[PageLikelihood]:
        """Every page, in order."""
        return [PageLikelihood(**row) for row in pq.read_table(self.path / "pages.parquet").to_pylist()]

    def check(self) -> None:
        """Every likelihood is a number."""
        for page in self.pages():
            if not math.isfinite(page.nats):
                raise FormatError(f"the page {page.page} has no finite likelihood")

    def counts(self) -> dict[str, object]:
        """Pages, bytes, tokens, and bits per byte over all of them."""
        pages = self.pages()
        size = sum(page.bytes for page in pages)
        bits = sum(page.nats for page in pages) / math.log(2)
        return {
            "pages": len(pages),
            "bytes": size,
            "tokens": sum(page.tokens for page in pages),
            "bits_per_byte": round(bits / max(1, size), 4),
        }
