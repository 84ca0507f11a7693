"""Mix: which kept documents train the model, with what weight, and which are held out to measure it.

    train.jsonl      id, stream           a stream is a language, or `replay`
    heldout.jsonl    id, set              gain or forgetting, with the register for English
    mix.json         share of tokens per stream, licences, counts

The texts stay in the documents; a mix is read together with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_atomic, write_json
from ayni.core.formats.artifact import Artifact


@dataclass(frozen=True)
class TrainLine:
    """A document that trains, and the stream that it flows into."""

    id: str
    stream: str


@dataclass(frozen=True)
class HeldoutLine:
    """A document that measures: `set` is gain or forgetting; `alike` where it is of the replay's own kind."""

    id: str
    set: str
    alike: bool = False


@dataclass(frozen=True)
class MixHead:
    """Share of training tokens per stream (sums to 1), licences of what trains, and how the split was made."""

    shares: dict[str, float]
    licenses: list[dict[str, Any]]
    heldout_share: float
    excluded: dict[str, int]


class Mix(Artifact, kind="mix"):
    """Lines that train and lines that measure."""

    def write(self, head: MixHead, train: Iterable[TrainLine], heldout: Iterable[HeldoutLine]) -> None:
        """Write all three files."""
        write_json(self.path / "mix.json", asdict(head))
        _write_lines(self.path / "train.jsonl", train)
        _write_lines(self.path / "heldout.jsonl", heldout)

    def head(self) -> MixHead:
        """Shares and licences."""
        return MixHead(**read_json(self.path / "mix.json"))

    def train(self) -> list[TrainLine]:
        """What trains."""
        return [TrainLine(**body) for body in _read_lines(self.path / "train.jsonl")]

    def heldout(self) -> list[HeldoutLine]:
        """What measures."""
        return [HeldoutLine(**body) for body in _read_lines(self.path / "heldout.jsonl")]

    def check(self) -> None:
        """No document both trains and measures."""
        both = {line.id for line in self.train()} & {line.id for line in self.heldout()}
        if both:
            raise FormatError(f"{len(both)} documents are in training and held out", why=f"first: {sorted(both)[0]}")

    def counts(self) -> dict[str, object]:
        """Documents that train, by stream, and that measure, by set."""
        streams: dict[str, int] = {}
        for line in self.train():
            streams[line.stream] = streams.get(line.stream, 0) + 1
        return {"train": sum(streams.values()), "by_stream": dict(sorted(streams.items())), "heldout": len(self.heldout())}


def _write_lines(path: Path, rows: Iterable[Any]) -> None:
    write_atomic(path, "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows))


def _read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
