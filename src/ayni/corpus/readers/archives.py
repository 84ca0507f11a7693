"""Archives and compressed files: zip, tar, gz, xz, bz2, zst and their pairs, member by member in memory, never on disk.

    Member(name="actas/1.pdf", path=<memory>)     read by whoever asked, by its own format
    Bad("../../etc/passwd", "...")                names that leave the archive, links, devices, what is encrypted or swells

What a compressed stream holds (a tar or a single file) is told by its bytes. Limits: MEMBERS and TOTAL_BYTES a file on disk over
all depths, MEMBER_BYTES and RATIO a member, DEPTH archives in one another.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.archive import MEMBER_BYTES, RATIO
from ayni.corpus.readers.member import Budget, budget_of, open_member
from ayni.corpus.readers.reader import Bad, Member

_MAGIC = {b"\x1f\x8b": "gz", b"\xfd7zXZ\x00": "xz", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zst", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip"}
_BLOCK = tarfile.BLOCKSIZE
_DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)


class ArchivesReader:
    """.zip, .gz, .xz, .bz2, .zst and .tgz by name; .tar, whose suffix is Tarahumara's tag too, by its bytes."""

    name = "archives"
    suffixes = (".zip", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".tbz2", ".zst", ".tzst")

    def probe(self, path: Path, head: bytes) -> bool:
        """A signature, or a tar header whose checksum is right."""
        return any(head.startswith(magic) for magic in _MAGIC) or _is_tar(head)

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Bad | Member]:
        """Members in the order in which they stand."""
        found = False
        for item in self._list(path):
            found = True
            yield item
        if not found:
            raise Unreadable("the archive holds no files", offset=0)

    def _list(self, path: Path) -> Iterator[Bad | Member]:
        budget = budget_of(path)
        with path.open("rb") as stream:
            head = stream.read(_BLOCK)
            stream.seek(0)
            kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")
            if kind == "zip":
                yield from _read_zip(stream, budget)
                return
            if not kind and not _is_tar(head):
                raise Unreadable("no archive that is known here", offset=0, why=f"first bytes {head[:8]!r}")
            yield from _read_stream(_Bounded(_decompress(stream, kind), path.stat().st_size if kind else 0), path, budget)


class _Bounded(io.RawIOBase):
    """A stream that refuses to swell beyond its limits, and remembers its last block."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self.stream, self.packed, self.read_bytes, self.last = stream, packed, 0, b""

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes. Raises Unreadable at the limit."""
        data = self.stream.read(size)
        self.read_bytes += len(data)
        self.last = (self.last + data)[-_BLOCK:]
        if self.packed and self.read_bytes > RATIO * max(self.packed, 4096):
            raise Unreadable("the stream swells beyond the limits", why=f"{self.packed} to more than {self.read_bytes} bytes")
        return data


def _decompress(stream: IO[bytes], kind: str) -> IO[bytes]:
    if kind == "gz":
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if kind == "xz":
        return lzma.LZMAFile(stream)  # type: ignore[return-value]
    if kind == "bz2":
        return bz2.BZ2File(stream)  # type: ignore[return-value]
    if kind == "zst":
        import pyarrow as pa

        return pa.CompressedInputStream(stream, "zstd")  # type: ignore[no-any-return]
    return stream


def _read_stream(stream: _Bounded, path: Path, budget: Budget) -> Iterator[Bad | Member]:
    """A tar's members, or the one file that is compressed."""
    try:
        head = stream.read(_BLOCK)
        if not _is_tar(head):
            data = head + _read_whole(stream)
    except _DAMAGE as error:
        raise Unreadable("the archive is damaged or cut off", offset=stream.read_bytes, why=str(error)) from error
    if _is_tar(head):
        yield from _read_tar(stream, head, budget)
        return
    inner = re.sub(r"(?i)\.(?:gz|xz|bz2|zst)$", "", path.name)
    with open_member(inner, data, budget) as member:
        yield Member("", member)


def _read_whole(stream: _Bounded) -> bytes:
    parts = []
    while part := stream.read(1 << 20):
        parts.append(part)
        if stream.read_bytes > MEMBER_BYTES:
            raise Unreadable("the file unpacks to more than is allowed", offset=stream.read_bytes, why=f"limit {MEMBER_BYTES >> 20} MB")
    return b"".join(parts)


