"""SHA-256 of values, files and folders: the names by which everything is known.

digest_json({"a": 1})        the same for any key order
digest_folder(path)          of relative paths and contents, never of times or places
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20


def digest_bytes(data: bytes) -> str:
    """Hex SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def canonical_json(value: Any) -> str:
    """One JSON spelling for one value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_json(value: Any) -> str:
    """Hex SHA-256 of a value that JSON can hold."""
    return digest_bytes(canonical_json(value).encode())


def digest_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def list_files(folder: Path) -> list[Path]:
    """Every regular file below `folder`, sorted by its relative POSIX path."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def list_file_digests(folder: Path) -> dict[str, str]:
    """Relative POSIX path -> hex SHA-256, for every file below `folder`."""
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in list_files(folder)}


def digest_folder(folder: Path) -> str:
    """Hex SHA-256 of the relative paths and contents of all files below `folder`."""
    return digest_json(list_file_digests(folder))
