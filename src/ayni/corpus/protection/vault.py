"""The vault: what was replaced, encrypted, for who holds the key; without a key there is none, and nobody can give it back.

    vault/part-00000.parquet      id, token, sealed (bytes)

AES-SIV (RFC 5297) with a key of 64 bytes: equal values seal to equal bytes, so that a run gives the same digests on every machine, and
a changed byte, or a value under another document or token, is refused.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.digest import digest_bytes
from ayni.core.errors import InputError, MissingExtra

_BYTES = 64
_SCHEMA = pa.schema([("id", pa.string()), ("token", pa.string()), ("sealed", pa.binary())])


def make_key(path: Path) -> None:
    """Write a new key, readable by its owner alone. Raises InputError where the file is there: a lost key opens nothing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # never readable by others, not for a moment
    except FileExistsError as error:
        raise InputError(
            f"'{path}' is there already", why="another key would not open what this one sealed", mend="name another file"
        ) from error
    except OSError as error:
        raise InputError(f"cannot write the key '{path}'", why=str(error), mend="name a place where you may write") from error
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_hex(_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def read_key(path: Path) -> bytes:
    """The key of a file. Raises InputError where it holds none."""
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the key '{path}'", why=str(error), mend="`ayni reveal --new-key FILE` makes one") from error
    if len(key) != _BYTES:
        raise InputError(f"'{path}' holds no key", why=f"{len(key)} bytes, not {_BYTES}", mend="`ayni reveal --new-key FILE` makes one")
    return key


def name_key(path: Path) -> str:
    """What a key is called in an artifact's key: a digest, from which it cannot be had."""
    return digest_bytes(b"ayni vault key" + read_key(path))[:16]


def _open_cipher(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV
    except ImportError as error:
        raise MissingExtra("cryptography is not installed", why=str(error), mend="pip install 'ayni[vault]'") from error
    return AESSIV(key)


def seal(path: Path, key: bytes, rows: Iterable[tuple[str, str, str]]) -> None:
    """Write (id, token, value) rows sealed."""
    cipher = _open_cipher(key)
    sealed = [(id, token, cipher.encrypt(value.encode(), [id.encode(), token.encode()])) for id, token, value in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table([list(column) for column in zip(*sealed, strict=True)] if sealed else [[], [], []], schema=_SCHEMA)
    pq.write_table(table, path, compression="none", write_statistics=False)


def unseal(paths: Iterable[Path], key: bytes, id: str) -> dict[str, str]:
    """Token -> value of one document. Raises InputError where the key is another."""
    from cryptography.exceptions import InvalidTag

    cipher = _open_cipher(key)
    found: dict[str, str] = {}
    for path in paths:
        for row in pq.read_table(path, filters=[("id", "=", id)]).to_pylist():
            try:
                value = cipher.decrypt(row["sealed"], [id.encode(), row["token"].encode()])
            except InvalidTag as error:
                raise InputError(
                    "the key does not open this vault", why="it was sealed with another, or changed", mend="find the key"
                ) from error
            found[row["token"]] = value.decode()
    return found
