"""The fastest way from text to ids that gives just the ids of `tokenizers`, and proves it before it is used.

    encoder = open_encoder(folder)
    ids, lengths = encoder.encode(["la puna", "el río"])        uint32 (tokens,), int64 (texts,)
    encoder.name                                                "tokie", or "tokenizers" where tokie is absent or disagrees

tokie encodes the corpus about twenty times as fast (dev/LOG.md). It must agree on every text of `_PROBES`, chosen from what
byte-level tokenizers get wrong, when it is opened; `check` compares further texts, which a caller takes from its own data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
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
        return "tokie" if self.fast is not None else "tokenizers"

    def encode(self, texts: Sequence[str]) -> Encoded:
        """All texts' ids one after the other, and how many each has. Raises InputError for a lone surrogate."""
        refuse_surrogates(texts)
        if self.fast is not None:
            ids, lengths = self.fast.encode_batch_flat(list(texts), add_special_tokens=False)
            return np.asarray(ids, np.uint32), np.asarray(lengths, np.int64)
        return _encode_surely(self.tokenizer, texts)

    def check(self, texts: Sequence[str]) -> bool:
        """Whether both ways agree on these texts; where not, the fast way is given up."""
        if self.fast is not None and not _agree(self.fast, self.tokenizer, texts):
            self.fast, self.reason = None, "tokie gave other ids than tokenizers"
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
        import tokie
    except ImportError:
        encoder.reason = "tokie is not installed"
        return encoder
    try:
        encoder.fast = tokie.Tokenizer.from_json(file)
    except (ValueError, tokie.TokieError) as error:  # a kind of tokenizer that it does not know
        encoder.reason = f"tokie does not read it: {error}"
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
    rows = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    return np.fromiter((value for row in rows for value in row), np.uint32, int(lengths.sum())), lengths


def _agree(fast: Any, tokenizer: Any, texts: Sequence[str]) -> bool:
    ids, lengths = fast.encode_batch_flat(list(texts), add_special_tokens=False)
    sure, sizes = _encode_surely(tokenizer, texts)
    return np.array_equal(np.asarray(ids, np.uint32), sure) and np.array_equal(np.asarray(lengths, np.int64), sizes)


def read_tokenizer(folder: Path) -> dict[str, Any]:
    """tokenizer.json. Raises InputError where the folder has none."""
    path = folder / "tokenizer.json"
    if not path.exists():
        raise InputError(f"'{folder}' holds no tokenizer", why="it has no tokenizer.json", mend="name a Hugging Face folder")
    body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return body
