"""A model folder's tokenizer, without torch: encoding, and the token that stands before a document.

tokenizer = load_tokenizer(folder)
tokenizer.encode("maíz", add_special_tokens=False).ids
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ayni.core.errors import FormatError
from ayni.core.files import read_json

_BOUNDARY = "<|endoftext|>"  # what GPT-2, SmolLM2 and OLMo put between the documents of pretraining


def load_tokenizer(folder: Path) -> Any:
    """The `tokenizers.Tokenizer` of a folder."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def find_boundary(folder: Path) -> str:
    """The boundary token's text: <|endoftext|> where the vocabulary has it, else the folder's bos or eos token."""
    added = {each["content"] for each in read_json(folder / "tokenizer.json")["added_tokens"]}
    config = read_json(folder / "tokenizer_config.json")
    for name in (_BOUNDARY, config.get("bos_token"), config.get("eos_token")):
        text = name["content"] if isinstance(name, dict) else name
        if text in added:
            return str(text)
    raise FormatError("the tokenizer has no token to put between documents", why="no <|endoftext|>, bos_token or eos_token")


def boundary_id(tokenizer: Any, folder: Path) -> int:
    """The boundary token's id."""
    return int(tokenizer.token_to_id(find_boundary(folder)))
