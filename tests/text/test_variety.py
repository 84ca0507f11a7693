"""Varieties of Spanish and Portuguese: what is said, what is left unsaid, and that names decide nothing."""

import io
import json
from importlib.metadata import EntryPoint

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ayni.core.formats.documents import Document, identify, make_table
from ayni.text import scorer as door
from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.variety import WINDOW, build_table, hash_features, hash_word
from ayni.text.variety import _load_names, judge_texts, load_model, score, score_texts

NEAREST = [  # Spanish: near to a country, and unsaid, since no country's precision is shown on held-out sources
    ("es", "che, tenés que laburar más, pibe, dejate de boludeces.", "es-AR"),
    ("es", "oye weón, ¿cachai que la polola del cabro está fome? vamos al tiro po.", "es-CL"),
    ("es", "híjole, güey, ahorita platicamos en la banqueta, no seas así.", "es-MX"),
    ("es", "oe causita, el chibolo ese consiguió chamba al toque.", "es-PE"),
]
SAID = [
    ("pt", "você vai pegar o ônibus? a moça esqueceu o celular na geladeira.", "pt-BR"),
    ("pt", "vais apanhar o autocarro? a rapariga esqueceu o telemóvel no frigorífico.", "pt-PT"),
    ("pt", "o usuário deve abrir o arquivo e clicar no registro.", "pt-BR"),
    ("pt", "o utilizador deve abrir o ficheiro no ecrã e aceder ao registo.", "pt-PT"),
]
UNSAID = [
    ("es", "vos sos el mejor, mirá, vení y contame."),  # voseo alone is of eight countries
    ("es", "el artículo primero se aplica a todos los contratos."),
    ("es", "bo, los gurises dejaron los championes en el ómnibus."),  # Uruguay
    ("es", "vosotros tenéis un ordenador y un móvil muy guay."),
    ("es", "ÓRALE GÜEY"),
    ("es", "12 34 56"),
    ("pt", "a casa é bonita."),
]


def judge(language, *texts):
    """Variety or None of each text."""
    verdicts, countries = judge_texts(pa.array(texts), language), load_model(language).countries
    return [f"{language}-{countries[best]}" if said else None for best, said in zip(verdicts.best, verdicts.said, strict=True)]


def list_features(text):
    data, out = np.frombuffer(text.encode(), np.uint8), np.zeros(4 * len(text.encode()) + 8, np.uint32)
    return out[: hash_features(data, 0, len(data), _load_names(), out)[0]].tolist()


@pytest.mark.parametrize(("language", "text", "variety"), SAID)
def test_said(language, text, variety):
    assert judge(language, text) == [variety]


@pytest.mark.parametrize(("language", "text", "variety"), NEAREST)
def test_nearest_and_unsaid(language, text, variety):
    verdicts = judge_texts(pa.array([text]), language)
    assert f"{language}-{load_model(language).countries[verdicts.best[0]]}" == variety
    assert judge(language, text) == [None]


def test_voseo_alone_is_near_to_no_country():
    alone, marked = judge_texts(pa.array([UNSAID[0][1], NEAREST[1][1]]), "es").confidence
    assert alone < 0.3 < marked


@pytest.mark.parametrize(("language", "text"), UNSAID)
def test_unsaid(language, text):
    assert judge(language, text) == [None]


def test_only_countries_with_shown_precision_are_answered():
    shown = {
        language: {c for c, is_said in zip(load_model(language).countries, load_model(language).answered, strict=True) if is_said}
        for language in ("es", "pt")
    }
    assert shown == {"es": set(), "pt": {"BR", "PT"}}


@pytest.mark.parametrize(("language", "text", "variety"), [*SAID, *NEAREST, *((language, text, None) for language, text in UNSAID)])
@pytest.mark.parametrize(
    "names",
    [("México", "mexicano", "pesos"), ("Colombia", "colombiano", "soles"), ("Perú", "peruana", "euros"), ("Brasil", "brasileiro", "reais")],
)
def test_names_of_countries_change_nothing(language, text, variety, names):
    frame = "En {0}, un {1} pagó veinte {2}: " + text + " Así es {0}, lo que gana un {1}."
    country, people, money = names
    alone = judge_texts(pa.array([frame.format("Chile", "chileno", "bolívares")]), language)
    swapped = judge_texts(pa.array([frame.format(country, people, money)]), language)
    assert swapped.confidence.tolist() == alone.confidence.tolist()
    assert swapped.best.tolist() == alone.best.tolist()
    assert list_features(frame.format(country, people, money)) == list_features(frame.format("Chile", "chileno", "bolívares"))


