"""The store keeps each artifact once, under a key made of what it was made from.

    artifacts/<key>/data/          the artifact; published by one rename
    artifacts/<key>/manifest.json
    parts/<key>/                   the part cache: one cached result for one file of an input
    state/<key>/                   checkpoints of a stage that was interrupted; private
    names/<recipe>/<artifact>.json which key a recipe's artifact has now
    tmp/                           work in progress, swept at the next run

Nothing outside `tmp/` and `state/` is ever half-written: a killed run leaves only whole artifacts behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ayni.core.digest import digest_folder
from ayni.core.errors import InputError, StoreError
from ayni.core.files import publish_folder, read_json, write_json
from ayni.core.formats.artifact import KINDS, Artifact
from ayni.core.suggest import did_you_mean
from ayni.pipeline.manifest import Manifest, read_manifest
from ayni.pipeline.mirror import Mirror


@dataclass(frozen=True)
class Named:
    """An artifact under the name that a recipe gives it."""

    recipe: str
    name: str
    key: str
    run: float  # when the recipe last reached it, seconds since 1970


class Store:
    """One folder on disk; see the module's text for what lies in it."""

    def __init__(self, root: Path, mirror: Mirror | None = None) -> None:
        self.root = root.absolute()
        self.mirror = mirror

    def artifact_folder(self, key: str) -> Path:
        """Where the artifact of a key lies, whether or not it is there."""
        return self.root / "artifacts" / key[:32]

    def data(self, key: str) -> Path:
        """The artifact's own folder."""
        return self.artifact_folder(key) / "data"

    def part_folder(self, key: str) -> Path:
        """Where a cached part lies."""
        return self.root / "parts" / key[:2] / key[:32]

    def state_folder(self, key: str) -> Path:
        """Where a stage keeps its checkpoints until it is done."""
        return self.root / "state" / key[:32]

    def has(self, key: str) -> bool:
        """Whether the artifact is there, whole."""
        return (self.artifact_folder(key) / "manifest.json").exists()

    def manifest(self, key: str) -> Manifest:
        """The record of an artifact."""
        path = self.artifact_folder(key) / "manifest.json"
        if not path.exists():
            raise StoreError(f"the store has no artifact {key[:12]}", mend="`ayni run` builds what is missing")
        return read_manifest(path)

    def open(self, key: str) -> Artifact:
        """The artifact as an object of its kind."""
        import ayni.core.formats.catalog  # noqa: F401  importing it registers every built-in kind

        return KINDS[self.manifest(key).kind](self.data(key))

    def scratch(self, key: str) -> Path:
        """A fresh folder to build an artifact in."""
        folder = self.root / "tmp" / f"{key[:32]}.{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "data").mkdir(parents=True)
        return folder

    def publish(self, key: str, scratch: Path, manifest: Manifest) -> None:
        """Make a built artifact visible: manifest written last, folder renamed into place."""
        write_json(scratch / "manifest.json", manifest.as_json())
        publish_folder(scratch, self.artifact_folder(key))

    def take(self, key: str) -> bool:
        """Fetch an artifact from the mirror; False where there is none. What it holds is checked against its manifest."""
        if self.mirror is None or not self.mirror.pull(f"artifacts/{key[:32]}", self.artifact_folder(key), self.scratch(key)):
            return False
        if self.damaged(key):
            shutil.rmtree(self.artifact_folder(key))
            raise StoreError(f"the mirror's artifact {key[:12]} is damaged", why=self.mirror.address, mend="remove it from the mirror")
        return True

    def give(self, key: str) -> None:
        """Push an artifact to the mirror, where it is not there yet."""
        if self.mirror is not None:
            self.mirror.push(f"artifacts/{key[:32]}", self.artifact_folder(key))

    def list_keys(self) -> list[str]:
        """The (shortened) keys of all artifacts."""
        folder = self.root / "artifacts"
        return sorted(path.name for path in folder.iterdir() if (path / "manifest.json").exists()) if folder.exists() else []

    def set_name(self, recipe: str, name: str, key: str, now: float) -> None:
        """Remember that a recipe's artifact has this key now."""
        write_json(self.root / "names" / recipe / f"{name}.json", {"key": key, "run": now})

    def names(self) -> list[Named]:
        """All named artifacts, the latest run recipe first, then in the order they were reached."""
        found = []
        for path in sorted((self.root / "names").glob("*/*.json")):
            body = read_json(path)
            found.append(Named(path.parent.name, path.stem, body["key"], body["run"]))
        latest: dict[str, float] = {}
        for each in found:
            latest[each.recipe] = max(latest.get(each.recipe, 0.0), each.run)
        return sorted(found, key=lambda each: (-latest[each.recipe], each.recipe, each.run))

    def named_key(self, recipe: str, name: str) -> str | None:
        """The key that a recipe's artifact had at its last run."""
        path = self.root / "names" / recipe / f"{name}.json"
        return str(read_json(path)["key"]) if path.exists() else None

    def resolve(self, name: str) -> Named:
        """Find an artifact by `name`, `recipe/name` or the first 8 or more digits of its key."""
        names = [each for each in self.names() if self.has(each.key)]
        for each in names:
            if name in (each.name, f"{each.recipe}/{each.name}"):
                return each
        if len(name) >= 8:
            for key in self.list_keys():
                if key.startswith(name):
                    return Named("", self.manifest(key).name, key, 0.0)
        raise InputError(
            f"the store has no artifact called '{name}'",
            why=f"looked in {self.root}",
            mend=did_you_mean(name, [each.name for each in names]) or "`ayni ls` shows what is there",
        )

    def damaged(self, key: str) -> bool:
        """Whether the artifact's files no longer have the digest that its manifest states."""
        try:
            return digest_folder(self.data(key)) != self.manifest(key).digest
        except (StoreError, OSError):
            return True

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for one run; the lock goes with the process, however it ends."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            opened = (self.root / "lock").open("w")
        except OSError as error:
            raise StoreError(f"the store {self.root} cannot be written", why=str(error), mend="name another with --store") from error
        with opened as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreError(
                    f"another run is using the store {self.root}",
                    why="one run at a time writes to a store",
                    mend="wait for it, or name another with --store",
                ) from error
            yield

    def sweep(self) -> None:
        """Remove work in progress that a killed run left; call only under the lock."""
        shutil.rmtree(self.root / "tmp", ignore_errors=True)
