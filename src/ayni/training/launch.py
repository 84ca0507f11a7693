"""Start the ranks of a training as torchrun does, wait for them, and bring back what they measured or why they failed.

    launch(job, base, tokens, params)

The site says how many (`[site.parallel]`), never the recipe: the number of ranks changes the last digits of sums as another
processor would, not what is learned, so it stands in no key, and a checkpoint that four ranks wrote is taken up by one or two. The
manifest notes the mesh. The agent is torch's own (torch.distributed.launcher, which `torchrun` is made of), here in the command
itself: whoever runs a recipe need not know of torchrun, and only one process holds the store. Every rank is a process of
rank.py; where one ends, the others are ended; where the command ends, all end. On several nodes the command says which line to type on
the others: torchrun, with the same folder.
"""

from __future__ import annotations

import logging
import shutil
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ayni.core.errors as errors
from ayni.core.errors import AyniError, RecipeError, StageFailed
from ayni.core.files import read_json, write_json
from ayni.core.formats.model import Model
from ayni.core.formats.tokens import Tokens
from ayni.pipeline.job import Job
from ayni.pipeline.site import Parallel
from ayni.training.parallel import check_parallel
from ayni.training.rank import Order

if TYPE_CHECKING:
    from ayni.training.loop import TrainParams


def launch(job: Job, base: Model, tokens: Tokens, params: TrainParams) -> None:
    """Train on as many ranks as the site says; the first of them writes the artifact into `job.folder`."""
    check_parallel(base.config(), params.batch, job.parallel)
    _check_params(params, job)
    ranks = job.parallel.ranks()
    folder = job.state / "ranks"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told = params.model_dump(mode="json") | {"threads": max(1, params.threads * job.parallel.nodes // ranks)}
    order = Order(job.name, str(job.folder), str(job.state), job.seed, str(base.path), str(tokens.path), told, job.parallel.model_dump())
    write_json(folder / "job.json", asdict(order))
    _run_agent(folder, job.parallel)
    job.notes.update(read_json(folder / "notes.json"))
    job.notes["parallel"] = job.parallel.model_dump(exclude_defaults=True)


def _run_agent(folder: Path, parallel: Parallel) -> None:
    from torch.distributed.elastic.multiprocessing.api import DefaultLogsSpecs, SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)
    config = LaunchConfig(
        min_nodes=parallel.nodes,
        max_nodes=parallel.nodes,
        nproc_per_node=parallel.ranks() // parallel.nodes,
        run_id=folder.parent.name,
        rdzv_backend="c10d",
        rdzv_endpoint=parallel.rendezvous or "localhost:0",
        local_addr="localhost" if parallel.nodes == 1 else None,
        max_restarts=0,
        logs_specs=DefaultLogsSpecs(log_dir=str(folder)),  # else it leaves a folder in the machine's temporary one at every run
    )
    if parallel.nodes > 1:
        sys.stderr.write(f"on each of the other nodes, now:\n  {_say_command(config, folder)}\n")
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)}
    try:
        elastic_launch(config, sys.executable)("-m", "ayni.training.rank", str(folder))
    except ChildFailedError as error:
        raise _explain(folder, error) from error
    except SignalException as error:  # the agent has ended the ranks
        raise KeyboardInterrupt from error
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _say_command(config: Any, folder: Path) -> str:
    """What joins another node's ranks to this run's."""
    sizes = f"--nnodes {config.max_nodes} --nproc-per-node {config.nproc_per_node} --max-restarts 0"
    place = f"--rdzv-backend c10d --rdzv-endpoint {config.rdzv_endpoint} --rdzv-id {config.run_id}"
    return f"torchrun {sizes} {place} -m ayni.training.rank {folder}"


def _explain(folder: Path, error: Any) -> AyniError:
    """What the first rank that knows says; else how the first that failed ended."""
    for path in sorted(folder.glob("error-*.json")):
        body = read_json(path)
        kind = getattr(errors, body.pop("kind"), StageFailed)
        what = body.pop("what")
        return kind(what, **body)
    rank, failure = error.get_first_failure()
    ended = f"signal {-failure.exitcode}" if failure.exitcode < 0 else f"exit code {failure.exitcode}"
    return StageFailed(
        f"rank {rank} ended with {ended}",
        why="killed from outside, out of memory, or an error that it printed above",
        mend="run the same command again: it goes on from the last checkpoint, also with another number of ranks",
    )


def _check_params(params: TrainParams, job: Job) -> None:
    """Refuse what is not yet made for many ranks."""
    if params.compile:
        raise RecipeError(
            f"`compile` does not train on {job.parallel.ranks()} ranks",
            why="layers that are cut, and gathered as they compute, have not been compiled yet",
            mend="set compile = false",
        )
    asked = {"lora_rank": params.lora_rank > 0, "distill": params.distill > 0}
    for name in (name for name, wanted in asked.items() if wanted and job.parallel.tensor > 1):
        raise RecipeError(
            f"`{name}` does not train with tensor = {job.parallel.tensor}",
            why="adapters, and answers of the base, are not cut within a layer",
            mend="in the site file, set tensor = 1 and shard to more",
        )