def test_a_name_parts_its_neighbours():
    assert list_features("la de él") != list_features("la X de él")
    assert hash_word("él") in list_features("la Él de él") and len(list_features("Él Ella 1a")) == 0


def test_features_are_words_pairs_and_endings():
    assert len(list_features("voy")) == 1
    assert len(list_features("voy casa")) == 4  # two words, the pair, the pair with the ending
    assert len(list_features("voy, casa")) == 2
    assert len(list_features("trabajando")) == 2  # and -ando
    assert set(list_features("cantando")) & set(list_features("andando"))
    assert list_features("ÁRBOL") == [] and list_features("árbol") == [hash_word("árbol")]


@given(st.lists(st.text(max_size=60), max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_text_scores_the_same_alone_and_among_others(texts):
    together, words = score_texts(pa.array(texts, pa.string()), "es")
    for place, text in enumerate(texts):
        alone, count = score_texts(pa.array([text]), "es")
        assert alone[0].tolist() == together[place].tolist() and count[0] == words[place]


def test_long_texts_are_windows_and_say_the_same_as_one():
    sentence = "el guitón del barrio camina y mira la calle con la frente en alto. "
    piece = sentence * (WINDOW // len(sentence.split()))
    one, many = score_texts(pa.array([piece]), "es")[0], score_texts(pa.array([piece * 5]), "es")[0]
    assert np.allclose(one[:, 0], many[:, 0], rtol=0.2, atol=0.05)
    assert score_texts(pa.array([None, "", "a" * 30_000, "ñ" * 20_001]), "es")[1].tolist() == [0, 0, 0, 0]


def test_a_longer_name_moves_no_window():
    words = " ".join(f"{text} {{}} vino con la gente del pueblo." for _, text, _ in NEAREST) + " "
    swapped = [words.replace("{}", name) * 200 for name in ("Perú", "Colombia")]
    scores, counts = score_texts(pa.array(swapped), "es")
    assert counts[0] > 2 * WINDOW and scores[0].tolist() == scores[1].tolist()


def test_tables_find_every_feature():
    features = np.unique(np.random.default_rng(3).integers(1, 2**32, 5000, dtype=np.uint32))
    keys, rows = build_table(features)
    assert len(keys) >= 2 * len(features) and (keys > 0).sum() == len(features)
    assert sorted(rows[keys > 0].tolist()) == list(range(len(features)))
    assert all(features[row] == key for key, row in zip(keys[keys > 0], rows[keys > 0], strict=True))


def table_of(*rows):
    documents = make_table([Document(id=identify("test", str(place)), text=text) for place, (_, text) in enumerate(rows)])
    return documents, {"language": pa.table({"language": pa.array([language for language, _ in rows])})}


def test_the_scorer_follows_the_language_and_leaves_the_rest_null():
    documents, notes = table_of((None, SAID[0][1]), ("mul", SAID[1][1]), ("pt", SAID[1][1]), ("pt", SAID[2][1]), ("es", NEAREST[1][1]))
    found = score.scorer.score_table(documents, notes).to_pydict()
    assert found["variety"] == [None, None, "pt-PT", "pt-BR", None]
    assert found["confidence"][:2] == [None, None] and all(0 <= each <= 1 for each in found["confidence"][2:])
    assert found["second"][:2] == [None, None] and found["second"][2] == "pt-BR" and found["second"][4] is None
    assert score.scorer.needs == ("language",)


def test_an_empty_table_is_fine():
    documents, notes = table_of(("es", ""))
    assert score.scorer.score_table(documents, notes)["variety"].to_pylist() == [None]
    assert score.scorer.score_table(documents.slice(0, 0), {"language": notes["language"].slice(0, 0)}).num_rows == 0


def test_view_of_a_slice_scores_the_same():
    texts = pa.array([text for _, text, _ in NEAREST[:3]])
    assert judge_texts(texts.slice(1, 2), "es").best.tolist() == judge_texts(texts, "es").best[1:].tolist()
    assert len(view_strings(texts.slice(1, 2))[1]) == 3


def test_try_prints_a_line_for_a_line(monkeypatch, capsys):
    from ayni.cli.main import main

    points = {name: EntryPoint(name, f"ayni.text.{name}:score", "ayni.scorers") for name in ("language", "variety")}
    monkeypatch.setattr(door, "_entries", lambda: points)
    door.get_scorer.cache_clear()
    lines = f"{NEAREST[1][1]}\n{SAID[3][1]}\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    try:
        assert main(["try", "variety", "-"]) == 0
    finally:
        door.get_scorer.cache_clear()
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["variety"] for row in rows] == [None, "pt-PT"]
