"""Documents of an institution that lie in object storage: every object below an address, into a Files artifact.

    fetch_bucket("s3://archive/court/2025", state, files, include=("**/*.pdf",))     -> Origin

An object lies in the stage's state folder under its name, size and ETag until all are there; a killed run goes on inside the
object that it was at, and an object that has changed since begins anew. The licence is for the recipe or an index to say.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ayni.core.buckets import Bucket, explain_bucket, open_bucket
from ayni.core.digest import digest_json
from ayni.core.errors import InputError, StoreError
from ayni.core.files import copy_or_link, sync_file
from ayni.core.formats.files import Origin
from ayni.corpus.rules import fits_any

_CHUNK = 8 << 20


def fetch_bucket(address: str, state: Path, files: Path, include: Sequence[str] = ()) -> Origin:
    """Fetch all objects. Raises InputError where there are none, StoreError where the storage fails on the way."""
    bucket = open_bucket(address)
    objects = _list_objects(bucket, tuple(include) or ("**/*",))
    if not objects:
        raise InputError(f"there is nothing at '{address}'", why="no object has this prefix", mend="check bucket, prefix and include")
    here = state / "objects"
    here.mkdir(parents=True, exist_ok=True)
    for name, info in objects.items():
        copy_or_link(_fetch_object(bucket, name, info, here), files / name)
    return Origin(address, facts={"objects": str(len(objects))})


def _list_objects(bucket: Bucket, include: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Name below the address -> what the storage says of it, sorted by name; an address of one object has its own name."""
    with explain_bucket(bucket.address):
        found = bucket.fs.find(bucket.root, detail=True)
    named = {}
    for path, info in sorted(found.items()):
        name = path.removeprefix(bucket.root).lstrip("/") or PurePosixPath(path).name
        if {"..", ""} & set(name.split("/")):
            raise InputError(f"an object's name leads out of its folder: '{path}'", mend="rename it, or name a prefix without it")
        if info.get("type") == "file" and fits_any(name, include):
            named[name] = {**info, "name": path}
    return named


def _fetch_object(bucket: Bucket, name: str, info: dict[str, Any], here: Path) -> Path:
    """One object, whole; what an earlier run had of it is not asked for again."""
    mark = digest_json([name, int(info["size"]), str(info.get("ETag") or info.get("mtime") or info.get("created") or "")])[:32]
    whole, partial = here / mark, here / f"{mark}.partial"
    if whole.exists():
        return whole
    with partial.open("ab") as sink:
        at, size = sink.tell(), int(info["size"])
        while at < size:
            with explain_bucket(bucket.address):
                data = bucket.fs.cat_file(info["name"], start=at, end=min(at + _CHUNK, size))
            if not data:
                raise StoreError(f"'{name}' ends early", why=f"{at} of {size} bytes", mend="run again: what is there is kept")
            sink.write(data)
            at += len(data)
    sync_file(partial)
    os.replace(partial, whole)
    return whole
