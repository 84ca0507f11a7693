"""The fastest way from text to ids that gives just the ids of `tokenizers`, and proves it before it is used.

    encoder = open_encoder(folder)
    ids, lengths = encoder.encode(["la puna", "el río"])        uint32 (tokens,), int64 (texts,)
    encoder.name                                                "kitoken", or "tokenizers" where kitoken is absent or disagrees

kitoken encodes documents four to thirteen times as fast (dev/LOG.md; tokie is faster still, but gave other ids on fuzzed
text). It must agree on every text of `_PROBES`, chosen from what byte-level tokenizers get wrong, when it is
opened; `check` compares further texts, which a caller takes from its own data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ayni.core.errors import InputError

Encoded = tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]
_PROBES = (
    "El río baja lento entre los cerros; ¿quién lo sabe? ¡Nadie!",
    "don't we'll  THEY'RE it'S ’s",
    "  dos   espacios\t\ttab\n\n\nlíneas \r\n retorno \u00a0duro \u2003",
    "1 12 123 1234 12345 1.234,56 ½ ² ٣ Ⅻ",
    "ca\u0301fe\u0301 café N\u0303 \u0303 a̱ɨꞌ ꞌyaꞌa k'iche' mba'éichapa",
    "🦙👩🏽‍🌾🇵🇪 🏳️‍🌈 ﷽ 漢字かな ไทย हिन्दी \u200d\ufeff\u0000\u001f\ufffd",
    "<|endoftext|> <|im_start|>user\nhola<|im_end|> <s></s> <|begin_of_text|> [INST]",
    "a" * 70 + " " * 40 + "-" * 40 + "¡¡¡!!!" + "\n" * 9,
    "CamelCaseAlgo snake_case_algo https://ejemplo.org/a?b=c&d=%20#e x=y+1;{}[]()|\\/",
    "",
    " ",
)


@dataclass
class Encoder:
    """Text to ids, without special tokens around it; `tokenizer` is the `tokenizers.Tokenizer` that is the measure."""

    tokenizer: Any
    fast: Any = None
    reason: str = ""  # why there is no fast one

    @property
    def name(self) -> str:
        """Which library encodes."""
        return "kitoken" if self.fast is not None else "tokenizers"

    def encode(self, texts: Sequence[str]) -> Encoded:
        """All texts' ids one after the other, and how many each has. Raises InputError for a lone surrogate."""
        refuse_surrogates(texts)
        if self.fast is not None:
            return _join([self.fast.encode(text, True) for text in texts])
        return _encode_surely(self.tokenizer, texts)

    def check(self, texts: Sequence[str]) -> bool:
        """Whether both ways agree on these texts; where not, the fast way is given up."""
        if self.fast is not None and not _agree(self.fast, self.tokenizer, texts):
            self.fast, self.reason = None, "kitoken gave other ids than tokenizers"
            return False
        return True


def open_encoder(folder: Path, *, fast: bool = True) -> Encoder:
    """The encoder of a folder's tokenizer."""
    file = str(folder / "tokenizer.json")
    from tokenizers import Tokenizer

    encoder = Encoder(Tokenizer.from_file(file))
    if not fast:
        return encoder
    try:
        from kitoken import Kitoken
    except ImportError:
        encoder.reason = "kitoken is not installed"
        return encoder
    try:
        encoder.fast = Kitoken.from_tokenizers_file(file)
    except (ValueError, RuntimeError) as error:  # a kind of tokenizer that it does not know
        encoder.reason = f"kitoken does not read it: {error}"
        return encoder
    encoder.check(_PROBES)
    return encoder


def decode(tokenizer: Any, ids: Sequence[int]) -> str:
    """The text of ids, special tokens too. Byte-level tokens give the very bytes that were encoded."""
    return str(tokenizer.decode(list(ids), skip_special_tokens=False))


def refuse_surrogates(texts: Sequence[str]) -> None:
    """Raise InputError for a text that UTF-8 cannot hold: half of a UTF-16 pair alone."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"a text holds a lone surrogate, U+{ord(text[error.start]):04X}, at character {error.start}",
                why="half of a UTF-16 pair is no character, and UTF-8 cannot hold it",
                mend="decode the text's source anew, or repair it: `ayni run` with corpus.clean does",
            ) from error


def _encode_surely(tokenizer: Any, texts: Sequence[str]) -> Encoded:
    return _join([tokenizer.encode(text, add_special_tokens=False).ids for text in texts])


def _join(rows: Sequence[Sequence[int]]) -> Encoded:
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    return np.fromiter(chain.from_iterable(rows), np.uint32, int(lengths.sum())), lengths


def _agree(fast: Any, tokenizer: Any, texts: Sequence[str]) -> bool:
    return all(list(fast.encode(text, True)) == tokenizer.encode(text, add_special_tokens=False).ids for text in texts)


def read_tokenizer(folder: Path) -> dict[str, Any]:
    """tokenizer.json. Raises InputError where the folder has none."""
    path = folder / "tokenizer.json"
    if not path.exists():
        raise InputError(f"'{folder}' holds no tokenizer", why="it has no tokenizer.json", mend="name a Hugging Face folder")
    body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return body
