"""The mirror: parts and artifacts of a store, in object storage, for machines that share no disk.

    objects/<sha256>             each file once, under its own digest
    <place>.json                 what lies in a folder of the store (artifacts/<key>, parts/<ab>/<key>): relative name -> digest

The list is written last, and objects are named by their content, so that an upload that stops in the middle, or two at once, are
never seen torn. What is fetched is checked against its digest before it is published.

    Mirror("s3://bucket/prefix").push("parts/ab/abcd", folder)
    Mirror("s3://bucket/prefix").pull("parts/ab/abcd", folder, scratch)     -> False where it is not there
"""

from __future__ import annotations

import json
import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

from ayni.core.buckets import Bucket, explain_bucket, open_bucket
from ayni.core.digest import digest_file, list_file_digests
from ayni.core.errors import StoreError
from ayni.core.files import publish_folder


class Mirror:
    """A place in object storage; opened when first used."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    @cached_property
    def _bucket(self) -> Bucket:
        return open_bucket(self.address)

    def has(self, place: str) -> bool:
        """Whether a folder is there, whole."""
        with explain_bucket(self.address):
            return bool(self._bucket.fs.exists(self._bucket.path(f"{place}.json")))

    def push(self, place: str, folder: Path) -> None:
        """Upload a folder that is not there yet: files first, the list last."""
        if self.has(place):
            return
        files = list_file_digests(folder)
        with explain_bucket(self.address):
            for name, digest in files.items():
                if not self._bucket.fs.exists(self._object(digest)):
                    self._put(folder / name, self._object(digest))
            listing = json.dumps(files, ensure_ascii=False).encode()
            self._bucket.fs.pipe_file(self._bucket.path(f"{place}.json"), listing)

    def pull(self, place: str, final: Path, scratch: Path) -> bool:
        """Publish a folder of the mirror as `final`; `scratch` must be on the same disk. False where the mirror has none."""
        files = self.list_files(place)
        if files is None:
            return False
        shutil.rmtree(scratch, ignore_errors=True)
        for name, digest in files.items():
            self.pull_file(digest, scratch / name)
        publish_folder(scratch, final)
        return True

    def list_files(self, place: str) -> dict[str, str] | None:
        """Relative name -> digest of a folder; None where it is not there."""
        with explain_bucket(self.address):
            try:
                found: dict[str, Any] = json.loads(self._bucket.fs.cat_file(self._bucket.path(f"{place}.json")))
            except FileNotFoundError:
                return None
        if any(Path(name).is_absolute() or ".." in Path(name).parts for name in found):
            raise StoreError(f"the mirror's list of {place} is damaged", why="a name leads out of its folder", mend="remove the list")
        return {name: str(digest) for name, digest in found.items()}

    def pull_file(self, digest: str, target: Path) -> None:
        """Fetch one object and check it; the file appears whole or not at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with explain_bucket(self.address):
                self._bucket.fs.get_file(self._object(digest), str(partial))
            if digest_file(partial) != digest:
                raise StoreError(
                    f"an object of the mirror is not what its name says: {digest[:12]}",
                    why="damaged in the storage, or on the way",
                    mend=f"remove {self._object(digest)}; it is made again where it is missing",
                )
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)

    def _object(self, digest: str) -> str:
        return self._bucket.path(f"objects/{digest[:2]}/{digest}")

    def _put(self, origin: Path, target: str) -> None:
        """S3 shows an object when it is whole; on a plain file system a list is the last thing written, so that nobody looks before."""
        self._bucket.fs.put_file(str(origin), target)
