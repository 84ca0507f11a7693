"""Stage `tokenizer.parity`: what each language pays for its text with a tokenizer, against Spanish that says the same.

    [parity]
    stage = "tokenizer.parity"
    tokenizers = ["@tokenizer", "@llama"]
    sample = "@sample"                       # its held-out works

Tokens a word, bytes a token, words that stay whole, by language, variety (es-MX) and domain. Where documents say the same as
Spanish ones (`pair`), also the cost: tokens a byte, and tokens in all, divided by those of the Spanish. `ayni eval TOKENIZER
--suite parity` does the same for any folder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ayni.core.files import write_atomic
from ayni.core.formats.model import Model, Tokenizer
from ayni.core.formats.parity import Parity, ParityRow
from ayni.core.formats.sample import Sample, SampleRow
from ayni.core.page.plot import draw_bars
from ayni.model.encoder import Encoder, open_encoder
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_SPANISH = "es"
_BATCH = 256


class ParityParams(StageParams):
    """`names` of the tokenizers in the table, in their order; else first, second, ..."""

    names: tuple[str, ...] = ()


@stage("tokenizer.parity", version=1)
def compare(job: Job, tokenizers: list[Tokenizer | Model], sample: Sample, params: ParityParams) -> Parity:  # type: ignore[return]
    """Measure every tokenizer on the same held-out text."""
    rows: list[ParityRow] = []
    for place, each in enumerate(tokenizers):
        name = params.names[place] if place < len(params.names) else f"tokenizer {place + 1}"
        rows += measure(open_encoder(each.path), name, sample.rows("heldout"))
    Parity(job.folder).write(rows)
    write_atomic(job.folder / "parity.txt", format_table(rows))
    costs = [row for row in rows if row.by == "language" and row.cost_per_byte is not None]
    bars = [(f"{row.name} ({row.tokenizer})", row.cost_per_byte or 0.0, row.cost_per_byte or 0.0) for row in costs]
    write_atomic(job.folder / "parity.svg", draw_bars(bars, "tokens a byte against Spanish", [f"{cost:.2f}" for _, cost, _ in bars]))


@dataclass
class _Sum:
    bytes: int = 0
    words: int = 0
    tokens: int = 0
    whole: int = 0

    def add(self, size: int, words: int, tokens: int, whole: int) -> None:
        self.bytes += size
        self.words += words
        self.tokens += tokens
        self.whole += whole


def measure(encoder: Encoder, name: str, rows: Iterable[SampleRow]) -> list[ParityRow]:
    """The rows of one tokenizer."""
    sums: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
    pairs: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
    known: dict[str, bool] = {}
    for row, tokens in _encode(encoder, rows):
        words = row.text.split()
        fresh = [word for word in dict.fromkeys(words) if word not in known]
        _, lengths = encoder.encode([f" {word}" for word in fresh])
        known.update(zip(fresh, (lengths == 1).tolist(), strict=True))
        facts = (len(row.text.encode()), len(words), tokens, sum(known[word] for word in words))
        variety = f"{row.language}-{row.country}" if row.country else row.language
        for cut in (("language", row.language), ("variety", variety), ("domain", row.domain)):
            if cut[1]:
                sums[cut].add(*facts)
        if row.pair:
            pairs[row.pair, row.language].add(*facts)
    costs = _compare_pairs(pairs)
    return [_make_row(name, cut, total, costs) for cut, total in sorted(sums.items()) if total.tokens]


def _encode(encoder: Encoder, rows: Iterable[SampleRow]) -> Iterable[tuple[SampleRow, int]]:
    batch: list[SampleRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield from zip(batch, encoder.encode([each.text for each in batch])[1].tolist(), strict=True)
            batch = []
    yield from zip(batch, encoder.encode([each.text for each in batch])[1].tolist(), strict=True)


def _compare_pairs(pairs: dict[tuple[str, str], _Sum]) -> dict[str, tuple[float, float]]:
    """Language -> (tokens a byte, tokens) over those of the Spanish that says the same."""
    sides: dict[str, tuple[_Sum, _Sum]] = defaultdict(lambda: (_Sum(), _Sum()))
    for (pair, language), own in pairs.items():
        spanish = pairs.get((pair, _SPANISH))
        if spanish is not None:
            for side, facts in zip(sides[language], (own, spanish), strict=True):
                side.add(facts.bytes, facts.words, facts.tokens, facts.whole)
    return {
        language: ((own.tokens / own.bytes) / (spanish.tokens / spanish.bytes), own.tokens / spanish.tokens)
        for language, (own, spanish) in sides.items()
        if spanish.tokens and own.bytes
    }


def _make_row(name: str, cut: tuple[str, str], total: _Sum, costs: dict[str, tuple[float, float]]) -> ParityRow:
    words = max(1, total.words)
    cost = costs.get(cut[1]) if cut[0] == "language" else None
    return ParityRow(
        tokenizer=name,
        by=cut[0],
        name=cut[1],
        bytes=total.bytes,
        words=total.words,
        tokens=total.tokens,
        tokens_per_word=round(total.tokens / words, 4),
        bytes_per_token=round(total.bytes / total.tokens, 4),
        whole_words=round(total.whole / words, 4),
        cost_per_byte=round(cost[0], 4) if cost else None,
        cost_per_meaning=round(cost[1], 4) if cost else None,
    )


def format_table(rows: Sequence[ParityRow]) -> str:
    """The table as text."""
    lines = [f"{'tokenizer':<14} {'by':<9} {'name':<14} {'bytes':>9} {'tok/word':>9} {'byte/tok':>9} {'whole':>6} {'cost':>6} {'same':>6}"]
    for row in rows:
        costs = [f"{value:6.2f}" if value is not None else "     -" for value in (row.cost_per_byte, row.cost_per_meaning)]
        lines.append(
            f"{row.tokenizer:<14} {row.by:<9} {row.name:<14} {row.bytes:>9} {row.tokens_per_word:>9.3f} {row.bytes_per_token:>9.3f} "
            f"{row.whole_words:>6.3f} {' '.join(costs)}"
        )
    return "\n".join(lines) + "\n"
