"""Orthographies: words anyone can add to (spellings.tsv), recognition by signs, abstention, the scorer."""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pairs import read_pairs

from ayni.core.formats.documents import Document, make_table
from ayni.core.formats.notes import SPANS
from ayni.text.orthography import load_spellings, recognise, score, spell_alike
from ayni.text.packs import load_packs

# words whose spelling is known: (language, orthography, words, where they are from)
TEXTS = [
    ("arn", "raguileo", "wenxu zomo kvme zugu mvley xvr xawvn fvxa kvla kvzaw vbmen", "Universal Declaration in Mapudungun"),
    ("arn", "unificado", "wentru domo küme dungu müley küla trewa antü küyen kütral ngürü trutruka ngillatun", "AVENUE; Augusta 1916"),
    ("arn", "azumchefe", "wentxu zomo zugu mapuzugun txewa kütxal txipantu azümchefe küla antü", "CONADI"),
    ("qu", "pentavocalic", "Qosqo sonqo orqo perqa qelqa wesq'ay qolqe qoyllur qocha", "Academia Mayor de la Lengua Quechua"),
    ("qu", "trivocalic", "Qusqu sunqu urqu pirqa qillqa wisq'ay qullqi quyllur qucha", "Cerrón-Palomino 1994"),
    ("gn", "achegety", "avañe'ẽ peteĩ mokõi kuña karai porã pytã morotĩ jagua jasy kuarahy", "Academia de la Lengua Guaraní"),
    ("nah", "classical", "cipactli calli coatl miquiztli mazatl itzcuintli acatl cuauhtli tecpatl quiahuitl", "day signs; Sahagún"),
    ("nah", "sep", "kali siuatl nauatl kuali tlakatisej uan ueyi tlajtoli siuamej kipiaj", "Universal Declaration in Nahuatl"),
    ("nah", "inali", "nawatl tlahkwiloltlanawatilli tlahtolli metstli tsontli tsapotl itskwintli nehwatl tehwatl ehekatl", "INALI"),
]


@pytest.mark.parametrize(("tag", "orthography", "word", "alike", "source"), read_pairs("spellings.tsv"))
def test_spellings(tag, orthography, word, alike, source):
    assert spell_alike(word, tag, orthography or None) == alike


@pytest.mark.parametrize(("tag", "orthography", "words", "source"), TEXTS)
def test_recognised(tag, orthography, words, source):
    name, share = recognise(words, tag)
    assert (name, share >= 0.75) == (orthography, True)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("arn", "mapu ruka"),  # no sign that tells
        ("nah", "calli kali " * 10),  # two at once
        ("arn", "La comunidad se reúne cada domingo para hablar del agua y de los caminos; nadie faltó."),
        ("es", "quechua quilla huasi"),
    ],
)
def test_abstains(tag, text):
    assert recognise(text, tag)[0] is None


def test_the_data_are_patterns_with_sources():
    for tag, spellings in load_spellings().items():
        names = [each.name for each in spellings.orthographies]
        assert spellings.comparison in names
        assert len(set(names)) == len(names)
        assert tag in load_packs() or len(tag) == 3
        for each in spellings.orthographies:
            assert each.source
            assert each.signs
            for sign in each.signs:
                pc.count_substring_regex(pa.array(["a"]), sign)
            for rule, _ in each.rules:
                re.compile(rule)


def test_the_spelling_of_comparison_is_kept_by_its_own_rules():
    for tag, orthography, word, alike, _ in read_pairs("spellings.tsv"):
        if tag in load_spellings() and orthography:
            assert spell_alike(alike, tag, load_spellings()[tag].comparison) == alike, word


def notes(languages, paragraphs):
    columns = [pa.array(languages, pa.string()), pa.array(paragraphs, SPANS)]
    return {"language": pa.table(columns, names=["language", "paragraphs"])}


def test_the_scorer_reads_what_is_in_the_language_and_leaves_others_out():
    _, _, words, _ = TEXTS[0]
    spanish = "El señor Vázquez explicó a los jóvenes, con voz pausada, qué quiere decir cada palabra de la lista. " * 3
    mixed = f"{spanish}\n{words}"
    span = {"start": len(spanish) + 1, "end": len(mixed), "language": "arn", "confidence": 0.9}
    documents = make_table(
        [
            Document(id="0", text=mixed, language="arn"),
            Document(id="1", text=words),
            Document(id="2", text=words, language="es"),
            Document(id="3", text=TEXTS[3][2], language="quz"),
        ]
    )
    found = score.scorer.score_table(documents, notes(["mul", "arn", "es", "und"], [[span], [], [], []]))
    assert found["orthography"].to_pylist() == ["raguileo", "raguileo", None, "pentavocalic"]
    assert [value is not None for value in found["orthography_confidence"].to_pylist()] == [True, True, False, True]