def _read_tar(stream: _Bounded, head: bytes, budget: Budget) -> Iterator[Bad | Member]:
    last = ""
    try:
        with tarfile.open(fileobj=_Pushback(head, stream), mode="r|") as archive:  # type: ignore[call-overload]
            for member in archive:
                last = member.name
                refusal = _refuse(last)
                if member.isdir() or (_is_hidden(last) and not refusal):
                    continue
                if refusal := refusal or _refuse_tar(member):
                    yield Bad(_spell(last), refusal, member.offset)
                    continue
                file = archive.extractfile(member)
                data = file.read() if file is not None else b""
                with open_member(last, data, budget) as opened:
                    yield Member(_spell(last), opened)
        if stream.last.strip(b"\0"):
            yield Bad(f"after {_spell(last)}", "the archive ends without its end mark: it is cut off", stream.read_bytes)
    except Unreadable as error:
        yield Bad(f"after {_spell(last)}", "; ".join(filter(None, (error.what, error.why))), stream.read_bytes)
    except _DAMAGE as error:
        yield Bad(f"after {_spell(last)}", f"the archive is damaged or cut off: {error}", stream.read_bytes)


class _Pushback(io.RawIOBase):
    """A stream with its first bytes put back."""

    def __init__(self, head: bytes, stream: _Bounded) -> None:
        self.head, self.stream = head, stream

    def read(self, size: int = -1) -> bytes:
        """The first bytes once, then the stream's."""
        head, self.head = self.head, b""
        return head or self.stream.read(size)


def _read_zip(stream: IO[bytes], budget: Budget) -> Iterator[Bad | Member]:
    try:
        archive = zipfile.ZipFile(stream)
    except _DAMAGE as error:
        raise Unreadable("the archive is damaged or cut off", offset=stream.seek(0, io.SEEK_END), why=str(error)) from error
    with archive:
        for member in archive.infolist():
            name = member.filename
            refusal = _refuse(name)
            if member.is_dir() or (_is_hidden(name) and not refusal):
                continue
            if refusal := refusal or _refuse_zip(member):
                yield Bad(_spell(name), refusal, member.header_offset)
                continue
            try:
                with archive.open(member) as file:
                    data = file.read(member.file_size + 1)
            except _DAMAGE as error:
                yield Bad(_spell(name), f"damaged: {error}", member.header_offset)
                continue
            try:
                with open_member(name, data, budget) as opened:
                    yield Member(_spell(name), opened)
            except Unreadable as error:
                yield Bad(_spell(name), "; ".join(filter(None, (error.what, error.why))), member.header_offset)
                return


def _refuse(name: str) -> str:
    """Why a name is refused: nothing is ever written under it, but who packed it meant harm or made a mistake."""
    parts = re.split(r"[/\\]", name)
    if ".." in parts or name.startswith(("/", "\\")) or re.match("[A-Za-z]:", name) or not parts[-1]:
        return "refused: its name leads out of the archive"
    return "refused: control characters in its name" if any(ord(each) < 32 for each in name) else ""


def _refuse_tar(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return f"refused: a link to '{_spell(member.linkname)}'"
    if not member.isreg():
        return "refused: a device or a pipe"
    return f"refused: {member.size >> 20} MB, limit {MEMBER_BYTES >> 20}" if member.size > MEMBER_BYTES else ""


def _refuse_zip(member: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(member.external_attr >> 16):
        return "refused: a link"
    if member.flag_bits & 1:
        return "refused: encrypted"
    if member.file_size > MEMBER_BYTES or member.file_size > RATIO * max(member.compress_size, 512):
        return f"refused: swells beyond the limits, {member.compress_size} to {member.file_size} bytes"
    return ""


def _is_hidden(name: str) -> bool:
    """What folders are read without, too: dot files, and what macOS adds."""
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in name.split("/"))


def _spell(name: str) -> str:
    return name.removeprefix("./").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_tar(head: bytes) -> bool:
    """A tar header: the sum of its bytes, with its own place as spaces, is written in it in octal."""
    if len(head) < _BLOCK or not re.fullmatch(rb"[ 0-7]{1,7}[\0 ]*", head[148:156]):
        return False
    return int(head[148:156].strip(b"\0 ") or b"0", 8) == sum(head[:148]) + 8 * 32 + sum(head[156:_BLOCK])


READER = ArchivesReader()
