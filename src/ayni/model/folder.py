"""Write a Hugging Face model folder, the form in which every model of ours lies on disk.

write_folder(path, config, weights, tokenizer_json, special, chat_template, origin)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from ayni.core.files import sync_file, write_json

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json")


def write_weights(path: Path, weights: dict[str, torch.Tensor]) -> None:
    """Write model.safetensors (names sorted, so equal weights give equal bytes)."""
    ordered = {name: weights[name].detach().contiguous() for name in sorted(weights)}
    save_file(ordered, path / "model.safetensors", metadata={"format": "pt"})
    (path / "model.safetensors").chmod(0o644)  # safetensors writes 0600; a release is for everyone
    sync_file(path / "model.safetensors")


def write_tokenizer(path: Path, tokenizer: dict[str, Any], special: dict[str, str], chat_template: str, length: int) -> None:
    """Write tokenizer.json, its configuration and the chat template; `length` is the model's context in tokens."""
    path.mkdir(parents=True, exist_ok=True)
    write_json(path / "tokenizer.json", tokenizer)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": length,
        **special,
    }
    write_json(path / "tokenizer_config.json", config)
    if chat_template:
        (path / "chat_template.jinja").write_text(chat_template, "utf-8")


def write_generation(path: Path, config: dict[str, Any]) -> None:
    """Write generation_config.json: which token ends an answer."""
    ids = {key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id") if key in config}
    write_json(path / "generation_config.json", ids)


def copy_tokenizer(origin: Path, target: Path) -> None:
    """Copy the tokenizer's files, the chat template and the generation settings, byte for byte."""
    for name in TOKENIZER_FILES:
        if (origin / name).exists():
            (target / name).write_bytes((origin / name).read_bytes())
