"""The ray engine: the same tasks on a Ray cluster (extra `ayni[ray]`).

`address` in the site file names a running cluster; empty, one starts on this machine and ends with the run. The
store must lie on storage that every node sees under the same path.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import ray

from ayni.pipeline.engines.engine import run_task

_IN_FLIGHT_PER_WORKER = 4  # enough to keep workers busy, few enough that a stop is quick


class RayEngine:
    """Runs tasks as Ray tasks; a task that a dying node takes along is tried again elsewhere."""

    def __init__(self, workers: int, address: str = "") -> None:
        self.workers = workers
        if not ray.is_initialized():
            if address:
                ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
            else:
                ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        self._run = ray.remote(max_retries=3)(run_task)

    def map(self, task: str, items: Sequence[dict[str, Any]]) -> Iterator[Any]:
        """Yield task(item) for every item, in order."""
        limit = self.workers * _IN_FLIGHT_PER_WORKER
        pending: list[Any] = []
        for item in items:
            pending.append(self._run.remote(task, item))
            if len(pending) >= limit:
                yield ray.get(pending.pop(0))
        while pending:
            yield ray.get(pending.pop(0))

    def close(self) -> None:
        """Leave, or stop, the cluster."""
        ray.shutdown()
