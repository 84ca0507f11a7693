"""Repair: pairs anyone can add to (repairs.tsv), idempotence, agreement with ftfy, columns."""

import ftfy
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES
from ftfy.fixes import fix_c1_controls
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs import read_pairs

from ayni.text import mojibake
from ayni.text.mojibake import gate, mend_mojibake
from ayni.text.repair import list_steps, repair, repair_texts

PAIRS = read_pairs("repairs.tsv")
# letters that mojibake is made of, and everything that some step looks for
SUSPECTS = "aé ñ\n\r\t\u00a0\x1c\x1d\x1b[m\x00\x85\x93\u00ad\u200b\u200d\u200f\u2028\ufeff\uf0b7\uf0a7\u0301\u0303´`'’AÃÂœ\u05e9\U0001f469"
SUSPECTS += "".join(each for each in MOJIBAKE_CATEGORIES.values() if "-" not in each)


@pytest.mark.parametrize(("before", "after", "names", "language", "note"), PAIRS)
def test_pairs(before, after, names, language, note):
    text, changes = repair(before, language)
    assert text == after
    assert changes == ([names] if names else []) or names in changes


def columns(texts, language=""):
    return pa.chunked_array([texts], pa.string()), pa.chunked_array([[language] * len(texts)], pa.string())


@given(
    st.lists(st.text(st.sampled_from(SUSPECTS) | st.characters(exclude_categories=["Cs"]), max_size=60), max_size=30),
    st.sampled_from(["es", "gn", "ay", ""]),
)
@settings(max_examples=100, deadline=None)
def test_a_repaired_text_stays_as_it_is(texts, language):
    once = repair_texts(*columns(texts, language)).texts.to_pylist()
    again = repair_texts(*columns(once, language))
    assert again.texts.to_pylist() == once
    assert again.changed == {}


@given(st.lists(st.text("aeiouáéíóúñ¿¡ºª «»", max_size=12), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_mojibake_of_spanish_is_undone_or_left(texts):
    broken = [text.encode().decode("latin-1") for text in texts]
    unseen = [fix_c1_controls(text) for text in broken]  # where nobody recognises it, its controls are read as cp1252 all the same
    whole, mended, left = (repair_texts(*columns(each)).texts.to_pylist() for each in (texts, broken, unseen))
    assert all(after in (good, same) for after, good, same in zip(mended, whole, left, strict=True))


@given(st.lists(st.text(st.sampled_from(SUSPECTS.replace("\n", "")), max_size=30), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_the_gate_lets_through_all_that_ftfy_would_change(lines):
    passed = pc.match_substring_regex(pa.array(lines), gate()).to_pylist()
    changed = [ftfy.fix_text(f"{line}\n", config=mojibake._FTFY) != f"{line}\n" for line in lines]
    assert not any(now and not let for now, let in zip(changed, passed, strict=True))


def test_lines_are_mended_as_ftfy_mends_them():
    lines = ["La educaciÃ³n", "sin daÃ±o", "", "el aÃ±o \x96 fin", "clean, limpio, œuvre", "ComunÃ\xadquese"]
    text = "\n".join(lines)
    assert mend_mojibake(pa.array([text, "", "ñ"])) == [ftfy.fix_text(text, config=mojibake._FTFY), "", "ñ"]


def test_no_texts_are_no_texts():
    assert mend_mojibake(pa.array([], pa.string())) == []
    assert repair_texts(*columns([])).texts.to_pylist() == []


def test_a_line_without_end_is_mended_in_pieces():
    line = "El niño comió piñas en Ñuñoa. " * 2000 + "ñ" * 9000
    assert repair(line.encode().decode("latin-1"))[0] == line


def test_a_lone_surrogate_becomes_a_replacement_character():
    assert repair("a\ud800b") == ("a\ufffdb", [])


def test_a_column_is_repaired_row_by_row_and_a_clean_chunk_is_the_same_chunk():
    clean, broken = pa.array(["El año pasado.", "Nada más."]), pa.array(["aÃ±o ", "bien", "mba´e"])
    done = repair_texts(pa.chunked_array([clean, broken]), pa.chunked_array([["es", "es"], ["es", "es", "gn"]]))
    assert done.texts.to_pylist() == ["El año pasado.", "Nada más.", "año", "bien", "mba'e"]
    assert {name: rows.tolist() for name, rows in done.changed.items()} == {
        "mojibake": [False, False, True, False, False],
        "apostrophes": [False, False, False, False, True],
        "trailing spaces": [False, False, True, False, False],
    }
    assert done.texts.chunk(0).buffers()[2].address == clean.buffers()[2].address


def test_every_step_has_a_pair():
    assert {step.name for step in list_steps()} == {names for _, _, names, _, _ in PAIRS if names}
