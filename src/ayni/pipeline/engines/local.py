"""The local engine: a pool of processes on this machine, started when first needed.

Workers die with their parent, also when it is killed with signal 9 (on Linux; elsewhere they end at the next item).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from ayni.core.errors import StageFailed
from ayni.core.processes import die_with
from ayni.pipeline.engines.engine import run_task


def _begin(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    die_with(parent)


class LocalEngine:
    """A process pool; with one worker, or one item, everything runs in this process."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def map(self, task: str, items: Sequence[dict[str, Any]]) -> Iterator[Any]:
        """Yield task(item) for every item, in order."""
        if self.workers == 1 or len(items) < 2:
            yield from (run_task(task, item) for item in items)
            return
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # fork is not safe beside threads
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin, initargs=(os.getpid(),))
        futures: list[Future[Any]] = [self._pool.submit(run_task, task, item) for item in items]
        try:
            for future in futures:
                yield future.result()
        except BrokenProcessPool as error:
            raise StageFailed(
                f"a worker process died in {task}",
                why="killed from outside, or out of memory",
                mend="run the same command again: finished parts are kept; fewer workers need less memory",
            ) from error
        finally:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        """Stop the workers."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
