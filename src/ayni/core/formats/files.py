"""Files: what a remote gave, as it gave it, and where that was; `corpus.read` reads them like a folder of an institution.

    files/...            the files
    origin.json          Origin: the address, the licence and its evidence, what the remote said of itself

Example:  Files(path).origin().address
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from ayni.core.digest import list_files
from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact


@dataclass(frozen=True)
class Origin:
    """Where files were fetched from."""

    address: str
    license: str = ""  # in its own words
    license_evidence: str = ""
    facts: dict[str, str] = field(default_factory=dict)  # the repository's name, the commit, ...


class Files(Artifact, kind="files"):
    """A folder of fetched files."""

    def folder(self) -> Path:
        """Where the files lie."""
        return self.path / "files"

    def origin(self) -> Origin:
        """Where they came from."""
        return Origin(**read_json(self.path / "origin.json"))

    def write_origin(self, origin: Origin) -> None:
        """Say where they came from."""
        write_json(self.path / "origin.json", asdict(origin))

    def check(self) -> None:
        """There is a file, and it is said where it came from."""
        if not self.origin().address or not list_files(self.folder()):
            raise FormatError("nothing was fetched", why=f"no file below '{self.folder().name}'", mend="check the address")

    def counts(self) -> dict[str, object]:
        """Files and bytes."""
        found = list_files(self.folder())
        return {"files": len(found), "bytes": sum(path.stat().st_size for path in found)}
