"""Model: a Hugging Face folder; the working format is the release format.

    config.json  model.safetensors  tokenizer.json  tokenizer_config.json  generation_config.json  chat_template.jinja
    origin.json      where it comes from: base, licence, source, checksum

A tokenizer alone is the same folder without config and weights (kind `tokenizer`).
"""

from __future__ import annotations

import json
import struct
from typing import Any

from ayni.core.digest import digest_file
from ayni.core.errors import FormatError
from ayni.core.files import read_json
from ayni.core.formats.artifact import Artifact


class Tokenizer(Artifact, kind="tokenizer"):
    """A folder that `AutoTokenizer.from_pretrained` loads."""

    def tokenizer_digest(self) -> str:
        """SHA-256 of tokenizer.json: what token files are bound to."""
        return digest_file(self.path / "tokenizer.json")

    def check(self) -> None:
        """The files are there."""
        _need(self, "tokenizer.json", "tokenizer_config.json")


class Model(Artifact, kind="model"):
    """A folder that `AutoModelForCausalLM.from_pretrained` loads, tokenizer and chat template included."""

    def tokenizer_digest(self) -> str:
        """SHA-256 of tokenizer.json: what token files are bound to."""
        return digest_file(self.path / "tokenizer.json")

    def config(self) -> dict[str, Any]:
        """config.json."""
        body: dict[str, Any] = read_json(self.path / "config.json")
        return body

    def origin(self) -> dict[str, Any]:
        """origin.json, or an empty dict."""
        path = self.path / "origin.json"
        return read_json(path) if path.exists() else {}

    def parameters(self) -> int:
        """Number of parameters in model.safetensors, read from its header (a tied head counts once)."""
        with (self.path / "model.safetensors").open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            header = json.loads(stream.read(length))
        total = 0
        for name, spec in header.items():
            if name != "__metadata__":
                size = 1
                for extent in spec["shape"]:
                    size *= extent
                total += size
        return total

    def check(self) -> None:
        """The files are there, and the vocabulary is no smaller than the tokenizer's."""
        _need(self, "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
        tokenizer = read_json(self.path / "tokenizer.json")
        size = max(tokenizer["model"]["vocab"].values()) + 1
        if size > self.config()["vocab_size"]:
            raise FormatError(
                "the tokenizer has more ids than the model has rows",
                why=f"{size} against {self.config()['vocab_size']}",
                mend="use the tokenizer that the model was made with",
            )

    def counts(self) -> dict[str, object]:
        """Number of parameters."""
        return {"parameters": self.parameters()}


def _need(artifact: Artifact, *names: str) -> None:
    missing = [name for name in names if not (artifact.path / name).exists()]
    if missing:
        raise FormatError(f"the {artifact.kind} folder lacks {', '.join(missing)}", why=f"looked in {artifact.path}")
