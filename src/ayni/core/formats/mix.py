"""Mix: which kept documents train the model, with what weight, which are held out to measure it, and why the others do neither.

    train.parquet        id, stream           a stream is a language, or a source's own ("es-starter"), or `replay`
    heldout.parquet      id, set, alike       gain or forgetting
    excluded.parquet     id, reason           every kept document stands in exactly one of the three, in the documents' order
    mix.json             shares of the whole and by phase, one line a stream, licences, counts

The texts stay in the documents; a mix is read together with them. The unit is the byte: no tokenizer is known yet.

Example:  Mix(path).head().shares -> {"es": 0.31, "gn": 0.08, ...};  Mix(path).streams() -> {"0a1b...": "es", ...}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact

_NAME = pa.dictionary(pa.int32(), pa.string())
TRAIN = pa.schema([("id", pa.string()), ("stream", _NAME)])
HELDOUT = pa.schema([("id", pa.string()), ("set", _NAME), ("alike", pa.bool_())])
EXCLUDED = pa.schema([("id", pa.string()), ("reason", _NAME)])


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
class Phase:
    """A stretch of training: its part of the whole (the parts sum to 1) and the share of every stream in it (sum to 1)."""

    name: str
    part: float
    shares: dict[str, float]


@dataclass(frozen=True)
class StreamLine:
    """A stream in numbers: what trains and what measures, its share of the text and of training, how often each byte is seen."""

    stream: str
    documents: int
    bytes: int
    natural: float  # share of the bytes that train
    share: float  # share of training, over all phases
    epochs: float  # of `budget_bytes`
    capped: bool  # the cap on epochs holds it down
    heldout_documents: int
    heldout_bytes: int


@dataclass(frozen=True)
class MixHead:
    """Share of training per stream (sums to 1), its phases, the streams, licences of what trains, and what was left out."""

    shares: dict[str, float]
    phases: tuple[Phase, ...]
    budget_bytes: int  # what `epochs` are counted against
    streams: tuple[StreamLine, ...]
    licenses: list[dict[str, Any]]
    heldout_share: float
    kept: int  # documents that the selection kept: train + held out + excluded
    excluded: dict[str, int]  # documents by reason
    excluded_bytes: dict[str, int]


class Mix(Artifact, kind="mix"):
    """Lines that train, lines that measure, lines that do neither."""

    def write(self, head: MixHead, train: pa.Table, heldout: pa.Table, excluded: pa.Table) -> None:
        """Write all four files; the tables have the columns of TRAIN, HELDOUT and EXCLUDED."""
        write_json(self.path / "mix.json", asdict(head))
        for name, table, schema in (("train", train, TRAIN), ("heldout", heldout, HELDOUT), ("excluded", excluded, EXCLUDED)):
            # a hexadecimal id repeats nowhere: a dictionary of them would only cost
            pq.write_table(
                table.cast(schema),
                self.path / f"{name}.parquet",
                compression="zstd",
                write_statistics=False,
                use_dictionary=[each for each in schema.names if each != "id"],
            )

    def head(self) -> MixHead:
        """Shares, phases, streams and licences."""
        body = read_json(self.path / "mix.json")
        phases = tuple(Phase(**each) for each in body["phases"])
        return MixHead(**{**body, "phases": phases, "streams": tuple(StreamLine(**each) for each in body["streams"])})

    def table(self, name: str) -> pa.Table:
        """`train`, `heldout` or `excluded` as an Arrow table."""
        return pq.read_table(self.path / f"{name}.parquet")

    def streams(self) -> dict[str, str]:
        """Document id -> the stream in which it trains."""
        table = self.table("train")
        return dict(zip(table["id"].to_pylist(), table["stream"].to_pylist(), strict=True))

    def train(self) -> list[TrainLine]:
        """What trains."""
        return [TrainLine(*row) for row in self.streams().items()]

    def heldout(self) -> list[HeldoutLine]:
        """What measures."""
        return [HeldoutLine(**row) for row in self.table("heldout").to_pylist()]

    def excluded(self) -> dict[str, str]:
        """Document id -> why it neither trains nor measures."""
        table = self.table("excluded")
        return dict(zip(table["id"].to_pylist(), table["reason"].to_pylist(), strict=True))

    def check(self) -> None:
        """No document stands twice, none is lost, and the shares sum to one."""
        head = self.head()
        tables = [self.table(name)["id"] for name in ("train", "heldout", "excluded")]
        ids = pa.chunked_array([chunk for column in tables for chunk in column.chunks], type=pa.string())
        if len(pc.unique(ids)) != len(ids):
            raise FormatError("a document is in training and held out, or stands twice in the mix", mend="build the mix again")
        if head.kept != len(ids):
            raise FormatError("the mix lost documents", why=f"{head.kept} were kept, {len(ids)} have a line")
        for shares in (head.shares, *(phase.shares for phase in head.phases)):
            if (shares or head.streams) and abs(sum(shares.values()) - 1) > 1e-6:
                raise FormatError("the shares of the mix do not sum to 1", why=f"they sum to {sum(shares.values())}")

    def counts(self) -> dict[str, object]:
        """Documents and bytes that train, by stream; that measure; that were left out, by reason."""
        head = self.head()
        return {
            "kept": head.kept,
            "train": sum(line.documents for line in head.streams),
            "by_stream": {line.stream: line.documents for line in head.streams},
            "heldout": pq.ParquetFile(self.path / "heldout.parquet").metadata.num_rows,
            "excluded": head.excluded,
            "phases": {phase.name: round(phase.part, 4) for phase in head.phases},
        }

    def tables(self) -> dict[str, Sequence[dict[str, Any]]]:
        """For people: one row a stream, one a reason for leaving out."""
        head = self.head()
        streams = [
            {
                "stream": line.stream,
                "documents": line.documents,
                "MB": round(line.bytes / 1e6, 3),
                "text %": round(100 * line.natural, 2),
                "training %": round(100 * line.share, 2),
                "epochs": f"{line.epochs:.2f}{' (cap)' if line.capped else ''}",
                **{f"{phase.name} %": round(100 * phase.shares.get(line.stream, 0), 2) for phase in head.phases if len(head.phases) > 1},
                "held out": line.heldout_documents,
                "held out KB": round(line.heldout_bytes / 1e3, 1),
            }
            for line in head.streams
        ]
        excluded = [{"reason": name, "documents": number, "MB": head.excluded_bytes[name] / 1e6} for name, number in head.excluded.items()]
        return {"streams": streams, "excluded": excluded}


def make_table(schema: pa.Schema, *columns: Any) -> pa.Table:
    """Columns in the schema's order, as an Arrow table."""
    names = schema.names
    return pa.table({name: pa.array(column, type=_plain(schema.field(name).type)) for name, column in zip(names, columns, strict=True)})


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
