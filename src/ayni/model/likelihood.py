"""How likely a model finds a text: the negative log-likelihood, in nats, of whole pages.

    score_pages(load_reader(folder), ["Mba'éichapa"], context=1024)      -> [nats, ...]

Divided by ln 2 and by the UTF-8 bytes that is bits per byte, which compares models with different tokenizers.
Shape suffixes: B pages, T tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from ayni.model.tokens import boundary_id, load_tokenizer
from ayni.model.weights import THREADS, load_model

_BATCH_TOKENS = 2048  # padded tokens at a time: the logits of 49,152 pieces then take 400 MB


@dataclass(frozen=True)
class Reader:
    """A model that reads: torch module in float32, tokenizer, and the token put before every text."""

    model: Any
    tokenizer: Any
    boundary: int


def load_reader(folder: Path, threads: int = THREADS) -> Reader:
    """A model folder, ready to score text."""
    tokenizer = load_tokenizer(folder)
    return Reader(load_model(folder, threads), tokenizer, boundary_id(tokenizer, folder))


def score_pages(reader: Reader, texts: Sequence[str], *, context: int, report: Callable[[int], None] = lambda done: None) -> list[float]:
    """Nats per text. A text longer than the context is cut into windows, each begun by the boundary token."""
    start = reader.boundary
    windows: list[tuple[int, list[int]]] = []
    for index, text in enumerate(texts):
        ids = reader.tokenizer.encode(text, add_special_tokens=False).ids
        for begin in range(0, len(ids), context - 1):
            windows.append((index, [start, *ids[begin : begin + context - 1]]))
    nats = [0.0] * len(texts)
    for batch in _batch(windows):
        for (index, window), value in zip(batch, _score_batch(reader.model, [ids for _, ids in batch], start), strict=True):
            nats[index] += value
            report(len(window))
    return nats


def _batch(windows: list[tuple[int, list[int]]]) -> list[list[tuple[int, list[int]]]]:
    """Windows of like length together, so that little is padded; stable, so that scores are reproducible."""
    batches: list[list[tuple[int, list[int]]]] = []
    for window in sorted(windows, key=lambda each: -len(each[1])):
        longest = len(batches[-1][0][1]) if batches else 0
        if not batches or (len(batches[-1]) + 1) * longest > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(window)
    return batches


@torch.inference_mode()
def _score_batch(model: Any, rows: list[list[int]], padding: int) -> list[float]:
    longest = max(map(len, rows))
    ids_BT = torch.tensor([row + [padding] * (longest - len(row)) for row in rows])
    real_BT = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    logits_BTV = model(ids_BT, attention_mask=real_BT).logits[:, :-1].float()
    nats_BT = cross_entropy(logits_BTV.flatten(0, 1), ids_BT[:, 1:].flatten(), reduction="none").view(len(rows), -1)
    return [float(value) for value in (nats_BT.double() * real_BT[:, 1:]).sum(dim=1)]
