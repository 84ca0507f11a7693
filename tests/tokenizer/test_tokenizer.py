"""Tokenizers: merges as the definition says, old ids unmoved, ids equal everywhere, every string comes back."""

import itertools
import json
import random
from collections import Counter

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer as Reference

from ayni.core.errors import FormatError, InputError
from ayni.core.files import read_json, write_json
from ayni.core.formats.model import Model, Tokenizer
from ayni.core.formats.sample import Sample, SampleRow
from ayni.model.encoder import decode, open_encoder
from ayni.model.pre_tokenizer import NAMES, find_name, make_pre_tokenizer, open_splitter
from ayni.model.vectors import count_vectors
from ayni.model.vocabulary import mean_rows, similar_rows
from ayni.tokenizer.extend import ExtendParams, extend
from ayni.tokenizer.growth import Fairness, grow, split_bytes
from ayni.tokenizer.parity import measure
from ayni.tokenizer.sample import fill
from ayni.tokenizer.train import TokenizerParams, train
from ayni.tokenizer.words import count_words

ROOTS = ["reciprocidad", "comunidad", "escuela", "biblioteca", "montaña", "río", "camino", "palabra", "maíz", "tejido"]
ENGLISH = ["reciprocity", "library", "mountain", "weaving", "pathway", "school", "market"]


def rows(seed, number, words, language):
    rng = random.Random(seed)
    return [
        SampleRow(
            f"{language}{at}",
            " ".join(rng.choice(words) + rng.choice(["", "s", "es"]) for _ in range(30)),
            language,
            "",
            "",
            "x",
            str(at),
            "",
        )
        for at in range(number)
    ]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    found = Sample(folder)
    text = [*rows(1, 60, ROOTS, "es"), *rows(2, 60, ENGLISH, "en")]
    held = [
        SampleRow("h", "La escuela del río.", "es", "MX", "law", "y", "h", "p"),
        SampleRow("i", "palabra camino", "arn", "", "", "y", "i", "p"),
    ]
    found.write({"train": text, "heldout": held}, {})
    found.check()
    return found


