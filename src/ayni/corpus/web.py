"""HTTP for what fetches: polite, patient where the server asks for it, bounded, and nothing but http and https.

    fetch_bytes("https://repo.example.org/oai?verb=Identify", delay=1.0)

Waits `delay` before each request; 429 and 503 are obeyed by their Retry-After (seconds or a date), other failures of the server
or the network are tried again after longer and longer. Source: RFC 9110, sections 10.2.3 and 15.6.4.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException

from ayni import __version__
from ayni.core.errors import InputError

_TRIES = 5
_SECONDS = 60.0  # for an answer to begin
_PATIENCE = 900.0  # seconds; who asks for more is asked again by hand
_BYTES = 64 << 20


def fetch_bytes(address: str, *, delay: float = 1.0) -> bytes:
    """The body of an answer. Raises InputError where there is none after all patience."""
    reason, wait = "", delay
    for attempt in range(1, _TRIES + 1):
        time.sleep(max(delay, wait))
        wait = delay * 2**attempt
        try:
            return _get(address)
        except urllib.error.HTTPError as error:
            reason = f"HTTP {error.code} {error.reason}"
            if error.code not in (429, 500, 502, 503, 504):
                break
            asked = read_retry_after(error.headers.get("Retry-After", ""))
            wait = wait if asked is None else asked
            if wait > _PATIENCE:
                raise InputError(
                    f"the server asks to come back in {wait:.0f} s", why=reason, mend="run again then; what is there is kept"
                ) from error
        except (OSError, HTTPException) as error:  # URLError is an OSError
            reason = str(error) or type(error).__name__
    raise InputError(f"no answer from '{address[:200]}'", why=reason, mend="check the address and the network, and run again")


def _get(address: str) -> bytes:
    if not address.startswith(("http://", "https://")):
        raise InputError(f"'{address[:200]}' is no web address", mend="http:// or https://")
    request = urllib.request.Request(address, headers={"User-Agent": f"ayni/{__version__}", "Accept-Encoding": "identity"})
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
        if not answer.geturl().startswith(("http://", "https://")):
            raise InputError("the server leads away from the web", why=answer.geturl()[:200])
        data: bytes = answer.read(_BYTES + 1)
    if len(data) > _BYTES:
        raise InputError(f"the answer is larger than {_BYTES >> 20} MB", why=address[:200], mend="ask for less at a time")
    return data


def read_retry_after(stated: str) -> float | None:
    """Seconds to wait, from a number or a date; None where nothing understandable is stated."""
    if stated.strip().isdigit():
        return float(stated)
    try:
        moment = parsedate_to_datetime(stated)
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
