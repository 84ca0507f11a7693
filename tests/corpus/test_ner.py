"""A model for names beside the finders: a tiny token classifier whose weights are made here, and whose answer is known."""

import json

import pytest
from test_protect import given, texts  # noqa: F401

from ayni.core.errors import InputError
from ayni.corpus.protection.ner import add_people, find_people, name_model

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "hablo", "con", "itzel", "ch", "##an", "de", "la", "tienda", "el", "articulo", "rige", "desde"]
PEOPLE = {"itzel": 1, "ch": 2, "##an": 2}  # the label of a word: B-PER, I-PER


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A BERT of one layer that says nothing of the words around: each word's vector leads to its label."""
    torch = pytest.importorskip("torch")
    from transformers import BertConfig, BertForTokenClassification, BertTokenizerFast

    made = tmp_path_factory.mktemp("ner")
    (made / "vocab.txt").write_text("\n".join(WORDS) + "\n", "utf-8")
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=1, intermediate_size=16,
        max_position_embeddings=32, id2label={0: "O", 1: "B-PER", 2: "I-PER"}, label2id={"O": 0, "B-PER": 1, "I-PER": 2},
    )  # fmt: skip
    torch.manual_seed(1)
    model = BertForTokenClassification(config).eval()
    with torch.no_grad():
        for each in model.parameters():
            each.zero_()
        for norm in (module for module in model.modules() if isinstance(module, torch.nn.LayerNorm)):
            norm.weight.fill_(1)
        for place, word in enumerate(WORDS):
            model.bert.embeddings.word_embeddings.weight[place, PEOPLE.get(word, 0)] = 10.0
        for label in range(3):
            model.classifier.weight[label, label] = 1.0
    model.save_pretrained(made, safe_serialization=True)
    BertTokenizerFast(str(made / "vocab.txt"), do_lower_case=True).save_pretrained(made)
    return made


def test_people_of_a_text_longer_than_the_model(folder):
    text = "Habló con Itzel Chan de la tienda. " * 12
    found = find_people(folder, [text, "el artículo rige", ""])
    assert [text[low:high] for low, high in found[0]] == ["Itzel Chan"] * 12
    assert found[1:] == [[], []]


def test_two_names_side_by_side_stay_two(folder):
    assert find_people(folder, ["itzel itzel chan"]) == [[(0, 5), (6, 16)]]


def test_the_finders_spans_stay():
    spans = [{"type": "cpf", "start": 4, "end": 9, "country": "BR", "valid": True}]
    assert [(each["type"], each["start"]) for each in add_people(spans, [(0, 3), (8, 12), (10, 14)])] == [
        ("name", 0),
        ("cpf", 4),
        ("name", 10),
    ]


def test_a_run_takes_its_people_out(ayni, given, store, folder):  # noqa: F811
    (given.parent / "given" / "cinco.txt").write_text("Después habló con Itzel, la de la tienda.\n", "utf-8")
    assert ayni("run", given, "--store", store).code == 0
    assert "Itzel" in texts(ayni, store)[0]["cinco.txt"], "the finders alone do not see her"
    assert ayni("run", given, "--store", store, "--set", f"protected.ner={json.dumps(str(folder))}").code == 0
    found, _ = texts(ayni, store)
    assert found["cinco.txt"] == "Después habló con [NOMBRE_1], la de la tienda."
    assert found["dos.txt"] == "A paciente [NOME_1], CPF [CPF_1], voltou ao posto."


@pytest.mark.parametrize("labels, word", [(None, "no model"), ({"0": "O", "1": "LOC"}, "knows no people"), ({"0": "B-PER"}, "safetensors")])
def test_a_folder_that_is_no_such_model_is_refused(tmp_path, labels, word):
    if labels:
        (tmp_path / "config.json").write_text(json.dumps({"id2label": labels}), "utf-8")
    with pytest.raises(InputError, match=word):
        name_model(tmp_path)
