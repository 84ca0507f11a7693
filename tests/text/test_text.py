"""Repair, encodings, fingerprints, pages, language and quality, as text pairs anyone can add to."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ayni.core.errors import Unreadable
from ayni.core.formats.documents import Document
from ayni.text.encoding import decode
from ayni.text.fingerprint import fingerprint
from ayni.text.pages import cut_page, group_pages
from ayni.text.repair import repair

REPAIRED = [
    ("espaÃ±ol", "español", ["mojibake"]),
    ("a\x00b\x07", "ab", ["control characters"]),
    ("uno\r\ndos\r", "uno\ndos", ["line ends", "blank lines"]),
    ("cafe\u0301", "café", ["unicode form"]),
    ("Mba'éichapa, ñande", "Mba'éichapa, ñande", []),
    ("ꞌyaꞌa ʼa", "ꞌyaꞌa ʼa", []),
    ("te\u00adléfono", "teléfono", ["soft hyphens"]),
    ("a\n\n\n\n\nb", "a\n\nb", ["blank lines"]),
    ("&amp; <b>", "&amp; <b>", []),
]


@pytest.mark.parametrize(("before", "after", "names"), REPAIRED)
def test_repair(before, after, names):
    text, changes = repair(before)
    assert text == after
    assert set(names) <= set(changes)
    assert bool(changes) == (before != after)


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_repair_is_idempotent(text):
    once, _ = repair(text)
    assert repair(once) == (once, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1"])
def test_spanish_survives_every_encoding(encoding):
    text = "El niño comió piñas en Ñuñoa; ¿cuántas? «Muchísimas», contestó la señora."
    assert decode(text.encode(encoding))[0] == text


def test_declared_encoding_is_believed_unless_the_bytes_are_utf8():
    assert decode("você".encode("iso-8859-1"), "ISO-8859-1") == ("você", "cp1252")
    assert decode("você".encode(), "ISO-8859-1")[0] == "você"


def test_binary_is_refused():
    with pytest.raises(Unreadable) as caught:
        decode(b"text\0more")
    assert caught.value.offset == 4


def test_fingerprint_sees_through_case_spaces_and_form():
    assert fingerprint("¡Hola,  Mundo!") == fingerprint("hola mundo")
    assert fingerprint("cafe\u0301") == fingerprint("CAFÉ")
    assert fingerprint("cafe") != fingerprint("café")


@given(st.lists(st.text(string.ascii_letters, min_size=1, max_size=60), min_size=1, max_size=30), st.integers(20, 200))
def test_pages_lose_nothing_and_keep_the_limit(texts, limit):
    rows = [Document(id=f"{place:016}", text=text, group=str(place % 3)) for place, text in enumerate(texts)]
    pages = list(group_pages(rows, limit))
    assert sorted(name for page in pages for name in page.ids) == [row.id for row in rows]
    assert all(len(page.text.encode()) <= limit for page in pages if len(page.ids) > 1)


@given(st.text(max_size=300), st.integers(4, 200))
def test_a_cut_page_is_a_beginning_within_the_limit(text, limit):
    (page,) = group_pages([Document(id="0", text=text)], 1000)
    cut = cut_page(page, limit)
    assert page.text.startswith(cut.text)
    assert len(cut.text.encode()) <= limit
    assert cut.text or not text.strip()
