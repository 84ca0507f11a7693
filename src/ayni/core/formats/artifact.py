"""What all on-disk types share: a folder, a kind, and a `check` of the promise.

class Documents(Artifact, kind="documents"): ...
Documents(path).check()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

KINDS: dict[str, type[Artifact]] = {}


@dataclass(frozen=True)
class Artifact:
    """A folder on disk of one kind."""

    path: Path
    kind: ClassVar[str] = "artifact"

    def __init_subclass__(cls, kind: str, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = kind
        KINDS[kind] = cls

    def check(self) -> None:
        """Raise FormatError where the folder does not keep the kind's promise."""

    def counts(self) -> dict[str, object]:
        """Numbers worth keeping in the manifest."""
        return {}

    def tables(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Title -> rows for people, where numbers in one line would not be read (`ayni show`)."""
        return {}
