"""Object storage (S3, Google, Azure, MinIO, Garage, ...) through fsspec: one place that opens it and explains what it refuses.

    bucket = open_bucket("s3://archive/court")
    bucket.fs.find(bucket.root)

Endpoint and credentials are the library's own business: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or
~/.aws/config; never a recipe's, so that they stand in no key and no manifest.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ayni.core.errors import AyniError, InputError, MissingExtra, StoreError

_S3 = {"config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}}}  # botocore's own take minutes
_LOCAL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)  # not the storage's fault: this machine's disk


@dataclass(frozen=True)
class Bucket:
    """An opened file system and the path that the address names in it."""

    address: str
    fs: Any
    root: str

    def path(self, name: str) -> str:
        """The full path of a name below the address."""
        return f"{self.root}/{name}"


def is_bucket(address: str) -> bool:
    """Whether an address is a URL that fsspec opens (s3://, gs://, file://), not a path, `asset:NAME` or `oai:URL`."""
    return address.partition("://")[0].isalnum() and "://" in address


def open_bucket(address: str) -> Bucket:
    """Open it. Raises MissingExtra without the library, InputError for an address of an unknown kind."""
    scheme = address.partition("://")[0]
    try:
        import fsspec
        from fsspec.core import url_to_fs

        fsspec.get_filesystem_class(scheme)
    except ImportError as error:
        raise MissingExtra(f"'{address}' needs a library that is not installed", why=str(error), mend="pip install 'ayni[s3]'") from error
    except ValueError as error:
        raise InputError(f"'{address}' is no address of object storage", why=str(error), mend="s3://BUCKET/PREFIX, say") from error
    with explain_bucket(address):  # listings must be fresh: other machines write too
        options: dict[str, Any] = _S3 if scheme == "s3" else {"auto_mkdir": True} if scheme == "file" else {}
        fs, root = url_to_fs(address, use_listings_cache=False, skip_instance_cache=True, **options)
    return Bucket(address, fs, root.rstrip("/"))


@contextmanager
def explain_bucket(address: str) -> Iterator[None]:
    """Turn what the storage's libraries raise into an error that says how to go on."""
    try:
        yield
    except AyniError:
        raise
    except _failures() as error:
        if isinstance(error, OSError) and error.errno in _LOCAL:
            raise
        raise StoreError(
            f"the object storage '{address}' did not do what it was asked",
            why=" ".join(f"{type(error).__name__}: {error}".split())[:300],
            mend="check its address, AWS_ENDPOINT_URL and credentials; then run the same command again: what is finished is kept",
        ) from error


def _failures() -> tuple[type[Exception], ...]:
    """What fsspec and the libraries below it raise, as far as they are installed."""
    found: list[type[Exception]] = [OSError, TimeoutError]
    try:
        from aiohttp import ClientError
        from botocore.exceptions import BotoCoreError
        from botocore.exceptions import ClientError as Refused

        found += [ClientError, BotoCoreError, Refused]
    except ImportError:
        pass
    return tuple(found)
