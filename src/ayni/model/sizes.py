"""Model sizes: named shapes of Llama models, from assets/sizes.toml.

size = find_size("3m")
count_parameters(size)       -> 2_950_000 or so, embeddings included
"""

from __future__ import annotations

import tomllib
from typing import Any

from pydantic import BaseModel, ConfigDict

from ayni.core.errors import InputError
from ayni.core.places import asset
from ayni.core.suggest import did_you_mean


class Size(BaseModel):
    """One shape; the names are those of a Hugging Face Llama configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    intermediate_size: int
    vocab_size: int
    tie_word_embeddings: bool


def load_sizes() -> dict[str, Size]:
    """Name -> shape, smallest first."""
    tables = tomllib.loads(asset("sizes.toml").read_text("utf-8"))
    return {name: Size.model_validate(body) for name, body in tables.items()}


def find_size(name: str) -> Size:
    """The shape of a size. Raises InputError with a suggestion."""
    sizes = load_sizes()
    if name not in sizes:
        raise InputError(f"no model size is called '{name}'", why=f"there are: {', '.join(sizes)}", mend=did_you_mean(name, sizes))
    return sizes[name]


def count_parameters(size: Size) -> int:
    """Parameters of the shape, by arithmetic: embeddings, attention, SwiGLU and norms (no biases)."""
    head = size.hidden_size // size.num_attention_heads
    attention = size.hidden_size * head * (2 * size.num_attention_heads + 2 * size.num_key_value_heads)
    inner = 3 * size.hidden_size * size.intermediate_size
    layers = size.num_hidden_layers * (attention + inner + 2 * size.hidden_size)
    embeddings = size.vocab_size * size.hidden_size * (1 if size.tie_word_embeddings else 2)
    return embeddings + layers + size.hidden_size


def list_sizes() -> list[dict[str, Any]]:
    """Rows for `ayni list sizes`."""
    return [{"name": name, "parameters": count_parameters(size), **size.model_dump()} for name, size in load_sizes().items()]
