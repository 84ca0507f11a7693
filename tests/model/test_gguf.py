"""GGUF: what is written is read back the same, and damaged files are refused with a reason."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ayni.core.errors import FormatError, InputError
from ayni.core.files import read_json
from ayni.model.gguf_reader import read_gguf
from ayni.model.gguf_writer import pair, write_gguf
from ayni.model.pre_tokenizer import find_name
from ayni.model.rope import recognise, stretch


@pytest.fixture(scope="session")
def files(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gguf")
    for form in ("f16", "q8_0"):
        write_gguf(tiny.path("model"), folder / f"{form}.gguf", form, name="probe", license="CC0-1.0")
    return folder


@pytest.mark.parametrize(("form", "tolerance"), [("f16", 1e-3), ("q8_0", 1e-2)])
def test_weights_come_back(tiny, files, form, tolerance):
    ours = load_file(tiny.path("model") / "model.safetensors")
    found = read_gguf(files / f"{form}.gguf")
    assert set(found.weights) == set(ours)
    for name, tensor in ours.items():
        assert found.weights[name].shape == tensor.shape
        scale = float(tensor.abs().max())
        assert float((found.weights[name] - tensor).abs().max()) <= tolerance * max(scale, 1e-3), name


def test_tokenizer_and_template_come_back(tiny, files):
    from tokenizers import Tokenizer

    found = read_gguf(files / "f16.gguf")
    ours = Tokenizer.from_file(str(tiny.path("model") / "tokenizer.json"))
    theirs = Tokenizer.from_str(__import__("json").dumps(found.tokenizer))
    for text in ("Año 2026: ¿qué pasó?", "ꞌyaꞌa  12345\n\ttab", "<|im_start|>user\nhola<|im_end|>", "🦙 llama"):
        assert ours.encode(text).ids == theirs.encode(text).ids
    assert found.chat_template == (tiny.path("model") / "chat_template.jinja").read_text("utf-8")
    assert found.license == "CC0-1.0"


def test_same_bytes_twice(tiny, files, tmp_path):
    write_gguf(tiny.path("model"), tmp_path / "again.gguf", "f16", name="probe", license="CC0-1.0")
    assert (tmp_path / "again.gguf").read_bytes() == (files / "f16.gguf").read_bytes()


def test_pairing_of_rotary_rows():
    """Hugging Face's halves (0 1 2 | 3 4 5) become llama.cpp's pairs (0 3, 1 4, 2 5), head by head."""
    rows = np.arange(12, dtype=np.float32).reshape(12, 1)
    assert pair(rows, 2).ravel().tolist() == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]


def test_an_unknown_pre_tokenizer_is_refused():
    with pytest.raises(FormatError, match="not of the byte-level kind"):
        find_name({"pre_tokenizer": {"type": "Whitespace"}, "model": {}})


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9])
def test_cut_off_files_are_refused(files, tmp_path, share):
    data = (files / "f16.gguf").read_bytes()
    (tmp_path / "cut.gguf").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError):
        read_gguf(tmp_path / "cut.gguf")


def test_adopting_a_gguf_and_a_folder(tiny, files, ayni, tmp_path):
    store = tmp_path / "store"
    assert ayni("adopt", files / "f16.gguf", "--name", "one", "--store", store).code == 0
    assert ayni("adopt", tiny.path("model"), "--name", "two", "--store", store).code == 0
    paths = {row["name"]: row["path"] for row in ayni("ls", "--json", "--store", store).json()}
    one, two = (load_file(f"{paths[name]}/model.safetensors") for name in ("one", "two"))
    assert all(torch.allclose(one[name], two[name], atol=1e-3) for name in two)
    assert str(tmp_path) not in str(read_json(__import__("pathlib").Path(paths["one"]) / "origin.json"))


def test_adopting_nothing(ayni, tmp_path):
    answer = ayni("adopt", tmp_path / "none", "--store", tmp_path / "store")
    assert answer.code == 2
    assert len(answer.err.strip().splitlines()) >= 2


LLAMA31 = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


def test_factors_are_those_of_transformers():
    from transformers import LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    config = LlamaConfig(hidden_size=512, num_attention_heads=4, max_position_embeddings=131072, rope_parameters=LLAMA31)
    theirs, _ = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
    plain = 500000.0 ** -(np.arange(0, 128, 2) / 128)
    assert np.allclose(plain / stretch(LLAMA31, 128), theirs.numpy(), rtol=1e-5)
    assert recognise(stretch(LLAMA31, 128), 500000.0) == LLAMA31
    assert recognise(stretch({**LLAMA31, "factor": 5.0}, 128), 500000.0) is None


def test_llama_31_comes_back_and_answers_in_llamacpp_as_in_transformers(tiny, tmp_path):
    """The tiny model told to stretch its frequencies: other answers than without, and llama.cpp gives the same ones."""
    import httpx
    from transformers import AutoModelForCausalLM

    from ayni.core.files import write_json
    from ayni.model.folder import copy_tokenizer
    from ayni.serving.engines.llamacpp import LlamaCpp

    folder = tmp_path / "model"
    folder.mkdir()
    copy_tokenizer(tiny.path("model"), folder)
    config = read_json(tiny.path("model") / "config.json")
    write_json(
        folder / "config.json", {**config, "rope_parameters": {**LLAMA31, "rope_theta": 10000.0, "original_max_position_embeddings": 64}}
    )
    (folder / "model.safetensors").write_bytes((tiny.path("model") / "model.safetensors").read_bytes())
    write_gguf(folder, folder / "probe.gguf", "f16", name="probe")
    ids = list(range(300, 500))
    with torch.inference_mode():
        ours, plain = (
            AutoModelForCausalLM.from_pretrained(each)(torch.tensor([ids])).logits[0, -1] for each in (folder, tiny.path("model"))
        )
    with LlamaCpp(context=512, slots=1) as engine:
        endpoint = engine.start(folder / "probe.gguf")
        with httpx.Client(base_url=endpoint.url, headers=endpoint.headers(), trust_env=False, timeout=60) as client:
            asked = {"prompt": ids, "n_predict": 1, "temperature": 0, "n_probs": 10}
            answer = client.post("/completion", json=asked).raise_for_status().json()
    best = answer["completion_probabilities"][0]["top_logprobs"]
    wanted, other = (each.log_softmax(-1)[[row["id"] for row in best]] for each in (ours, plain))
    found = torch.tensor([row["logprob"] for row in best])
    assert float((found - wanted).abs().max()) < min(0.01, 0.4 * float((found - other).abs().max()))
    with pytest.raises(InputError, match="not known here"):
        read_gguf(folder / "probe.gguf")  # no published model stretches so
    write_json(folder / "config.json", {**config, "rope_parameters": LLAMA31})
    write_gguf(folder, folder / "again.gguf", "f16", name="probe")
    assert read_gguf(folder / "again.gguf").config["rope_parameters"] == LLAMA31
