"""The language scorer: sentences that anyone can add to (languages.tsv), offsets, mixed text, hostile text, and the model's digest."""

import time
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ayni.core.formats.documents import Document, make_table
from ayni.text.language import build_model, find_languages, load_model, model_digest
from ayni.text.packs import load_packs
from ayni.text.scorer import get_scorer, score_fused

PAIRS = [line.split("\t") for line in (Path(__file__).parent / "languages.tsv").read_text("utf8").splitlines() if not line.startswith("#")]
CORPUS = Path.home() / ".cache/ayni-corpus"  # where ../shared/unpack-corpus puts it
ES = "La comunidad se reúne cada domingo para hablar del agua y de los caminos."
EN = "The community meets every Sunday to talk about the water and the roads."
PT = "A comunidade reúne-se todos os domingos para falar da água e das estradas."


def score(*texts: str) -> list[dict]:
    table = make_table(Document(id=f"{place:016}", text=text) for place, text in enumerate(texts))
    return score_fused([get_scorer("language")], table)["language"].drop_columns(["id"]).to_pylist()


@pytest.mark.parametrize(("language", "text"), PAIRS)
def test_language(language, text):
    assert score(text)[0]["language"] == language


def test_a_text_is_answered_alike_alone_among_others_and_from_a_slice():
    texts = [text for _, text in PAIRS] * 3
    together = score(*texts)
    assert together == [score(text)[0] for text in texts]
    array = pa.array(["", *texts, "x"])
    sliced = find_languages(array.slice(1, len(texts)), load_model())
    assert sliced.wholes.tolist() == find_languages(pa.array(texts), load_model()).wholes.tolist()


@pytest.mark.parametrize("text", [text for language, text in PAIRS if language in ("es", "pt", "en", "fr")])
def test_case_and_unicode_form_change_nothing(text):
    plain = score(text)[0]
    for other in (text.upper(), unicodedata.normalize("NFD", text)):
        assert {**score(other)[0], "paragraphs": None} == {**plain, "paragraphs": None}


@pytest.mark.parametrize("text", [text for language, text in PAIRS if language in ("es", "pt", "en", "fr")])
def test_addresses_numbers_and_names_with_at_change_nothing(text):
    noisy = f"{text} https://www.example.org/the/way?of=the&school=1 12/03/2021 77 @theschool"
    assert score(noisy)[0]["confidence"] == score(text)[0]["confidence"]


def test_mixed_document_by_paragraph_with_offsets_in_code_points():
    text = f"\n  𝔄𝔅 😀 {ES}\nY también de la escuela.\n \n\n{EN}\n"
    found = score(text)[0]
    assert found["language"] == "mul"
    assert [each["language"] for each in found["paragraphs"]] == ["es", "en"]
    assert text[found["paragraphs"][1]["start"] : found["paragraphs"][1]["end"]] == EN
    assert text[found["paragraphs"][0]["start"] : found["paragraphs"][0]["end"]] == text[3:].split("\n \n")[0]


def test_switch_inside_a_paragraph_is_marked():
    text = f"😀 {ES} {EN}"
    (row,) = score(text)
    assert [each["language"] for each in row["switches"]] == ["es", "en"]
    assert row["language"] == "mul"
    second = text[row["switches"][1]["start"] : row["switches"][1]["end"]]
    assert len(set(second.split()) & set(EN.rstrip(".").split())) >= 0.8 * len(EN.split())


@pytest.mark.parametrize("text", [f"{ES} {ES}", f"{PT} {PT}", f"{EN} {EN}"])
def test_one_language_has_no_switches(text):
    assert score(text)[0]["switches"] == []


@pytest.mark.parametrize("text", ["", " \n\t\n", "...", "\x00\x01\x02", "123 456", "@@@", "'" * 50, "\u0301\u0301", "😀😀😀"])
def test_no_words_no_language(text):
    (row,) = score(text)
    assert (row["language"], row["confidence"], row["second"], row["lect"]) == ("und", 0.0, None, None)


def test_a_line_of_ten_megabytes_takes_seconds():
    line = (ES + " ") * (10_000_000 // len(ES))
    score(ES)  # compiled before the clock starts
    began = time.monotonic()
    assert score(line)[0]["language"] == "es"
    assert score("x" * 10_000_000)[0]["language"] == "und"
    assert time.monotonic() - began < 10


@given(st.lists(st.text(max_size=120), max_size=4))
@settings(max_examples=200, deadline=None)
def test_spans_are_ordered_inside_the_text_and_never_end_in_space(texts):
    for text, row in zip(texts, score(*texts) if texts else [], strict=True):
        end = 0
        for each in row["paragraphs"]:
            assert end <= each["start"] < each["end"] <= len(text)
            assert not text[each["start"]].isspace() or text[each["start"]] not in " \n\r\t\f\v"
            assert 0 <= each["confidence"] <= 1.0001
            end = each["end"]


def test_every_answer_has_a_pack_and_lects_belong_to_one():
    model = load_model()
    assert set(model.languages) - {"und"} <= set(load_packs())
    assert len(model.languages) >= 61
    assert (score(next(text for language, text in PAIRS if language == "qu"))[0]["lect"] or "qu").startswith("q")


def test_the_model_is_the_measured_one():
    assert model_digest() == "7eec1eae77dd85a4b6c19faffc06c3bee12c0df95389813b3fc326eab0121e8a"
    files = [path.stat().st_size for path in (Path(__file__).parents[2] / "src/ayni/assets/language_model").iterdir()]
    assert sum(files) < 6_000_000


def test_a_model_without_weights_knows_nothing():
    import numpy as np

    head = {"labels": ["es", "und"], "lects": {}, "scales": [0.1, 0.1], "power": 0.5, "threshold": 0.6, "minimum": 12}
    model = build_model(head, np.array([7, 9], np.uint32), np.zeros((2, 2), np.int8))
    found = find_languages(pa.array([ES]), model)
    assert found.sure_wholes.tolist() == [0.5]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the unpacked corpus (../shared/unpack-corpus)")
def test_bibles_of_the_real_corpus_are_known_verse_by_verse():
    import re

    asked = {
        "Achuar": "acu",
        "Amuzgo": "amu",
        "Barasana": "bsn",
        "Cabecar": "cjp",
        "Camsa": "kbh",
        "Mam": "mam",
        "Quichua": "qu",
        "Nahuatl": "nah",
    }
    right = total = 0
    for name, language in asked.items():
        page = (CORPUS / f"ind_bible_xml/{name}-NT.xml").read_text("utf8")
        verses = [verse.strip() for verse in re.findall(r"<seg [^>]*>([^<]*)</seg>", page)[::40]]
        said = [row["language"] for row in score(*[verse for verse in verses if len(verse.split()) >= 5])]
        right, total = right + said.count(language), total + len(said)
    assert right / total > 0.98


def test_no_documents_are_no_rows():
    assert score() == []
