"""The ray engine: the same tasks on a Ray cluster (extra `ayni[ray]`).

`address` in the site file names a running cluster; empty, one starts on this machine and ends with the run. The store lies on
storage that every node sees under the same path, or the site names a `mirror` through which nodes exchange parts.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from ayni.core.errors import InputError, StageFailed
from ayni.pipeline.engines.engine import run_task

_IN_FLIGHT_PER_WORKER = 4  # enough to keep workers busy, few enough that a stop is quick
_RETRIES = 5  # of a task whose node or worker died; an error that the task raises is not tried again
_LOOK = 5.0  # seconds between looks whether there is still a node to wait for
_PATIENCE = 60.0  # seconds without any processor before the run gives up: a node may be coming back


class RayEngine:
    """Runs tasks as Ray tasks; a task that a dying node takes along is tried again elsewhere."""

    def __init__(self, workers: int, address: str = "", patience: float = _PATIENCE) -> None:
        self.workers, self.patience = workers, patience
        if not ray.is_initialized():
            quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
            try:
                ray.init(**({"address": address} if address else {"num_cpus": workers, "include_dashboard": False}), **quiet)
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise InputError(
                    f"no Ray cluster answers at '{address}'",
                    why=str(error).splitlines()[0],
                    mend="start one with `ray start --head`, or leave `address` empty in the site file",
                ) from error
        self._run = ray.remote(max_retries=_RETRIES)(run_task)

    def map(self, task: str, items: Sequence[dict[str, Any]]) -> Iterator[Any]:
        """Yield task(item) for every item, in order, with so many asked for at a time."""
        limit = max(self.workers, self._count_processors()) * _IN_FLIGHT_PER_WORKER
        pending: deque[Any] = deque()
        try:
            for item in items:
                pending.append(self._run.remote(task, item))
                if len(pending) >= limit:
                    yield self._take(pending.popleft(), task)
            while pending:
                yield self._take(pending.popleft(), task)
        finally:
            for each in pending:
                ray.cancel(each, force=True)

    def _take(self, result: Any, task: str) -> Any:
        """Wait for one result. What the task raised is raised here as it was, as in the local engine."""
        alone = 0.0
        try:
            while not ray.wait([result], timeout=_LOOK)[0]:
                alone = 0.0 if self._count_processors() else alone or time.monotonic()
                if alone and time.monotonic() - alone > self.patience:
                    raise self._explain(task, f"the cluster has had no processor for {self.patience:g} s")
            return ray.get(result)
        except RayTaskError as error:
            raise (error.cause if isinstance(error.cause, Exception) else error) from error
        except RayError as error:  # the worker or its node died more often than it is tried again
            raise self._explain(task, str(error).splitlines()[0]) from error

    def _count_processors(self) -> int:
        return int(ray.cluster_resources().get("CPU", 0))

    def _explain(self, task: str, why: str) -> StageFailed:
        return StageFailed(
            f"the workers of the Ray cluster were lost in {task}",
            why=why,
            mend="start nodes again (`ray status` shows them), then run the same command: finished parts are kept",
        )

    def close(self) -> None:
        """Leave, or stop, the cluster."""
        ray.shutdown()
