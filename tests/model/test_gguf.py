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
