"""Writing so that a killed process leaves either the old file or the new one, never a torn one.

write_atomic(path, b"...")           temp file, fsync, rename, fsync of the folder
publish_folder(temporary, final)     the same for a whole folder
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ayni.core.errors import StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FAILING = (errno.EIO, errno.EROFS, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.EACCES, errno.EPERM)


@contextmanager
def explain_writing(place: Path) -> Iterator[None]:
    """Turn 'no space left', 'quota exceeded' and a failing disk into an error that says how to go on."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            what = f"no space left while writing below {place}"
            mend = "free some space (`ayni gc` drops what no recipe uses), then run the same command again"
        elif error.errno in _FAILING:
            what = f"the disk refused to write below {place}"
            mend = "look at the disk and at who may write there (`ayni doctor` checks what is stored), then run the same command again"
        else:
            raise
        raise StoreError(what, why=f"{os.strerror(error.errno)}; nothing half-written was published", mend=mend) from error


def sync_file(path: Path) -> None:
    """Force a file's or folder's contents to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, data: bytes | str) -> None:
    """Write a file so that readers see all of it or the old one."""
    body = data.encode() if isinstance(data, str) else data
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}")
    try:
        with explain_writing(path.parent):
            with temporary.open("wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
            sync_file(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write readable JSON atomically; keys keep their order, NaN is refused."""
    write_atomic(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text("utf-8"))


def publish_folder(temporary: Path, final: Path) -> None:
    """Make a finished folder visible under its final name, durably; an existing one stays."""
    with explain_writing(final.parent):
        for path in sorted(temporary.rglob("*")):
            sync_file(path)
        sync_file(temporary)
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(temporary, final)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            shutil.rmtree(temporary)  # the same content was published before us
        sync_file(final.parent)


def copy_or_link(origin: Path, target: Path) -> None:
    """Hard-link where the file system allows it, else copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(origin, target)
    except OSError:
        with explain_writing(target.parent):
            shutil.copyfile(origin, target)
