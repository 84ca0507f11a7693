"""Zip, tar, gzip, xz, zstd and what is built on zip (DOCX, XLSX, ODT, EPUB): bombs, traversal, cycles, broken bytes."""

import gzip
import io
import lzma
import struct
import tarfile
import warnings
import zipfile

_ZEROS = 160 << 20  # more than a member or a file may have
_LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><r>&c;</r>'
_MAIN = {  # the member that holds the text, by format
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "odt": "content.xml",
    "epub": "META-INF/container.xml",
}


def _zip(members, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # doubled names are meant
        with zipfile.ZipFile(buffer, "w", compression) as archive:
            for name, body in members:
                archive.writestr(name, body)
    return buffer.getvalue()


def _zeros():
    return bytes(_ZEROS)


def _bomb(name):
    return lambda: _zip([(name, _zeros())])


def _nested_zip(depth):
    body = b"fondo"
    for _ in range(depth):
        body = _zip([("dentro.zip", body)])
    return body


def _flagged_encrypted(data):
    """The encryption bit set in the local and the central header."""
    body = bytearray(data)
    body[6] |= 1
    at = body.rindex(b"PK\x01\x02")
    body[at + 8] |= 1
    return bytes(body)


def _lying_size(data, size=10):
    """The central directory says that the member is small."""
    body = bytearray(data)
    at = body.rindex(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(body)


def _broken_sum(data):
    body = bytearray(data)
    at = body.rindex(b"PK\x01\x02")
    body[at + 16] ^= 0xFF
    body[14] ^= 0xFF
    return bytes(body)


def _tar(*members, mode="w"):
    """Members: (name, body) or a TarInfo."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for member in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member[0])
            if info is not member:
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
            else:
                archive.addfile(info)
    return buffer.getvalue()


def _link(name, target, kind):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def _special(name, kind):
    info = tarfile.TarInfo(name)
    info.type = kind
    return info


_GOOD = [("uno.bin", b"\x00\x01\x02" * 500)]  # an archive without any text
FILES = {}
for _suffix, _member in _MAIN.items():
    _small = _zip([(_member, b"<r>texto</r>" * 50)])
    FILES |= {
        f"archives/{_suffix}_empty.{_suffix}": b"",
        f"archives/{_suffix}_cut_off.{_suffix}": _small[: len(_small) // 2],
        f"archives/{_suffix}_noise.{_suffix}": bytes(range(256)) * 40,
        f"archives/{_suffix}_bomb.{_suffix}": _bomb(_member),
        f"archives/{_suffix}_without_its_member.{_suffix}": _zip([("otro.xml", b"<r/>")]),
        f"archives/{_suffix}_encrypted.{_suffix}": _flagged_encrypted(_small),
        f"archives/{_suffix}_wrong_checksum.{_suffix}": _broken_sum(_small),
        f"archives/{_suffix}_entities.{_suffix}": _zip([(_member, _LAUGHS)]),
        f"archives/{_suffix}_member_cut_off.{_suffix}": _zip([(_member, b"<r><p>medi")]),
        f"archives/{_suffix}_lying_size.{_suffix}": _lying_size(_zip([(_member, b"<r>" + b"texto " * 40_000)])),
    }
FILES |= {
    "archives/epub_cycle.epub": _zip(
        [
            ("META-INF/container.xml", b'<container><rootfiles><rootfile full-path="META-INF/container.xml"/></rootfiles></container>'),
        ]
    ),
    "archives/epub_climbs_out.epub": _zip(
        [
            ("META-INF/container.xml", b'<container><rootfiles><rootfile full-path="../../../etc/passwd"/></rootfiles></container>'),
        ]
    ),
    "archives/empty.zip": b"",
    "archives/no_members.zip": _zip([]),
    "archives/cut_off.zip": _zip([("uno.txt", b"texto " * 900)])[:100],
    "archives/noise.zip": b"PK\x03\x04" + bytes(range(256)) * 40,
    "archives/bomb.zip": _bomb("uno.txt"),
    "archives/many_bombs.zip": lambda: _zip([(f"{n}.txt", bytes(20 << 20)) for n in range(20)]),
    "archives/nested_ten_deep.zip": lambda: _nested_zip(10),
    "archives/traversal.zip": _zip([("../../fuera.txt", b"El texto que sale de su carpeta.")]),
    "archives/absolute_path.zip": _zip([("/tmp/fuera.txt", b"El texto que sale de su carpeta.")]),
    "archives/windows_path.zip": _zip([("C:\\fuera.txt", b"El texto que sale de su carpeta.")]),
    "archives/encrypted.zip": _flagged_encrypted(_zip([("uno.txt", b"El texto cifrado.")])),
    "archives/wrong_checksum.zip": _broken_sum(_zip([("uno.txt", b"El texto de la suma mala. " * 9)])),
    "archives/lying_size.zip": _lying_size(_zip([("uno.txt", b"texto " * 40_000)])),
    "archives/no_text.zip": _zip(_GOOD),
    "archives/50000_members.zip": lambda: _zip([(f"{n}.txt", b"") for n in range(50_000)], zipfile.ZIP_STORED),
    "archives/doubled_noise.zip": _zip([("uno.txt", b"\0" * 50), ("uno.txt", b"\0" * 60)]),
    "archives/empty.tar": b"",
    "archives/cut_off.tar": _tar(("uno.txt", b"texto " * 900))[:1000],
    "archives/noise.tar": bytes(range(256)) * 40,
    "archives/traversal.tar": _tar(("../../fuera.txt", b"El texto que sale de su carpeta.")),
    "archives/absolute_path.tar": _tar(("/tmp/fuera.txt", b"El texto que sale de su carpeta.")),
    "archives/symbolic_link.tar": _tar(_link("uno.txt", "/etc/passwd", tarfile.SYMTYPE)),
    "archives/link_cycle.tar": _tar(_link("a.txt", "b.txt", tarfile.LNKTYPE), _link("b.txt", "a.txt", tarfile.LNKTYPE)),
    "archives/device.tar": _tar(_special("uno.txt", tarfile.CHRTYPE), _special("dos.txt", tarfile.FIFOTYPE)),
    "archives/wrong_header_sum.tar": _tar(("uno.txt", b"texto " * 90)).replace(b"ustar", b"xstar", 1).replace(b"uno.txt", b"dos.txt", 1),
    "archives/empty.gz": b"",
    "archives/cut_off.txt.gz": gzip.compress(b"texto " * 9000, mtime=0)[:60],
    "archives/noise.gz": b"\x1f\x8b\x08\x00" + bytes(range(256)),
    "archives/wrong_sum.txt.gz": gzip.compress(b"texto " * 900, mtime=0)[:-8] + b"\0" * 8,
    "archives/bomb.txt.gz": lambda: gzip.compress(_zeros(), 1, mtime=0),
    "archives/bomb.tar.gz": lambda: _tar(("uno.txt", _zeros()), mode="w:gz"),
    "archives/cut_off.tar.gz": _tar(("uno.txt", b"texto " * 900), mode="w:gz")[:80],
    "archives/bomb.txt.xz": lambda: lzma.compress(_zeros(), preset=0),
    "archives/cut_off.txt.xz": lzma.compress(b"texto " * 9000)[:40],
    "archives/noise.xz": b"\xfd7zXZ\x00" + bytes(range(256)),
    "archives/bomb.tar.xz": lambda: _tar(("uno.txt", _zeros()), mode="w:xz"),
    "archives/noise.zst": b"\x28\xb5\x2f\xfd" + bytes(range(256)),
    "archives/huge_window.txt.zst": b"\x28\xb5\x2f\xfd\x00\xf8" + b"\x01\x00\x00",
    "archives/empty.zst": b"",
}
