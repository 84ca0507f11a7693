"""WARC, as crawlers and web archives write it: each captured page or file is a member, read by its content type.

    Member("bytes 328-332", <memory>, format="html", options={"encoding": "iso-8859-1"}, url="https://...", date="2024-05-01")

Responses with status 200, resources and conversions (WET) are read; transfer and content encodings are undone within limits. What
has no text (images, styles) and what is no answer (404) is counted, one bad record a type or status. Where a file is damaged,
reading goes on at the next record that can be found. Source: ISO 28500, WARC 1.1.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import MissingExtra, Unreadable
from ayni.corpus.readers.archive import MEMBER_BYTES, RATIO
from ayni.corpus.readers.member import Budget, budget_of, open_member
from ayni.corpus.readers.reader import Bad, Member

_TYPES = {  # content type -> suffix, and the format where the suffix does not tell
    "text/html": (".html", "html"),
    "application/xhtml+xml": (".html", "html"),
    "text/plain": (".txt", "plain"),
    "text/markdown": (".md", "plain"),
    "application/pdf": (".pdf", "pdf"),
    "application/epub+zip": (".epub", "epub"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx", "word"),
    "text/xml": (".xml", ""),
    "application/xml": (".xml", ""),
    "application/json": (".json", "tables"),
    "text/csv": (".csv", "tables"),
}
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_START = {True: re.compile(rb"\x1f\x8b\x08"), False: re.compile(rb"^WARC/1\.[01]\r?$", re.MULTILINE)}


class WarcReader:
    """.warc, .warc.gz, .wet: pages and files by their content type."""

    name = "warc"
    suffixes = (".warc", ".warc.gz", ".warc.zst", ".wet", ".wet.gz")

    def probe(self, path: Path, head: bytes) -> bool:
        """The first line of a record; what is compressed is told by its suffix."""
        return head.startswith(b"WARC/1.") or (path.name.lower().endswith(self.suffixes) and head.startswith(_PACKED))

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Bad | Member]:
        """Members in the order in which they were captured."""
        budget = budget_of(path)
        if budget.depth == 0:
            budget = Budget(members=1_000_000, bytes=1 << 30)
        left_out: Counter[str] = Counter()
        found = False
        for start, end, record in _list_records(path):
            found = True
            if isinstance(record, Bad):
                yield record
                continue
            kind, data = _open_record(record)
            name = f"bytes {start}-{end - start}"
            if isinstance(data, Bad):
                yield Bad(name, data.reason, start)
            elif kind in _TYPES:
                suffix, format = _TYPES[kind]
                with open_member(f"{start}{suffix}", data, budget) as place:
                    yield Member(name, place, format, _state_charset(record), *_state_origin(record))
            else:
                left_out[kind] += 1
        if not found:
            raise Unreadable("no record in the file", offset=0, why="not WARC, or damaged from the beginning")
        for kind, count in sorted(left_out.items()):
            yield Bad(kind, f"left out: {count} records of this kind")


def _list_records(path: Path) -> Iterator[tuple[int, int, Any]]:
    """(start, end, record) of every record that may hold a document, its block in memory; Bad where the file is damaged."""
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise MissingExtra("fastwarc is not installed", why=str(error), mend="pip install 'ayni[corpus]'") from error
    wanted = (WarcRecordType.response, WarcRecordType.resource, WarcRecordType.conversion)
    size, base = path.stat().st_size, 0
    while base < size:
        held: Any = None
        at = base
        with path.open("rb") as stream:
            stream.seek(base)
            try:
                for record in ArchiveIterator(stream, parse_http=False):
                    at = record.stream_pos
                    if held is not None:
                        yield held[0], at, held[1]
                    held = (at, _load(record, at)) if record.record_type in wanted else None
                base = size
            except OSError as error:
                base = _find_start(path, at + 1)
                if held is not None:
                    yield held[0], base, held[1]
                name = f"after bytes {at}" if held is not None else f"bytes {at}-{base - at}"
                held = None
                yield at, base, Bad(name, f"damaged: {error}", at)
        if held is not None:
            yield held[0], size, held[1]


def _load(record: Any, at: int) -> Any:
    """The record with its block in memory, or what is wrong with it."""
    stated = int(record.headers.get("Content-Length") or -1)
    if stated > MEMBER_BYTES:
        return Bad(f"bytes {at}", f"refused: {stated >> 20} MB, limit {MEMBER_BYTES >> 20}", at)
    block = record.reader.read(MEMBER_BYTES)
    if len(block) != stated:
        return Bad(f"bytes {at}", f"cut off: {len(block)} of {stated} bytes", at)
    record.set_bytes_content(block)
    return record


def _open_record(record: Any) -> tuple[str, bytes | Bad]:
    """The content type of what was captured, and its bytes; for what was no answer, the status instead of the type."""
    block = record.content_length
    try:
        if record.is_http:
            record.parse_http(auto_decode="all")
            if record.http_headers is None or record.http_headers.status_code != 200:
                return f"HTTP status {record.http_headers.status_code if record.http_headers else 'missing'}", b""
        limit = min(MEMBER_BYTES, RATIO * max(block, 4096))
        data = record.reader.read(limit + 1)
    except (OSError, ValueError) as error:
        return "", Bad("", f"its encoding cannot be undone: {error}")
    if len(data) > limit:
        return "", Bad("", f"swells beyond the limits: {block} to more than {limit} bytes")
    kind = record.http_content_type if record.is_http else record.headers.get("Content-Type")
    return (kind or "no content type").split(";")[0].strip().lower(), data


def _state_charset(record: Any) -> dict[str, str]:
    charset = record.http_charset if record.is_http else ""
    return {"encoding": charset} if charset else {}


def _state_origin(record: Any) -> tuple[str, str]:
    date = record.record_date
    return (record.headers.get("WARC-Target-URI") or "").strip("<>"), date.date().isoformat() if date else ""


def _find_start(path: Path, after: int) -> int:
    """Where the next record begins, or the end of the file."""
    data = path.read_bytes()
    found = _START[data[:2] == b"\x1f\x8b"].search(data, after)
    return found.start() if found else len(data)


READER = WarcReader()
