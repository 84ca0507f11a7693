"""Every error a user can meet: what happened, why, and how to mend it.

    AyniError
    |- InputError          a file, argument or recipe value is wrong            exit code 2
    |  |- RecipeError      unknown stage, key or reference in a recipe
    |  |- FormatError      an artifact on disk is not what its type promises
    |- Unreadable          a document cannot be read: it is quarantined, the run goes on
    |- MissingExtra        an optional library is not installed                 exit code 2
    |- CostlyRebuild       a costly stage would run again without --accept      exit code 3
    |- StoreError          the store is locked, full or damaged                 exit code 4
    |- StageFailed         a stage broke its promise or raised                  exit code 1
    |- ServingError        a serving engine did not start, or died              exit code 1

Example: raise InputError("no file 'a.toml'", why="the path does not exist", mend="check the spelling")
"""

from __future__ import annotations


class AyniError(Exception):
    """An error with three parts: `what` happened, `why`, and how to `mend` it."""

    exit_code = 1

    def __init__(self, what: str, *, why: str = "", mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.mend = mend

    def lines(self) -> list[str]:
        """The one to three lines that a user reads."""
        parts = [f"error: {self.what}", f"  why: {self.why}", f" mend: {self.mend}"]
        return [line for line, text in zip(parts, (self.what, self.why, self.mend), strict=True) if text]

    def __str__(self) -> str:
        return "; ".join(part for part in (self.what, self.why, self.mend) if part)


class InputError(AyniError):
    """A file, an argument or a value that a person gave is wrong."""

    exit_code = 2


class RecipeError(InputError):
    """A recipe names a stage, key or artifact that does not exist, or of the wrong type."""


class FormatError(InputError):
    """An artifact on disk is not what its type promises."""


class Unreadable(AyniError):
    """A document cannot be read. `offset` is the byte (or record) at which reading stopped."""

    def __init__(self, what: str, *, offset: int | None = None, why: str = "", mend: str = "") -> None:
        super().__init__(what, why=why, mend=mend)
        self.offset = offset


class MissingExtra(AyniError):
    """An optional library is not installed."""

    exit_code = 2


class CostlyRebuild(AyniError):
    """A costly stage would be built again; the user must say so with --accept."""

    exit_code = 3


class StoreError(AyniError):
    """The store is locked by another run, out of space, or damaged."""

    exit_code = 4


class StageFailed(AyniError):
    """A stage raised, or its output does not keep its type's promise."""


class ServingError(AyniError):
    """A serving engine did not start, or died."""