def job(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return type("Job", (), {"folder": folder})()


@pytest.fixture(scope="module")
def made(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    train(job=job(folder), sample=sample, params=TokenizerParams(vocabulary=300, pre_tokenizer="llama-bpe"))
    return folder


def count_pairs(words):
    pairs = Counter()
    for symbols, count in words:
        for pair in itertools.pairwise(symbols):
            pairs[pair] += count
    return pairs


def test_merges_are_those_of_the_definition(sample):
    """Sennrich's loop, written out: the heaviest pair, ties to the smaller ids, never bytes that are a token already."""
    counts = count_words(sample.rows("train"), open_splitter(make_pre_tokenizer("gpt-2")))
    found = grow(counts, split_bytes(counts.words, range(256)), [bytes([each]) for each in range(256)], 120, Fairness(0.0, 0.0), step=120)
    weights = {
        name: round(float(f"{2.0**52 / len(counts.languages) / size:.6g}"))
        for name, size in zip(counts.languages, counts.bytes, strict=True)
    }
    worth = counts.weigh(np.array([weights[name] for name in counts.languages]))
    words = [(list(word.encode()), int(value)) for word, value in zip(counts.words, worth, strict=True)]
    content = {each: bytes([each]) for each in range(256)}
    expected = []
    while len(expected) < 120:
        pairs = count_pairs(words)
        legal = [
            pair
            for pair in pairs
            if content[pair[0]] + content[pair[1]] not in content.values() and len(content[pair[0]] + content[pair[1]]) <= 32
        ]
        best = min(legal, key=lambda pair: (-pairs[pair], pair))
        new = 256 + len(expected)
        content[new] = content[best[0]] + content[best[1]]
        expected.append(best)
        for symbols, _ in words:
            at = 0
            while at < len(symbols) - 1:
                if (symbols[at], symbols[at + 1]) == best:
                    symbols[at : at + 2] = [new]
                at += 1
    assert found.merges == expected


def test_extending_moves_nothing_and_spares_the_guarded(sample, made, tmp_path):
    extend(job=job(tmp_path), base=Tokenizer(made), sample=sample, params=ExtendParams(pieces=20, guard=("en",), disturb=0.0))
    old, new = (read_json(folder / "tokenizer.json") for folder in (made, tmp_path))
    assert old["model"]["vocab"].items() <= new["model"]["vocab"].items()
    assert new["model"]["merges"][: len(old["model"]["merges"])] == old["model"]["merges"]
    assert find_name(new) == find_name(old) == "llama-bpe"
    before, after = open_encoder(made), open_encoder(tmp_path)
    english = [row.text for row in sample.rows("train") if row.language == "en"]
    spanish = [row.text for row in sample.rows("train") if row.language == "es"]
    assert np.array_equal(before.encode(english)[0], after.encode(english)[0])
    assert len(after.encode(spanish)[0]) < len(before.encode(spanish)[0])
    curve = read_json(tmp_path / "growth.json")["curve"]
    assert curve[-1]["tokens"]["es"] == len(after.encode(spanish)[0])  # the curve states what the tokenizer really does


def test_the_same_bytes_twice(sample, made, tmp_path):
    train(job=job(tmp_path), sample=sample, params=TokenizerParams(vocabulary=300, pre_tokenizer="llama-bpe"))
    assert (tmp_path / "tokenizer.json").read_bytes() == (made / "tokenizer.json").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_words_are_those_of_tokenizers(name):
    form = make_pre_tokenizer(name)
    body = json.loads(Reference.from_str('{"version":"1.0","added_tokens":[],"model":{"type":"BPE","vocab":{},"merges":[]}}').to_str())
    reference = Reference.from_str(json.dumps({**body, "pre_tokenizer": form}))
    split = open_splitter(form)
    for text in ("¿Qué  pasó?\n\nNada: 12345 ½, k'iche' mba'éichapa (x|y) ca\u0301fe", "  a\t b \r\n", "THEY'LL don't 漢字🦙", "a" * 50):
        assert split(text) == [text[start:end] for _, (start, end) in reference.pre_tokenizer.pre_tokenize_str(text)]


@pytest.mark.parametrize("name", NAMES)
def test_every_string_comes_back_and_ids_are_equal(sample, tmp_path, name):
    from transformers import AutoTokenizer

    train(job=job(tmp_path), sample=sample, params=TokenizerParams(vocabulary=300, pre_tokenizer=name))
    encoder, slow, theirs = open_encoder(tmp_path), open_encoder(tmp_path, fast=False), AutoTokenizer.from_pretrained(tmp_path)
    assert encoder.name == ("kitoken" if name in ("smollm", "bloom", "viking") else "gigatoken"), encoder.reason
    rng = random.Random(4)
    points = [*range(0x20, 0x250), 0x301, 0x303, 0xA78C, 0x1F999, 0x200D, 0x2028, 0xFEFF, *range(0x4E00, 0x4E20)]
    texts = ["".join(chr(rng.choice(points)) for _ in range(rng.randrange(40))) for _ in range(500)]
    ids, lengths = encoder.encode(texts)
    ends = np.cumsum(lengths)
    for text, end, length in zip(texts, ends, lengths, strict=True):
        own = ids[end - length : end].tolist()
        assert decode(slow.tokenizer, own) == text
        assert own == slow.encode([text])[0].tolist() == theirs(text, add_special_tokens=False)["input_ids"]


def test_a_lone_surrogate_is_refused(made):
    with pytest.raises(InputError, match=r"lone surrogate, U\+D83E, at character 3"):
        open_encoder(made).encode(["abc\ud83e"])


@pytest.mark.parametrize("name", ["gpt-4", "gpt-4o"])  # the second llama.cpp knows, but reads otherwise
def test_an_unknown_pre_tokenizer_is_refused_before_training(sample, tmp_path, name):
    with pytest.raises(InputError, match=r"no (pre-tokenizer|tokenizer)"):
        train(job=job(tmp_path), sample=sample, params=TokenizerParams(vocabulary=300, pre_tokenizer=name))


def test_budgets_are_filled_like_water():
    assert fill({"a": 10, "b": 1000, "c": 1000}, 210, 0.0) == {"a": 10, "b": 100, "c": 100}


def test_parity_compares_with_spanish_that_says_the_same(sample, made):
    table = {(row.by, row.name): row for row in measure(open_encoder(made), "ayni", sample.rows("heldout"))}
    assert table["language", "es"].cost_per_byte == 1.0
    own, spanish = table["language", "arn"], table["language", "es"]
    assert own.cost_per_meaning == pytest.approx(own.tokens / spanish.tokens, abs=1e-3)
    assert table["variety", "es-MX"].words == 4


def test_rows_of_new_tokens():
    old = np.eye(12, dtype=np.float32)
    assert mean_rows(old, [[0, 2]])[0, :3].tolist() == [0.5, 0.0, 0.5]
    vectors = np.concatenate([np.eye(12, dtype=np.float32), np.eye(12, dtype=np.float32)[3:4]])
    assert similar_rows(old, [[0, 2]], vectors)[0].argmax() == 3  # the one that is like it, not its pieces


def test_a_grown_model_answers_old_text_as_before(tiny, sample, tmp_path):
    from ayni.model.extend import ModelExtendParams
    from ayni.model.extend import extend as extend_model
    from ayni.model.weights import load_model

    base = Model(tiny.path("model"))
    extend(job=job(tmp_path / "t"), base=base, sample=sample, params=ExtendParams(pieces=8, guard=()))
    extend_model(job=job(tmp_path / "m"), model=base, tokenizer=Tokenizer(tmp_path / "t"), params=ModelExtendParams())
    Model(tmp_path / "m").check()
    size = base.config()["vocab_size"]
    assert load_file(tmp_path / "m/model.safetensors")["model.embed_tokens.weight"].shape[0] == size + 8
    ids = torch.arange(10, 40)[None]
    with torch.inference_mode():
        before, after = load_model(base.path)(ids).logits, load_model(tmp_path / "m")(ids).logits
    assert torch.allclose(before, after[..., :size], atol=1e-5)
    with pytest.raises(FormatError, match="another id"):
        body = read_json(tmp_path / "t/tokenizer.json")
        body["model"]["vocab"]["a"], body["model"]["vocab"]["b"] = body["model"]["vocab"]["b"], body["model"]["vocab"]["a"]
        write_json(tmp_path / "t/tokenizer.json", body)
        extend_model(job=job(tmp_path / "n"), model=base, tokenizer=Tokenizer(tmp_path / "t"), params=ModelExtendParams())


def test_tokens_of_the_same_company_are_alike():
    rng = np.random.default_rng(4)
    twins = [np.array([rng.integers(10, 14), twin, rng.integers(14, 18)] * 3) for twin in (2, 3) for _ in range(60)]
    others = [np.array([rng.integers(20, 24), 4, rng.integers(24, 28)] * 3) for _ in range(60)]
    vectors = count_vectors([*twins, *others], 30, dimensions=8)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    assert unit[2] @ unit[3] > 0.9 > 0.3 > unit[2] @ unit[4]
    assert not vectors[29].any()  # never seen


@pytest.mark.parametrize("rows", ["mean", "similar"])
def test_only_new_rows_and_adapters_train(tiny, sample, tmp_path, rows):
    from ayni.model.extend import ModelExtendParams
    from ayni.model.extend import extend as extend_model
    from ayni.model.weights import load_model
    from ayni.training.adapter import add_adapter, merge_adapter

    base = Model(tiny.path("model"))
    extend(job=job(tmp_path / "t"), base=base, sample=sample, params=ExtendParams(pieces=8, guard=()))
    given = {"model": base, "tokenizer": Tokenizer(tmp_path / "t"), "params": ModelExtendParams(rows=rows), "sample": sample}
    extend_model(job=job(tmp_path / "m"), **given)
    size = base.config()["vocab_size"]
    plain = load_model(tmp_path / "m")
    before = {name: each.detach().clone() for name, each in plain.named_parameters()}
    model = add_adapter(plain, rank=2, first_layer=0, seed=1, rows=range(size, size + 8))
    optimizer = torch.optim.SGD([each for each in model.parameters() if each.requires_grad], lr=1.0)
    ids = torch.tensor([[5, size + 1, 9, size + 2, 30]])
    model(ids, labels=ids).loss.backward()
    optimizer.step()
    after = dict(merge_adapter(model).named_parameters())
    assert after.keys() == before.keys()
    moved = (after["model.embed_tokens.weight"] != before["model.embed_tokens.weight"]).any(dim=1)
    assert not moved[:size].any() and moved[size + 1] and moved[size + 2]


def test_similar_rows_need_text(tiny, sample, tmp_path):
    from ayni.model.extend import ModelExtendParams
    from ayni.model.extend import extend as extend_model

    base = Model(tiny.path("model"))
    with pytest.raises(InputError, match="need text"):
        extend_model(
            job=job(tmp_path / "m"), model=base, tokenizer=Tokenizer(tiny.path("tokenizer")), params=ModelExtendParams(rows="similar")
        )


def test_boundaries_of_morphemes(made, tmp_path, ayni):
    from ayni.tokenizer.morphemes import compare_boundaries, read_segments

    encoder = open_encoder(made)
    words = ["comunidades", "caminos", "útilmente"]
    cuts = {}
    for word in words:  # the truth by another way: what each token reads, letter by letter
        pieces = [encoder.tokenizer.decode([each]) for each in encoder.encode([f" {word}"])[0].tolist()]
        cuts[word] = len([piece for piece in pieces if piece.strip()]) - 1
    assert "�" not in "".join(encoder.tokenizer.decode([each]) for each in encoder.encode([" caminos"])[0].tolist())
    (tmp_path / "words.tsv").write_text("# made up for the test\nes\tcomunidad|es\nes\tcamino|s\npt\tútil|mente\n", "utf-8")
    spanish, portuguese = compare_boundaries(encoder, "ayni", read_segments(tmp_path / "words.tsv"))
    assert (spanish.language, spanish.words, spanish.boundaries) == ("es", 2, 2)
    assert spanish.cuts == cuts["comunidades"] + cuts["caminos"]
    assert 0 <= spanish.recall <= 1 and round(spanish.recall * 2) == round(spanish.precision * spanish.cuts)
    assert portuguese.boundaries == 1
    answer = ayni("eval", made, "--segments", tmp_path / "words.tsv", "--json", "--store", tmp_path / "store")
    assert [row["language"] for row in answer.json()] == ["es", "pt"]
    (tmp_path / "bad.tsv").write_text("es\tcamino||s\n", "utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_segments(tmp_path / "bad.tsv")


def test_llamacpp_gives_the_same_ids(made, tmp_path):
    """The tokenizer in a GGUF, read by llama.cpp's own server."""
    import httpx
    from transformers import LlamaConfig, LlamaForCausalLM

    from ayni.model.folder import copy_tokenizer, write_weights
    from ayni.model.gguf_writer import write_gguf
    from ayni.serving.engines.llamacpp import LlamaCpp

    shape = {"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2, "intermediate_size": 64}
    config = LlamaConfig(**shape, vocab_size=300, tie_word_embeddings=True, bos_token_id=0, eos_token_id=2)
    weights = {name: each for name, each in LlamaForCausalLM(config).state_dict().items() if name != "lm_head.weight"}
    write_json(tmp_path / "config.json", config.to_dict())
    write_weights(tmp_path, weights)
    copy_tokenizer(made, tmp_path)
    write_gguf(tmp_path, tmp_path / "probe.gguf", "f16", name="probe")
    encoder = open_encoder(made)
    texts = ("La escuela del río: ¿qué pasó en 1925?", "ꞌyaꞌa k'iche' mba'éichapa  dos\n\n\ttab", "ca\u0301fe 🦙 THEY'LL don't 12345")
    with LlamaCpp(context=256, slots=1) as engine:
        endpoint = engine.start(tmp_path / "probe.gguf")
        with httpx.Client(base_url=endpoint.url, headers=endpoint.headers(), trust_env=False, timeout=60) as client:
            for text in texts:
                answer = client.post("/tokenize", json={"content": text, "add_special": False, "parse_special": False})
                assert answer.json()["tokens"] == encoder.encode([text])[0].tolist()
