"""Archives and WARC: members are read in memory by the readers of their formats; what means harm is refused by name."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from ayni.core.places import asset
from ayni.corpus.files import read_file
from ayni.corpus.readers import member
from ayni.corpus.rules import Rule
from ayni.corpus.sources import Source, SourceFile

TEXTS = {"actas/uno.txt": "El río baja lento.", "actas/año.txt": "La asamblea decidió.", "filas.csv": "texto\nuna fila\notra fila\n"}


def read(path, data=None, rules=(), **source):
    if data is not None:
        path.write_bytes(data)
    before = set(os.listdir("/proc/self/fd"))
    rows, bad = read_file(Source(name="s", path=str(path), **source), SourceFile(path.name, path), rules)
    assert set(os.listdir("/proc/self/fd")) <= before, "no memory is left open"
    return {row.origin: row for row in rows}, {row.origin: row.reason for row in bad}


def make_zip(files, method=zipfile.ZIP_DEFLATED):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return body.getvalue()


def make_tar(files, mode="w", links=()):
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            data = data if isinstance(data, bytes) else data.encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, kind, target in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return body.getvalue()


def zstd(data):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


TAR = make_tar(TEXTS)
ARCHIVES = {
    "a.zip": make_zip(TEXTS),
    "a.tar": TAR,
    "a.tar.gz": gzip.compress(TAR),
    "a.tgz": gzip.compress(TAR),
    "a.tar.xz": lzma.compress(TAR),
    "a.tar.bz2": bz2.compress(TAR),
    "a.tar.zst": zstd(TAR),
    "sin_sufijo": gzip.compress(TAR),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_every_form_gives_the_same_documents(tmp_path, name):
    rows, bad = read(tmp_path / name, ARCHIVES[name])
    assert {origin.partition("#")[2]: row.text for origin, row in rows.items()} == {
        "actas/uno.txt": "El río baja lento.",
        "actas/año.txt": "La asamblea decidió.",
        "filas.csv#1": "una fila",
        "filas.csv#2": "otra fila",
    }
    assert not bad
    assert sorted(path.name for path in tmp_path.iterdir()) == [name], "nothing is extracted"


def test_every_shipped_format_reads_in_an_archive_as_on_disk(tmp_path):
    names = ("ar/fallo_riachuelo.pdf", "br/biomas.epub", "cl/circular_simulacro.docx", "ar/bibliotecas_populares.html", "ar/novelas.xml")
    rows, bad = read(tmp_path / "a.zip", make_zip({name: (asset("starter") / name).read_bytes() for name in names}))
    assert not bad
    for name in names:
        alone, _ = read(asset("starter") / name)
        inside = {origin.partition("#")[2]: row.text for origin, row in rows.items()}
        assert {origin.replace(Path(name).name, name): row.text for origin, row in alone.items()}.items() <= inside.items()


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress), ("zst", zstd)])
def test_one_packed_file(tmp_path, suffix, pack):
    rows, _ = read(tmp_path / f"filas.csv.{suffix}", pack(b"texto\nuna fila\n"))
    assert {origin: row.text for origin, row in rows.items()} == {f"filas.csv.{suffix}#1": "una fila"}


def test_rules_and_facts_reach_the_members(tmp_path):
    rules = [
        Rule(match="*.zip", country="BO", license="CC0-1.0"),
        Rule(match="*.zip/actas/*", domain="government", language="es"),
        Rule(match="**/*.csv", name="cuadros", skip="no text"),
    ]
    rows, bad = read(tmp_path / "a.zip", ARCHIVES["a.zip"], rules)
    row = rows["a.zip#actas/uno.txt"]
    assert (row.country, row.domain, row.language, row.license) == ("BO", "government", "es", "CC0-1.0")
    assert bad == {"a.zip#filas.csv": "left out by rule 'cuadros': no text"}


def test_a_stated_format_is_the_members(tmp_path):
    rows, _ = read(tmp_path / "a.zip", make_zip({"datos": "texto\nuna fila\n"}), format="tables")
    assert [row.text for row in rows.values()] == ["una fila"]


def test_archives_in_archives_to_the_second_depth(tmp_path):
    once = make_zip({"hoja.txt": "La hoja."})
    twice = make_zip({"b.zip": once})
    rows, bad = read(tmp_path / "a.zip", twice)
    assert list(rows) == ["a.zip#b.zip#hoja.txt"] and not bad
    rows, bad = read(tmp_path / "a.zip", make_zip({"c.zip": make_zip({"b.zip": once}), "otra.txt": "Otra."}))
    assert list(rows) == ["a.zip#otra.txt"]
    assert "nested too deeply" in bad["a.zip#c.zip#b.zip"]


HOSTILE = ["../../etc/passwd", "/etc/passwd", "..\\..\\win.ini", "C:\\win.ini", "a/../../b.txt", "con\ncontrol.txt"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_names_that_lead_out_are_refused(tmp_path, name, make):
    rows, bad = read(tmp_path / "a.zip", make({name: "daño", "bien.txt": "Bien."}))
    assert [row.text for row in rows.values()] == ["Bien."]
    assert [reason.split(":")[0] for reason in bad.values()] == ["refused"]


def test_links_and_devices_are_refused(tmp_path):
    links = [
        ("a", tarfile.SYMTYPE, "/etc/passwd"),
        ("b", tarfile.LNKTYPE, "bien.txt"),
        ("c", tarfile.CHRTYPE, ""),
        ("d", tarfile.FIFOTYPE, ""),
    ]
    rows, bad = read(tmp_path / "a.tar", make_tar({"bien.txt": "Bien."}, links=links))
    assert [row.text for row in rows.values()] == ["Bien."]
    assert {origin.partition("#")[2]: reason for origin, reason in bad.items()} == {
        "a": "refused: a link to '/etc/passwd'",
        "b": "refused: a link to 'bien.txt'",
        "c": "refused: a device or a pipe",
        "d": "refused: a device or a pipe",
    }
    link = zipfile.ZipInfo("enlace")
    link.external_attr = 0o120777 << 16
    rows, bad = read(tmp_path / "a.zip", make_zip({link: "/etc/passwd"}))
    assert bad == {"a.zip#enlace": "refused: a link"}


def test_bombs_are_refused_and_the_rest_is_read(tmp_path):
    zeros = bytes(8 << 20)
    rows, bad = read(tmp_path / "a.zip", make_zip({"bomba.txt": zeros, "bien.txt": "Bien."}))
    assert [row.text for row in rows.values()] == ["Bien."]
    assert "swells" in bad["a.zip#bomba.txt"]
    _, bad = read(tmp_path / "b.gz", gzip.compress(zeros))
    assert "swells" in bad["b.gz"]
    rows, bad = read(tmp_path / "c.tar.xz", lzma.compress(make_tar({"bien.txt": "Bien.", "bomba.txt": zeros})))
    assert [row.text for row in rows.values()] == ["Bien."]
    assert "swells" in bad["c.tar.xz#after bomba.txt"]


def test_members_and_bytes_are_limited_over_all_depths(tmp_path, monkeypatch):
    monkeypatch.setattr(member.Budget, "__init__", lambda self: vars(self).update(members=4, bytes=100, depth=0))
    inner = {f"{number}.txt": "uno" for number in range(3)}
    rows, bad = read(tmp_path / "a.tar", make_tar({**inner, "más.txt": "dos", "aún.txt": "tres"}))
    assert len(rows) == 4
    assert "more members" in next(iter(bad.values()))
    rows, bad = read(tmp_path / "b.tar", make_tar({"uno.txt": "x" * 90, "dos.txt": "y" * 90}))
    assert len(rows) == 1
    assert "more than is allowed" in next(iter(bad.values()))


def test_what_is_cut_off_says_so_and_keeps_what_came_before(tmp_path):
    big = make_tar({f"{number}.txt": f"Acta {number}. " * 400 for number in range(10)})
    rows, bad = read(tmp_path / "a.tar", big[: len(big) // 2])
    assert 0 < len(rows) < 10
    assert any("cut off" in reason for reason in bad.values())
    noise = os.urandom(30_000).hex()
    packed = gzip.compress(make_tar({"uno.txt": "Uno.", "dos.txt": noise, "tres.txt": "Tres."}))
    rows, bad = read(tmp_path / "b.tar.gz", packed[: len(packed) // 2])
    assert [row.text for row in rows.values()] == ["Uno."]
    assert any("cut off" in reason for reason in bad.values())


@pytest.mark.parametrize("name", [name for name in ARCHIVES if name != "sin_sufijo"])
def test_damage_anywhere_never_raises(tmp_path, name):
    data = ARCHIVES[name]
    for share in range(1, 20):
        read(tmp_path / name, data[: len(data) * share // 20])
        broken = bytearray(data)
        broken[len(data) * share // 20] ^= 0x5A
        read(tmp_path / name, bytes(broken))


def test_an_archive_without_files_says_so(tmp_path):
    for name, data in (
        ("a.zip", make_zip({})),
        ("b.zip", make_zip({"__MACOSX/x": "y"})),
        ("c.tar.gz", gzip.compress(make_tar({}, links=[("carpeta", tarfile.DIRTYPE, "")]))),
    ):
        rows, bad = read(tmp_path / name, data)
        assert not rows and list(bad) == [name]


def test_encrypted_members_are_refused(tmp_path):
    data = bytearray(make_zip({"secreto.txt": "Nadie."}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    rows, bad = read(tmp_path / "a.zip", bytes(data))
    assert not rows and bad == {"a.zip#secreto.txt": "refused: encrypted"}


# --- WARC


def warc_record(kind, uri, block, content="application/http; msgtype=response", date="2024-05-01T10:00:00Z"):
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: {date}\r\n"
    head += f"WARC-Record-ID: <urn:uuid:0>\r\nContent-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def answer(body, content, status="200 OK", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


SENTENCE = "La niña cruzó el río Biobío mientras el cóndor volaba sobre la cordillera nevada. "
PAGE = f"<html><head><title>Aviso</title></head><body><article><p>{SENTENCE * 4}</p></article></body></html>".encode("latin-1")
RECORDS = [
    warc_record("warcinfo", "", b"software: x", "application/warc-fields"),
    warc_record("response", "https://a.example/", answer(PAGE, "text/html; charset=iso-8859-1")),
    warc_record("response", "https://a.example/z", answer(gzip.compress("Año nuevo.".encode()), "text/plain", Content_Encoding="gzip")),
    warc_record(
        "response", "https://a.example/c", answer(b"5\r\nhola \r\n5\r\nmundo\r\n0\r\n\r\n", "text/plain", Transfer_Encoding="chunked")
    ),
    warc_record("conversion", "https://a.example/w", b"Texto del WET.", "text/plain"),
    warc_record("response", "https://a.example/i", answer(b"\x89PNG", "image/png")),
    warc_record("response", "https://a.example/n", answer(b"no", "text/html", "404 Not Found")),
    warc_record("request", "https://a.example/", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
]


@pytest.mark.parametrize(("name", "pack"), [("a.warc", bytes), ("a.warc.gz", gzip.compress)])
def test_captures_by_content_type_with_their_charset(tmp_path, name, pack):
    packed = [pack(each) for each in RECORDS]
    data = b"".join(packed)
    rows, bad = read(tmp_path / name, data)
    found = {row.url: row for row in rows.values()}
    assert found["https://a.example/"].text.startswith("La niña cruzó el río Biobío")
    assert found["https://a.example/z"].text == "Año nuevo."
    assert found["https://a.example/c"].text == "hola mundo"
    assert found["https://a.example/w"].text == "Texto del WET."
    assert {row.date for row in found.values()} == {"2024-05-01"}
    for origin, row in rows.items():
        start, size = map(int, origin.partition("#bytes ")[2].split("-"))
        place = packed.index(data[start : start + size])
        assert row.url.encode() in RECORDS[place], "the record's bytes are those of the capture"
    assert bad == {
        f"{name}#image/png": "left out: 1 records of this kind",
        f"{name}#HTTP status 404": "left out: 1 records of this kind",
    }


def test_a_capture_that_swells_or_is_cut_off(tmp_path):
    bomb = warc_record("response", "https://a.example/b", answer(gzip.compress(bytes(8 << 20)), "text/plain", Content_Encoding="gzip"))
    rows, bad = read(tmp_path / "a.warc", bomb + RECORDS[4] + RECORDS[1][:-200])
    assert [row.text for row in rows.values()] == ["Texto del WET."]
    assert "swells" in bad[f"a.warc#bytes 0-{len(bomb)}"]
    assert any("cut off" in reason for reason in bad.values())


def test_reading_goes_on_after_damage(tmp_path):
    broken = bytearray(gzip.compress(RECORDS[2]))
    broken[40] ^= 255
    rows, bad = read(tmp_path / "a.warc.gz", gzip.compress(RECORDS[4]) + bytes(broken) + gzip.compress(RECORDS[3]))
    assert [row.text for row in rows.values()] == ["Texto del WET.", "hola mundo"]
    assert any("damaged" in reason for reason in bad.values())


@pytest.mark.parametrize("data", [b"WARC/1.1", b"WARC/1.1\r\n\r\n", b"nada", b"\x1f\x8b", b"WARC/1.0\r\nContent-Length: -5\r\n\r\n"])
def test_what_is_no_warc(tmp_path, data):
    rows, bad = read(tmp_path / "a.warc", data)
    assert not rows and bad
