"""What leaves the house: GGUF files, the corpus report, and the bundle that holds everything.

gguf:    NAME-f16.gguf  NAME-q8_0.gguf  gguf.json (checks)
report:  report.json
bundle:  the model folder, the GGUF files, scores.json, report.html, README.md (model card), recipe.lock, LICENSES.csv, SHA256SUMS
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ayni.core.digest import digest_file, list_file_digests
from ayni.core.errors import FormatError
from ayni.core.files import read_json
from ayni.core.formats.artifact import Artifact


class Gguf(Artifact, kind="gguf"):
    """One or more GGUF files of one model."""

    def files(self) -> list[Path]:
        """The GGUF files, by name."""
        return sorted(self.path.glob("*.gguf"))

    def check(self) -> None:
        """There is one at least, and each begins with the magic bytes."""
        if not self.files():
            raise FormatError("no .gguf file was written")
        for file in self.files():
            with file.open("rb") as stream:
                if stream.read(4) != b"GGUF":
                    raise FormatError(f"{file.name} is not a GGUF file")


class Report(Artifact, kind="report"):
    """What was read, kept and dropped, as JSON."""

    def body(self) -> dict[str, Any]:
        """report.json."""
        found: dict[str, Any] = read_json(self.path / "report.json")
        return found

    def check(self) -> None:
        """read = kept + rejected, to the document; what was quarantined is counted apart and named."""
        body = self.body()
        rejected = sum(rule["documents"] for rule in body["rules"])
        if body["read"]["documents"] != body["kept"]["documents"] + rejected:
            raise FormatError(
                "documents were lost on the way",
                why=f"read {body['read']['documents']}, kept {body['kept']['documents']}, rejected {rejected}",
            )


class Bundle(Artifact, kind="bundle"):
    """A released folder that opens without ayni."""

    def check(self) -> None:
        """Every file is listed in SHA256SUMS with its checksum."""
        lines = (self.path / "SHA256SUMS").read_text("utf-8").splitlines()
        stated = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
        there = {path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file()} - {"SHA256SUMS"}
        if there != set(stated):
            raise FormatError("SHA256SUMS does not list the released files", why=f"differing: {sorted(there ^ set(stated))[:5]}")
        wrong = [name for name, digest in stated.items() if digest_file(self.path / name) != digest]
        if wrong:
            raise FormatError(f"{wrong[0]} does not have the checksum that SHA256SUMS states")

    def counts(self) -> dict[str, object]:
        """Number of files."""
        return {"files": len(list_file_digests(self.path))}
