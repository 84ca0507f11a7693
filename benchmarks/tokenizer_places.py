"""One tokenizer in four places: `tokenizers`, transformers' AutoTokenizer, the fast encoder that packs, and llama.cpp's own server.

    python benchmarks/tokenizer_places.py SAMPLE TOKENIZER_FOLDER ... [--documents 1000] [--strings 20000]

SAMPLE is an artifact of tokenizer.sample. Around each tokenizer a Llama of one layer with random weights is written as a model folder
and as GGUF, llama.cpp is started with it, and held-out documents and fuzzed strings are encoded by all four. Prints, per tokenizer,
how many of the texts have other ids than `tokenizers` gives, place by place, and the first that differs.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

import httpx

from ayni.core.files import read_json, write_json
from ayni.core.formats.sample import Sample
from ayni.model.encoder import open_encoder
from ayni.model.folder import copy_tokenizer, write_weights
from ayni.model.gguf_writer import write_gguf
from ayni.model.pre_tokenizer import find_name
from ayni.serving.engines.llamacpp import LlamaCpp


def wrap(tokenizer, folder):
    """A model folder and a GGUF around a tokenizer; the weights are random."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    body = read_json(tokenizer / "tokenizer.json")
    ids = [*body["model"]["vocab"].values(), *(added["id"] for added in body["added_tokens"])]
    shape = {"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2, "intermediate_size": 64}
    config = LlamaConfig(**shape, vocab_size=max(ids) + 1, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0)
    torch.manual_seed(1)
    weights = {name: each for name, each in LlamaForCausalLM(config).state_dict().items() if name != "lm_head.weight"}
    write_json(folder / "config.json", config.to_dict())
    write_weights(folder, weights)
    copy_tokenizer(tokenizer, folder)
    write_gguf(folder, folder / "probe.gguf", "f16", name="probe")
    return folder / "probe.gguf"


def list_texts(sample, documents, strings):
    """Held-out documents of every language in turn, then fuzzed strings: both normal forms, marks, emoji, control characters."""
    rows = list(sample.rows("heldout"))
    dice = random.Random(11)
    dice.shuffle(rows)
    texts = [row.text[:20_000] for row in rows[:documents]]
    ranges = ((32, 126), (160, 591), (768, 879), (0x1E00, 0x1EFF), (0x4E00, 0x4FFF), (0x1F300, 0x1FAFF), (1, 31), (0x2000, 0x206F))
    for _ in range(strings):
        low, high = dice.choice(ranges) if dice.random() < 0.8 else (1, 0x10FFFF)
        codes = (dice.randint(low, high) for _ in range(dice.randint(1, 12)))
        texts.append("".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF))
    return [text for text in texts if text]


def ask_server(gguf, texts):
    """The ids that llama.cpp gives, text by text; one byte 0 would end its string, so none is asked."""
    with LlamaCpp(context=256, slots=1) as engine:
        endpoint = engine.start(gguf)
        with httpx.Client(base_url=endpoint.url, headers=endpoint.headers(), trust_env=False, timeout=60) as client:
            for text in texts:
                body = {"content": text, "add_special": False, "parse_special": False}
                yield client.post("/tokenize", json=body).raise_for_status().json()["tokens"]


def compare(folder, texts):
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    reference = Tokenizer.from_file(str(folder / "tokenizer.json"))
    truth = [reference.encode(text, add_special_tokens=False).ids for text in texts]
    auto, fast = AutoTokenizer.from_pretrained(folder), open_encoder(folder)
    with tempfile.TemporaryDirectory() as root:
        places = {
            "AutoTokenizer": (auto.encode(text, add_special_tokens=False) for text in texts),
            fast.name: (fast.encode([text])[0].tolist() for text in texts),
            "llama.cpp": ask_server(wrap(folder, Path(root)), texts),
        }
        found = {"pre_tokenizer": find_name(read_json(folder / "tokenizer.json")), "texts": len(texts), "tokens": sum(map(len, truth))}
        for name, answers in places.items():
            wrong = [text for text, ids, right in zip(texts, answers, truth, strict=True) if ids != right]
            found[name] = {"differ": len(wrong)} | ({"first": wrong[0][:80]} if wrong else {})
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sample", type=Path)
    parser.add_argument("tokenizers", type=Path, nargs="+")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--strings", type=int, default=20_000)
    options = parser.parse_args()
    texts = list_texts(Sample(options.sample), options.documents, options.strings)
    print(json.dumps({str(folder.name): compare(folder, texts) for folder in options.tokenizers}, indent=1))


if __name__ == "__main__":
    main()
