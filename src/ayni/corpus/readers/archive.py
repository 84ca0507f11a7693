"""Members of zip-based documents (DOCX, EPUB), read with limits: nothing is extracted to disk, bombs are refused.

with open_zip(path) as archive: data = read_member(archive, "word/document.xml")
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable

MEMBER_BYTES = 64 << 20
TOTAL_BYTES = 256 << 20
RATIO = 200  # deflate reaches 1032; text of people stays under 20


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive. Raises Unreadable where it is damaged or a bomb."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise Unreadable("the archive is damaged or cut off", offset=path.stat().st_size, why=str(error)) from error
    with archive:
        if sum(member.file_size for member in archive.infolist()) > TOTAL_BYTES:
            raise Unreadable("the archive unpacks to more than is allowed", why=f"limit {TOTAL_BYTES >> 20} MB")
        yield archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member's bytes. Raises Unreadable where it is missing or swells beyond the limits."""
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise Unreadable(f"the archive lacks '{name}'", why="not a document of this format") from None
    if member.file_size > MEMBER_BYTES or member.file_size > RATIO * max(member.compress_size, 512):
        raise Unreadable(
            f"'{name}' swells beyond the limits", offset=member.header_offset, why=f"{member.compress_size} to {member.file_size} bytes"
        )
    try:
        with archive.open(member) as stream:
            data = stream.read(member.file_size + 1)
    except (zlib.error, zipfile.BadZipFile, EOFError, OSError, RuntimeError) as error:  # zipfile: encrypted, unknown method
        raise Unreadable(f"'{name}' is damaged or encrypted", offset=member.header_offset, why=str(error)) from error
    return data


def parse_xml(data: bytes, name: str) -> Any:
    """An lxml tree without entities, DTD or network. Raises Unreadable with the line where parsing stopped."""
    from lxml import etree

    if b"<!DOCTYPE" in data[:4096] and b"<!ENTITY" in data:
        raise Unreadable(f"'{name}' declares entities", offset=data.index(b"<!ENTITY"), why="entity expansion is refused")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        offset = sum(len(each) for each in data.splitlines(keepends=True)[: line - 1]) + column - 1
        raise Unreadable(f"'{name}' is not well-formed XML", offset=max(0, offset), why=str(error.msg)) from error
