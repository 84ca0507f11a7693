"""Members of containers as files without a disk: the bytes lie in anonymous memory that has a path (Linux, memfd_create).

    budget = budget_of(path)                              the container's own, or the one it is itself a member under
    with open_member("actas/1.pdf", data, budget) as file:
        file.name, file.suffix, file.read_bytes()         "1.pdf", ".pdf", data;  str(file) is /proc/self/fd/N

Every reader takes such a path as it takes any other, and libraries in C open it by its string. A budget is what one file on
disk may unpack to, over all depths; it is what a bomb meets.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PosixPath
from typing import Self

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import TOTAL_BYTES

DEPTH = 2  # an archive in an archive; a third is no way to hand in documents
MEMBERS = 10_000


@dataclass
class Budget:
    """What may still be unpacked of one file on disk, and how deep in it we are."""

    members: int = MEMBERS
    bytes: int = TOTAL_BYTES
    depth: int = 0

    def take(self, size: int) -> None:
        """Spend one member of `size` bytes. Raises Unreadable where nothing is left."""
        self.members -= 1
        self.bytes -= size
        if self.members < 0:
            raise Unreadable("more members than are allowed", why=f"limit {MEMBERS}; the rest is not read")
        if self.bytes < 0:
            raise Unreadable("the archive unpacks to more than is allowed", why=f"limit {TOTAL_BYTES >> 20} MB; the rest is not read")


class MemberPath(PosixPath):
    """A path under which a member's bytes lie, with the name that it has in its container."""

    budget: Budget
    member: str

    @property
    def name(self) -> str:
        """The last part of the member's name, as the container has it."""
        return self.member.rpartition("/")[2]

    def resolve(self, strict: bool = False) -> Self:
        """Itself: what the link in /proc says is no path."""
        return self


def budget_of(path: Path) -> Budget:
    """The budget that a container's members share. Raises Unreadable where the container is nested too deeply."""
    if not isinstance(path, MemberPath):
        return Budget()
    if path.budget.depth >= DEPTH:
        raise Unreadable("archives are nested too deeply", offset=0, why=f"more than {DEPTH} in one another")
    return path.budget


@contextmanager
def open_member(name: str, data: bytes, budget: Budget) -> Iterator[MemberPath]:
    """Lay bytes where a path leads to them, for as long as the context lasts."""
    if sys.platform != "linux":
        raise Unreadable("members are read in memory that has a path", why="this system has no memfd_create")
    budget.take(len(data))
    handle = os.memfd_create("member")
    try:
        with open(handle, "wb", closefd=False) as stream:
            stream.write(data)
        path = MemberPath(f"/proc/self/fd/{handle}")
        path.budget, path.member = budget, name
        budget.depth += 1
        try:
            yield path
        finally:
            budget.depth -= 1
    finally:
        os.close(handle)
