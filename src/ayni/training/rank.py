"""One rank of a training that runs on many: `python -m ayni.training.rank FOLDER`, beneath torchrun's agent (launch.py).

Reads FOLDER/job.json, trains with the others, and leaves behind what it measured (notes.json) or why it could not (error-RANK.json).
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ayni.core.errors import AyniError
from ayni.core.files import read_json, write_json
from ayni.core.formats.model import Model
from ayni.core.formats.tokens import Tokens
from ayni.core.processes import die_with
from ayni.pipeline.engines.local import LocalEngine
from ayni.pipeline.job import Job
from ayni.pipeline.site import Parallel
from ayni.training.loop import TrainParams, train_on


@dataclass(frozen=True)
class Order:
    """What every rank is told."""

    name: str
    folder: str
    state: str
    seed: int
    base: str
    tokens: str
    params: dict[str, Any]
    parallel: dict[str, Any]


class _QuietJob(Job):
    """A job without a progress bar: the first rank shows one for all."""

    @contextmanager
    def progress(self, label: str, total: int | None, unit: str = "part") -> Iterator[Any]:
        """A bar that is not drawn."""
        from tqdm import tqdm

        with tqdm(disable=True) as bar:
            yield bar


def main(folder: Path) -> int:
    """Train; the exit code."""
    import torch.distributed as dist

    from ayni.training.parallel import Together

    die_with(os.getppid())
    logging.getLogger("torch.distributed.tensor").setLevel(logging.ERROR)  # it counts collectives when the weights are gathered
    order = Order(**read_json(folder / "job.json"))
    parallel = Parallel(**order.parallel)
    ranks = Together(parallel)
    try:
        kind = Job if ranks.first else _QuietJob
        job = kind(
            order.name, Path(order.folder), Path(order.state), Path(order.state), order.seed, None, LocalEngine(1), parallel=parallel
        )
        train_on(ranks, job, Model(Path(order.base)), Tokens(Path(order.tokens)), TrainParams.model_validate(order.params))
        if ranks.first:
            write_json(folder / "notes.json", job.notes)
        dist.barrier()
    except AyniError as error:
        body = {"kind": type(error).__name__, "what": error.what, "why": error.why, "mend": error.mend}
        write_json(folder / f"error-{dist.get_rank()}.json", body)
        return 1
    dist.destroy_process_group()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
