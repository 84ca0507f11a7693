"""Tables, JSON, SQL, R data, Parquet, MARC and WARC that break off, nest, lie about lengths or hold no text."""

import gzip
import io
import struct

import pyarrow as pa
import pyarrow.parquet as pq


def _parquet(table):
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


_SMALL = _parquet(pa.table({"text": ["uno", "dos"]}))


def _repeated_parquet():
    """A dictionary of one long value, named twenty million times: kilobytes that unpack to gigabytes."""
    index = pa.array([0], pa.int32())
    values = pa.DictionaryArray.from_arrays(index, pa.array(["x" * 1000]))
    return _parquet(pa.table({"text": pa.chunked_array([values.take(pa.array([0] * 5_000_000, pa.int64()))])}))


def _warc(body, length=None, kind=b"response"):
    size = len(body) if length is None else length
    return (
        b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:0>\r\nWARC-Target-URI: http://example.org/\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % (kind, size)
    ) + body


_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + bytes(range(256))

FILES = {
    "records/empty.json": b"",
    "records/cut_off.json": b'[{"text": "uno"}, {"text": "do',
    "records/deep.json": b"[" * 500_000,
    "records/deep_and_closed.json": b"[" * 200_000 + b"]" * 200_000,
    "records/deep_objects.json": b'{"a":' * 200_000,
    "records/number_of_a_million_digits.json": b'{"text": ' + b"9" * 1_000_000 + b"}",
    "records/nul_bytes.json": b'{"text": "uno\0dos"}',
    "records/noise.json": bytes(range(128, 256)) * 30,
    "records/two_values.json": b'{"text": "uno"} {"text": "dos"}',
    "records/empty.jsonl": b"",
    "records/no_objects.jsonl": b"1\n2\n[3]\n",
    "records/cut_lines.jsonl": b'{"text": "uno\n{"text": \n',
    "records/deep_lines.jsonl": (b"[" * 100_000 + b"\n") * 3,
    "records/line_of_10_megabytes.jsonl": b'{"text": "' + b"a" * 10_000_000,
    "records/nul_bytes.jsonl": b'{"text": "\0"}\n\0\0\0\n',
    "records/empty.csv": b"",
    "records/only_a_header.csv": b"id,texto\n",
    "records/nul_bytes.csv": b"id,texto\n1,\0\0\0\n",
    "records/quote_never_closed.csv": b'id,texto\n1,"' + b"palabra " * 3_000_000,
    "records/noise.csv": bytes(range(128, 256)) * 400,
    "records/empty.parquet": b"",
    "records/cut_off.parquet": _SMALL[: len(_SMALL) // 2],
    "records/only_the_magic.parquet": b"PAR1PAR1",
    "records/footer_beyond_the_file.parquet": _SMALL[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1",
    "records/noise_between.parquet": b"PAR1" + bytes(range(256)) * 20 + struct.pack("<I", 500) + b"PAR1",
    "records/swelling.parquet": _repeated_parquet,
    "records/empty.sql": b"",
    "records/no_rows.sql": b"CREATE TABLE t (a INT);\nDROP TABLE t;\n",
    "records/string_never_closed.sql": b"INSERT INTO t (texto) VALUES ('" + b"palabra " * 200_000,
    "records/noise.sql": bytes(range(128, 256)) * 30,
    "records/empty.rda": b"",
    "records/noise.rda": b"RDX3\n" + bytes(range(256)) * 20,
    "records/cut_off.rda": gzip.compress(b"RDX3\nX\n\0\0\0\3", mtime=0),
    "records/huge_length.rda": gzip.compress(
        b"RDX3\nX\n" + struct.pack(">iii", 3, 262657, 197888) + struct.pack(">i", 5) + b"UTF-8" + struct.pack(">ii", 16, 2**31 - 1), mtime=0
    ),
    "records/noise.rds": gzip.compress(bytes(range(256)) * 20, mtime=0),
    "records/empty.mrc": b"",
    "records/lying_length.mrc": b"99999nam a2200000   4500" + b"\x1e" * 40 + b"\x1d",
    "records/base_beyond_the_record.mrc": b"00060nam a2299999   4500" + b"x" * 34 + b"\x1e\x1d",
    "records/letters_for_length.mrc": b"abcdenam a22fghij   4500" + b"x" * 60 + b"\x1d",
    "records/noise.mrc": bytes(range(128, 256)) * 30,
    "records/empty.warc": b"",
    "records/noise.warc": bytes(range(128, 256)) * 30,
    "records/cut_off.warc": _warc(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>medi", length=100_000),
    "records/only_images.warc": _warc(_PAGE) + b"\r\n\r\n",
    "records/negative_length.warc": _warc(_PAGE, length=-5),
    "records/cut_off.warc.gz": gzip.compress(_warc(_PAGE) + b"\r\n\r\n", mtime=0)[:90],
    "records/bomb.warc.gz": lambda: gzip.compress(
        _warc(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + bytes(300 << 20)), 1, mtime=0
    ),
}
