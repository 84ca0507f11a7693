"""PDF that loops, swells, lies or breaks off."""

import zlib

_HEAD = b"%PDF-1.7\n"


def _pdf(*objects, root=1, extra=b""):
    """A PDF of numbered objects with a right cross-reference table."""
    body = bytearray(_HEAD)
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        body += b"%010d 00000 n \n" % place
    body += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, extra, start)
    return bytes(body)


def _stream(data, head=b""):
    return b"<< /Length %d %s >>\nstream\n" % (len(data), head) + data + b"\nendstream"


_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_BLANK = _pdf(_CATALOG, _PAGES, _PAGE, _stream(b""), _FONT)


def _swelling():
    return _pdf(_CATALOG, _PAGES, _PAGE, _stream(zlib.compress(b" " * (600 << 20), 9), b"/Filter /FlateDecode"), _FONT)


def _doubly_swelling():
    twice = zlib.compress(zlib.compress(b"0 0 m " * (60 << 20), 9), 9)
    return _pdf(_CATALOG, _PAGES, _PAGE, _stream(twice, b"/Filter [/FlateDecode /FlateDecode]"), _FONT)


FILES = {
    "pdf/empty.pdf": b"",
    "pdf/only_the_head.pdf": _HEAD,
    "pdf/noise.pdf": _HEAD + bytes(range(256)) * 100,
    "pdf/text_called_pdf.pdf": b"Esto es texto, no un PDF.",
    "pdf/html_called_pdf.pdf": b"<html><body>404 Not Found</body></html>",
    "pdf/cut_off.pdf": _BLANK[: len(_BLANK) // 3],
    "pdf/blank_page.pdf": _BLANK,
    "pdf/no_pages.pdf": _pdf(_CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "pdf/page_tree_cycle.pdf": _pdf(_CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"),
    "pdf/page_tree_deep.pdf": _pdf(
        _CATALOG,
        *(b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1) for number in range(2, 5000)),
        b"<< /Type /Pages /Kids [] >>",
    ),
    "pdf/a_thousand_million_pages.pdf": _pdf(_CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>", _PAGE, _stream(b""), _FONT),
    "pdf/negative_pages.pdf": _pdf(_CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count -5 >>", _PAGE, _stream(b""), _FONT),
    "pdf/root_is_itself.pdf": _pdf(b"1 0 R"),
    "pdf/root_is_missing.pdf": _pdf(_CATALOG, _PAGES, root=99),
    "pdf/length_cycle.pdf": _pdf(_CATALOG, _PAGES, _PAGE, b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream", _FONT),
    "pdf/negative_length.pdf": _pdf(_CATALOG, _PAGES, _PAGE, b"<< /Length -10 >>\nstream\n\nendstream", _FONT),
    "pdf/previous_table_cycle.pdf": _pdf(_CATALOG, _PAGES, _PAGE, _stream(b""), _FONT, extra=b"/Prev 9"),
    "pdf/encrypted.pdf": _pdf(
        _CATALOG,
        _PAGES,
        _PAGE,
        _stream(b"BT /F 12 Tf (x) Tj ET"),
        _FONT,
        b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>",
        extra=b"/Encrypt 6 0 R /ID [<00><00>]",
    ),
    "pdf/unknown_encryption.pdf": _pdf(_CATALOG, _PAGES, b"<< /Filter /Desconocido /V 99 >>", extra=b"/Encrypt 3 0 R"),
    "pdf/swelling_stream.pdf": _swelling,
    "pdf/doubly_swelling_stream.pdf": _doubly_swelling,
    "pdf/form_draws_itself.pdf": _pdf(
        _CATALOG,
        _PAGES,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        _stream(b"/X Do"),
        _stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>"),
    ),
    "pdf/endless_page.pdf": _pdf(_CATALOG, _PAGES, _PAGE.replace(b"[0 0 300 300]", b"[0 0 1e38 1e38]"), _stream(b"q " * 2_000_000), _FONT),
    "pdf/array_200000_deep.pdf": _pdf(b"[" * 200_000 + b"]" * 200_000),
}
