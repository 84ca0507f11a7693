"""A Llama whose next token is a function of the last one: real weights, real GGUF, answers known beforehand.

Embeddings are one-hot, attention and the inner layers are zero, and the output matrix is a table of successors. So a
test can say what a model must answer, and even build the fault that made LATAM-GPT's release talk to itself.
"""

import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from ayni.core.files import read_json, write_json
from ayni.model.folder import copy_tokenizer, write_weights
from ayni.model.gguf_writer import write_gguf
from ayni.tokenizer.train import TokenizerParams, train

IM_START, IM_END = "<|im_start|>", "<|im_end|>"
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnpqrtvwxyz" for vowel in "aeiou"]


def make_tokenizer(folder: Path) -> Path:
    """Ayni's own trainer over a few words, so that the roles of a chat, and the syllables, are one token each."""
    folder.mkdir(parents=True)
    row = SimpleNamespace(language="es", text="\n".join(["user", "assistant", "system", *SYLLABLES] * 50))
    sample = SimpleNamespace(rows=lambda name: [row])
    train(SimpleNamespace(folder=folder), sample, TokenizerParams(vocabulary=400, context=4096))
    return folder


def rename_markers(folder: Path, names: dict[str, str]) -> None:
    """Give the markers of a turn other names, and let the stated end token be one that the model never writes."""
    for file in ("tokenizer.json", "chat_template.jinja"):
        text = (folder / file).read_text("utf-8")
        for old, new in names.items():
            text = text.replace(old, new)
        (folder / file).write_text(text, "utf-8")
    write_json(folder / "generation_config.json", {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0})


def make_model(tokenizer: Path, folder: Path, chains: list[list[str]], *, layers: int = 1, inner: int = 32, context: int = 4096) -> Path:
    """A model folder and its GGUF. `chains`: token after token; the rest of the vocabulary repeats itself."""
    folder.mkdir(parents=True)
    vocabulary = read_json(tokenizer / "tokenizer.json")["model"]["vocab"]
    size, width = len(vocabulary), -(-len(vocabulary) // 64) * 64
    special = read_json(tokenizer / "generation_config.json")
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=context,
        tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        **special,
    )
    weights = {name: torch.zeros_like(tensor) for name, tensor in LlamaForCausalLM(config).state_dict().items()}
    for name, tensor in weights.items():
        if "norm" in name:
            tensor += 1
    weights["model.embed_tokens.weight"] += torch.eye(size, width)
    follows = {index: index for index in range(size)}
    follows |= {vocabulary[left]: vocabulary[right] for chain in chains for left, right in pairwise(chain)}
    for left, right in follows.items():
        weights["lm_head.weight"][right, left] = 2.0  # times the square root of the width: a logit of 36 against 0
    body = {**config.to_dict(), "architectures": ["LlamaForCausalLM"], "dtype": "float32"}
    write_json(folder / "config.json", json.loads(json.dumps(body, default=str)))
    write_weights(folder, weights)
    copy_tokenizer(tokenizer, folder)
    for form in ("f16", "q8_0"):
        write_gguf(folder, folder / f"{folder.name}-{form}.gguf", form, name=folder.name)
    return folder


# "Ċ" is how a byte-level vocabulary writes a line break, "Ġ" a space, "Ã©" the two bytes of é
ANSWER = ["Ċ", "S", "u", "m", "a", "q", IM_END]  # sumaq: beautiful, in Quechua
AND_AGAIN = [IM_END, IM_START, "assistant", "Ċ"]  # what a model does that is not stopped
ENDLESS = [["x", "y", "x"], ["w", "Ã", "©", "w"]]
SIGNS = [chr(code) for code in range(33, 127)]
SONG = [["Ċ", *SYLLABLES, *SIGNS, *SYLLABLES[:1]]]  # a round longer than what the brake against loops looks back on
