"""Run work on untrusted files in a child process with limits on time and memory; what kills the child is named.

    for result in guard(read_one, works, seconds=60, megabytes=1024): ...      a str is the reason of a failure

One child reads file after file; when it dies or stalls, the file it was at gets the reason and a new child goes on with the
next. On Linux the child is forked, which costs milliseconds; the memory limit is the kernel's (RLIMIT_AS).
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ayni.core.errors import AyniError
from ayni.core.processes import die_with

_SLACK = 32 << 20  # what the process held reserved before the limit and touches only now


def guard(function: Callable[[Any], Any], works: Sequence[Any], *, seconds: float, megabytes: int) -> Iterator[Any]:
    """Yield function(work) for every work, in order, or a str that says why it failed.

    A work that stalls or kills its child is tried once more, alone: a machine under load is no fault of the file. An
    AyniError of ours (a library that is not installed, say) is raised, for it is no fault of the file either.
    """
    at = 0
    tried: set[int] = set()
    while at < len(works):
        failure = ""
        for result in _run_child(function, works[at : at + 1] if at in tried else works[at:], seconds, megabytes):
            if isinstance(result, AyniError):
                raise result
            if isinstance(result, _Broken):
                failure = result.reason
                break
            yield result
            at += 1
        if failure and at in tried:
            yield failure
            at += 1
        elif failure:
            tried.add(at)


@dataclass(frozen=True)
class _Broken:
    """The child stalled or died."""

    reason: str


def _run_child(function: Callable[[Any], Any], works: Sequence[Any], seconds: float, megabytes: int) -> Iterator[Any]:
    """The results of one child, a _Broken as the last where it did not reach the end."""
    context = multiprocessing.get_context("fork")  # works and libraries are there already
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_serve, args=(function, works, theirs, megabytes, os.getpid()), daemon=False)
    child.start()
    theirs.close()
    try:
        for _ in works:
            if not ours.poll(seconds):
                yield _Broken(f"took longer than {seconds:g} s")
                return
            try:
                yield ours.recv()
            except (EOFError, OSError):
                child.join(5)
                yield _Broken(_explain_exit(child.exitcode))
                return
    finally:
        child.kill()
        child.join()
        ours.close()


def _explain_exit(code: int | None) -> str:
    if code is not None and code < 0:
        return f"the reader was killed by signal {signal.Signals(-code).name}"
    return f"the reader ended with exit code {code}"


def _serve(function: Callable[[Any], Any], works: Sequence[Any], pipe: Connection, megabytes: int, parent: int) -> None:
    """In the child: one result after the other. A failure that no reader foresaw becomes a reason (the worker's edge)."""
    die_with(parent)  # also when it is killed with signal 9: a stalled parser must not keep the store's lock
    limit = (megabytes << 20) - _SLACK
    used = _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (used + limit, used + limit))
    for work in works:
        try:
            result: Any = function(work)
        except MemoryError:
            result = f"needs more than {megabytes} MB of memory"
        except AyniError as error:
            result = error
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
