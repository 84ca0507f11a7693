"""Bytes to text: every accented letter right, in any encoding that institutions of the region hold files in."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ayni.core.errors import Unreadable
from ayni.text.code_pages import gather
from ayni.text.encoding import decode

SPANISH = "El niño comió piñas en Ñuñoa; ¿cuántas? «Muchísimas», contestó la señora. Artículo 1º: ningún pingüino leerá según él."
PORTUGUESE = "A Constituição não é só coração; você já está à mesa? «São três pães», disse a avó. Seção 2ª: ninguém trará maçãs."
TYPOGRAPHY = "El decreto dice: “la educación es un derecho” – y el niño, en México, lo repite…"
PAGES = ["cp1252", "iso8859-1", "iso8859-15", "cp850", "cp437", "mac-roman"]


@pytest.mark.parametrize("text", [SPANISH, PORTUGUESE, SPANISH.upper(), PORTUGUESE.upper()])
@pytest.mark.parametrize("encoding", PAGES)
def test_one_byte_pages(text, encoding):
    data = text.encode(encoding, "ignore")
    assert decode(data)[0] == data.decode(encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman"])
def test_quotation_marks_and_dashes(encoding):
    assert decode(TYPOGRAPHY.encode(encoding))[0] == TYPOGRAPHY


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("text", [SPANISH, PORTUGUESE, "x = 1\n"])
def test_unicode_with_and_without_a_mark(encoding, text):
    assert decode(text.encode(encoding))[0] == text


@given(st.text(alphabet=st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=300).filter(lambda text: "\ufeff" not in text))
@settings(max_examples=300, deadline=None)
def test_utf8_is_never_read_as_anything_else(text):
    data = text.encode()
    try:
        assert decode(data) == (text, "utf-8")
    except Unreadable:
        assert sum(byte < 32 for byte in data) > 0.02 * len(data)


@given(st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_random_bytes_end_in_unreadable_or_text(seed):
    chance = random.Random(seed)
    data = bytes(chance.randrange(1, 256) for _ in range(chance.randrange(1, 400)))
    try:
        text, _ = decode(data)
    except Unreadable as error:
        assert error.what
    else:
        assert len(text) > 0


def test_a_declaration_decides_where_the_bytes_do_not():
    euro = b"cuesta \xa4"
    assert decode(euro, "iso-8859-15")[0] == "cuesta €"
    assert decode("você".encode("iso-8859-1"), "ISO-8859-1")[0] == "você"
    assert decode("привет, мир".encode("cp1251"), "windows-1251")[0] == "привет, мир"


def test_two_euro_signs_tell_latin9_and_one_stray_sign_does_not():
    assert decode("El año 2002 costó € 5, y después € 6.".encode("iso-8859-15"))[0] == "El año 2002 costó € 5, y después € 6."
    assert decode("yaf¨uy, un niño pequeño".encode("iso-8859-1"))[0] == "yaf¨uy, un niño pequeño"


def test_a_false_declaration_is_overruled():
    assert decode(SPANISH.encode("cp850", "ignore"), "iso-8859-1")[0] == SPANISH
    assert decode(SPANISH.encode(), "iso-8859-1")[0] == SPANISH
    assert decode(SPANISH.encode("cp1252"), "utf-8")[0] == SPANISH
    assert decode(SPANISH.encode("cp1252"), "no such code page")[0] == SPANISH


def test_a_few_bad_bytes_cost_no_document():
    good = f"{SPANISH}\n".encode() * 20
    text, name = decode(good + b"aqu\xed est\xe1 el a\xf1o\n" + good)
    assert text == f"{SPANISH}\n" * 20 + "aquí está el año\n" + f"{SPANISH}\n" * 20
    assert name == "utf-8+cp1252"


def test_a_bad_byte_beside_good_letters_of_its_line():
    assert decode("El año pasado, señora, ".encode() + b"qued\xf3 aqu\xed " + "la acción.".encode())[0] == (
        "El año pasado, señora, quedó aquí la acción."
    )


def test_files_glued_together_line_by_line():
    lines = [f"{n}. {SPANISH if n % 3 else PORTUGUESE}" for n in range(60)]
    data = b"\n".join(line.encode("cp850" if n % 5 == 2 else "utf-8", "ignore") for n, line in enumerate(lines))
    assert decode(data)[0] == "\n".join(
        line.encode("cp850", "ignore").decode("cp850") if n % 5 == 2 else line for n, line in enumerate(lines)
    )


def test_two_capital_letters_that_look_like_utf8_are_not():
    assert decode(b"\xabCAF\xc9\xbb de la esquina, a\xf1o 2001, se\xf1ora")[0] == "«CAFÉ» de la esquina, año 2001, señora"


def test_a_letter_cut_off_at_the_end():
    assert decode(SPANISH.encode() + "ñ".encode()[:1]) == (SPANISH + "\ufffd", "utf-8")
    assert decode(b"Mal\xe9n y el caf\xe9")[0] == "Malén y el café"


def test_no_break_spaces_are_no_letters():
    assert decode(b"de\xa0la Ley\xa0No 5 de\xa01998")[0] == "de\xa0la Ley\xa0No 5 de\xa01998"


def test_the_score_of_what_is_not_western_is_low():
    page, score = gather(SPANISH.encode("cp850", "ignore")).choose()
    assert page == "cp850" and score > -3
    assert gather("Всем привет, это короткий текст о погоде.".encode("cp1251")).choose()[1] < -4


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"text\0more", "NUL"),
        (b"\xff\xfea\0\0", "utf-16"),
        (bytes(range(1, 9)) * 100, "control bytes"),
        (bytes(range(128, 256)) * 40, "no code page"),
        (b"\xed\xa0\x80\xed\xbf\xbf" * 100, "Unicode does not have"),
        (b"\xc0\x80\xc0\xaf" * 100, "Unicode does not have"),
    ],
)
def test_what_is_no_text_has_a_reason(data, reason):
    with pytest.raises(Unreadable, match=reason) as caught:
        decode(data)
    assert caught.value.offset is not None


def test_ten_megabytes_in_one_line_of_either_kind():
    for piece in ("La señora de Ñuñoa. ".encode("cp1252"), "La señora de Ñuñoa. ".encode() + b"a\xf1o "):
        text, _ = decode(piece * (10_000_000 // len(piece)))
        assert text.count("ñ") >= 2 * (10_000_000 // len(piece)) and "\ufffd" not in text
