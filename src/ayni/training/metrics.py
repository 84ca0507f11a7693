"""What training tells as it goes: metrics.jsonl in the artifact, one line a step, and TensorBoard where a folder is named for it.

    {"tokens": 4096, "loss": 2.31, "rate": 0.0003, "norm": 0.84}

Seconds stand in the manifest, not here: the artifact is the same on a slower machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ayni.core.errors import MissingExtra
from ayni.core.files import write_atomic


@dataclass(frozen=True)
class Row:
    """What is known of a step: tokens read before it, mean loss, rate, length of the gradient before clipping."""

    tokens: int
    loss: float
    rate: float
    norm: float


def write_metrics(path: Path, rows: Sequence[Row]) -> None:
    """Write metrics.jsonl."""
    write_atomic(path, "".join(json.dumps(asdict(row)) + "\n" for row in rows))


def open_board(folder: str) -> Callable[[int, Row], None]:
    """A function that shows a step in TensorBoard; where no folder is named, one that does nothing."""
    if not folder:
        return lambda step, row: None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise MissingExtra("tensorboard is not installed", why=str(error), mend="pip install 'ayni[board]'") from error
    writer = SummaryWriter(folder)  # type: ignore[no-untyped-call]

    def show(step: int, row: Row) -> None:
        for name in ("loss", "rate", "norm"):
            writer.add_scalar(name, getattr(row, name), step)  # type: ignore[no-untyped-call]
        writer.flush()  # type: ignore[no-untyped-call]

    return show
