"""Run work on untrusted files in a child process with limits on time and memory; what kills the child is named.

    for result in guard(read_one, works, seconds=60, megabytes=1024): ...      a str is the reason of a failure

One child reads file after file; when it dies or stalls, the file it was at gets the reason and a new child goes on with the
next. On Linux the child is forked, which costs milliseconds; the memory limit is the kernel's (RLIMIT_AS).
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def guard(function: Callable[[Any], Any], works: Sequence[Any], *, seconds: float, megabytes: int) -> Iterator[Any]:
    """Yield function(work) for every work, in order, or a str that says why it failed."""
    at = 0
    context = multiprocessing.get_context("fork")  # the works and the libraries are there already; no thread is held here
    while at < len(works):
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_serve, args=(function, works[at:], theirs, megabytes), daemon=False)
        child.start()
        theirs.close()
        failure = ""
        while at < len(works) and not failure:
            if not ours.poll(seconds):
                failure = f"took longer than {seconds:g} s"
                break
            try:
                result = ours.recv()
            except (EOFError, OSError):
                child.join(5)
                failure = _explain_exit(child.exitcode)
                break
            yield result
            at += 1
        child.kill()
        child.join()
        ours.close()
        if failure:
            yield failure
            at += 1


def _explain_exit(code: int | None) -> str:
    if code is not None and code < 0:
        return f"the reader was killed by signal {signal.Signals(-code).name}"
    return f"the reader ended with exit code {code}"


def _serve(function: Callable[[Any], Any], works: Sequence[Any], pipe: Connection, megabytes: int) -> None:
    """In the child: one result after the other. A failure that no reader foresaw becomes a reason (the worker's edge)."""
    limit = megabytes << 20
    used = _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (used + limit, used + limit))
    for work in works:
        try:
            result: Any = function(work)
        except MemoryError:
            result = f"needs more than {megabytes} MB of memory"
        except RecursionError:
            result = "nested too deeply"
        except Exception as error:  # noqa: BLE001  the worker's edge: a parser may raise anything
            result = f"the reader failed: {type(error).__name__}: {str(error)[:200]}"
        pipe.send(result)
    pipe.close()


def _address_space() -> int:
    """Bytes of address space that this process holds already (Linux); elsewhere a guess of 4 GB."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 4 << 30
