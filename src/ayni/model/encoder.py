"""The fastest way from text to ids that gives just the ids of `tokenizers`, and proves it before it is used.

    encoder = open_encoder(folder)
    ids, lengths = encoder.encode(["la puna", "el río"])        uint32 (tokens,), int64 (texts,)
    encoder.name                                                "gigatoken", "kitoken", or "tokenizers" where those are absent or disagree

On one thread gigatoken is some forty times as fast, but does not read every pre-tokenizer; kitoken, four to nine times, reads those too
(dev/LOG.md; tokie gave other ids on fuzzed text). Either must agree on every text of `_PROBES`, chosen from what byte-level
tokenizers get wrong, when it is opened; `check` compares further texts, which a caller takes from its own data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
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


Encode = Callable[[str], npt.NDArray[np.uint32]]


@dataclass
class Encoder:
    """Text to ids, without special tokens around it; `tokenizer` is the `tokenizers.Tokenizer` that is the measure."""

    tokenizer: Any
    fast: Encode | None = None
    name: str = "tokenizers"  # of the library that encodes
    reason: str = ""  # why it is no faster one

    def encode(self, texts: Sequence[str]) -> Encoded:
        """All texts' ids one after the other, and how many each has. Raises InputError for a lone surrogate."""
        refuse_surrogates(texts)
        rows = list(map(self.fast or self.encode_surely, texts))
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        return np.concatenate([np.zeros(0, np.uint32), *rows]), lengths

    def encode_surely(self, text: str) -> npt.NDArray[np.uint32]:
        """By `tokenizers`."""
        return np.array(self.tokenizer.encode(text, add_special_tokens=False).ids, np.uint32)

    def check(self, texts: Sequence[str]) -> bool:
        """Whether both ways agree on these texts; where not, the fast way is given up."""
        if self.fast is None or all(np.array_equal(self.fast(text), self.encode_surely(text)) for text in texts):
            return True
        self.reason = f"{self.name} gave other ids than tokenizers"
        self.fast, self.name = None, "tokenizers"
        return False


def open_encoder(folder: Path, *, fast: bool = True) -> Encoder:
    """The encoder of a folder's tokenizer."""
    from tokenizers import Tokenizer

    file = str(folder / "tokenizer.json")
    encoder, reasons = Encoder(Tokenizer.from_file(file)), []
    for name, load in _LIBRARIES.items() if fast else ():
        try:
            encoder.fast, encoder.name = load(file), name
        except ImportError:
            reasons.append(f"{name} is not installed")
        except (ValueError, RuntimeError) as error:  # a kind of tokenizer that it does not know
            reasons.append(f"{name} does not read it: {error}")
        else:
            if encoder.check(_PROBES):
                return encoder
            reasons.append(encoder.reason)
    encoder.reason = "; ".join(reasons)
    return encoder


def _load_gigatoken(file: str) -> Encode:
    import gigatoken

    return gigatoken.Tokenizer(file).encode  # type: ignore[no-any-return]


def _load_kitoken(file: str) -> Encode:
    import kitoken

    library = kitoken.Kitoken.from_tokenizers_file(file)
    return lambda text: np.array(library.encode(text, True), np.uint32)


_LIBRARIES = {"gigatoken": _load_gigatoken, "kitoken": _load_kitoken}  # the faster first


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


def read_tokenizer(folder: Path) -> dict[str, Any]:
    """tokenizer.json. Raises InputError where the folder has none."""
    path = folder / "tokenizer.json"
    if not path.exists():
        raise InputError(f"'{folder}' holds no tokenizer", why="it has no tokenizer.json", mend="name a Hugging Face folder")
    body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return body
