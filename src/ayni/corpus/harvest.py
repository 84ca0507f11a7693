"""OAI-PMH: every record of a repository or of one set, page by page, politely, going on after a kill where it stopped.

    harvest("oai:https://repo.example.org/oai?set=tesis&metadataPrefix=marcxml", state, files, delay=1.0)    -> facts

Raw pages lie in the stage's state folder; the last one holds the token of the next, so that is all a resumed harvest needs. At the
end the records go into files by a hash of their identifiers, without the pages' dates and tokens: the same records give the same
bytes, and a changed one changes one file. A deleted record is left out. Source: OAI-PMH 2.0, sections 3.5 and 4.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ayni.core.errors import InputError, Unreadable
from ayni.core.files import write_atomic
from ayni.corpus.readers.markup import inline_text, parse_xml
from ayni.corpus.web import fetch_bytes

_KEYS = ("metadataPrefix", "set", "from", "until")
_RECORDS_A_FILE = 1000
_RESTARTS = 2  # where a token has run out: the list begins anew
_BROKEN = 3  # times that a broken page is asked for
_TOKEN = re.compile(rb"<(?:\w+:)?resumptionToken[^>]*>([^<]*)</")
_IDENTIFIER = re.compile(rb"<(?:\w+:)?header[^>]*>\s*<(?:\w+:)?identifier>([^<]*)<")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>\n'
_TAIL = "\n</ListRecords></OAI-PMH>\n"


def harvest(address: str, state: Path, files: Path, *, delay: float = 1.0) -> dict[str, str]:
    """Fetch all pages into `state`, then write the records into `files`. Returns what the repository says of itself."""
    base, query = _read_address(address)
    for restart in range(_RESTARTS + 1):
        try:
            _fetch_pages(base, query, state, delay)
            break
        except _BadToken as error:
            if restart == _RESTARTS:
                raise InputError("the repository does not know its own resumption token", why=str(error), mend="try again later") from None
            for page in _list_pages(state):
                page.unlink()
    counts = _write(state, files)
    if not sum(counts.values()):
        raise InputError("the repository gave no record", why=address, mend="check the set and the metadataPrefix")
    identify = parse_xml(fetch_bytes(f"{base}?verb=Identify", delay=delay), "Identify")
    name = inline_text(next(identify.iter("{*}repositoryName"), None))
    return {"repository": name, **{kind: str(count) for kind, count in counts.items()}}


class _BadToken(Exception):
    """The server refuses a resumption token."""


def _read_address(address: str) -> tuple[str, dict[str, str]]:
    base, _, text = address.removeprefix("oai:").partition("?")
    query = dict(parse_qsl(text))
    unknown = sorted(query.keys() - set(_KEYS))
    if not base.startswith(("http://", "https://")) or unknown:
        raise InputError(
            f"'{address}' is no OAI-PMH address", why=f"keys: {', '.join(unknown) or 'none'}", mend=f"known: {', '.join(_KEYS)}"
        )
    return base, {"metadataPrefix": "oai_dc", **query}


def _list_pages(state: Path) -> list[Path]:
    return sorted(state.glob("page-*.xml"))


def _fetch_pages(base: str, query: dict[str, str], state: Path, delay: float) -> None:
    """Go on after the last page that is there, until one has no token."""
    state.mkdir(parents=True, exist_ok=True)
    pages = _list_pages(state)
    previous = pages[-1].read_bytes() if pages else b""
    token = _find_token(previous)
    number = len(pages)
    while number == 0 or token:
        asked = {"verb": "ListRecords", **({"resumptionToken": token} if token else query)}
        data = _fetch_page(f"{base}?{urlencode(asked)}", delay)
        write_atomic(state / f"page-{number:06}.xml", data)
        if _same_records(data, previous):
            raise InputError("the repository goes in a circle", why=f"page {number} is page {number - 1} again", mend="tell its keepers")
        token, previous = _find_token(data), data
        number += 1


def _fetch_page(address: str, delay: float) -> bytes:
    """One page; a broken one is asked for again, and kept as it is where it stays broken but says how to go on."""
    for attempt in range(_BROKEN):
        data = fetch_bytes(address, delay=delay * (attempt + 1))
        try:
            root = parse_xml(data, "page")
        except Unreadable as error:
            if attempt == _BROKEN - 1 and not _find_token(data):
                raise InputError(
                    "a page of the repository cannot be read", why=str(error), mend="run again: finished pages are kept"
                ) from error
            continue
        _check_error(root)
        return data
    return data


def _check_error(root: Any) -> None:
    error = root.find("{*}error")
    if error is None:
        return
    code = error.get("code", "")
    if code == "badResumptionToken":
        raise _BadToken(inline_text(error))
    raise InputError(f"the repository answers '{code}'", why=inline_text(error), mend="check set, metadataPrefix and dates")


def _find_token(data: bytes) -> str:
    """The token of the next page; empty on the last one. By its tag, so that a broken page still says how to go on."""
    found = _TOKEN.search(data)
    return unescape(found[1].decode("utf-8", "replace")).strip() if found else ""


def _same_records(page: bytes, before: bytes) -> bool:
    """Whether two pages hold the same records, whatever their dates and tokens are."""
    identifiers = _IDENTIFIER.findall(page)
    return bool(identifiers) and identifiers == _IDENTIFIER.findall(before)


def _write(state: Path, files: Path) -> dict[str, int]:
    """Lay the pages' records into files by a hash of their identifiers, a broken page beside them as it is."""
    files.mkdir(parents=True, exist_ok=True)
    pages = _list_pages(state)
    count = 1
    while count * _RECORDS_A_FILE < sum(len(_IDENTIFIER.findall(page.read_bytes())) for page in pages):
        count *= 2
    scratch = state / "buckets"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    counts = {"records": 0, "deleted": 0, "broken_pages": 0}
    for page in pages:
        try:
            root = parse_xml(page.read_bytes(), page.name)
        except Unreadable:
            shutil.copyfile(page, files / f"broken-{page.name}")
            counts["broken_pages"] += 1
            continue
        for identifier, line in _list_records(root):
            number = int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4], "big") % count
            with (scratch / f"{number:05}.jsonl").open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
    for bucket in sorted(scratch.iterdir()):
        latest = {row["identifier"]: row for row in map(json.loads, bucket.read_text("utf-8").splitlines())}
        rows = [row["xml"] for _, row in sorted(latest.items()) if not row["deleted"]]
        counts["records"] += len(rows)
        counts["deleted"] += len(latest) - len(rows)
        if rows:
            write_atomic(files / f"{bucket.stem}.xml", _HEAD + "\n".join(rows) + _TAIL)
    return counts


def _list_records(root: Any) -> Iterator[tuple[str, str]]:
    """(identifier, JSON line) of every record of a page."""
    from lxml import etree

    for record in root.iter("{http://www.openarchives.org/OAI/2.0/}record"):
        header = record.find("{*}header")
        identifier = inline_text(header.find("{*}identifier")) if header is not None else ""
        xml = etree.tostring(record, method="c14n", exclusive=True, with_tail=False).decode()
        deleted = header is not None and header.get("status") == "deleted"
        yield identifier, json.dumps({"identifier": identifier, "deleted": deleted, "xml": xml})
