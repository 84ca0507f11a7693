"""Compiled inner loops: Numba over the buffers of Arrow arrays, without a Python object for any text.

What Numba compiled is kept in ~/.cache/ayni, under a digest of the sources of all kernels together: Numba itself does not
notice that a kernel which another one calls has changed, and an installed package may not be writable.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ayni.core.errors import MissingExtra

try:
    from numba.core import config
except ImportError as error:
    raise MissingExtra("numba is not installed", why=str(error), mend="pip install 'ayni[corpus]'") from error


def _digest_sources() -> str:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


config.CACHE_DIR = str(Path("~/.cache/ayni/kernels").expanduser() / _digest_sources())  # type: ignore[attr-defined]
