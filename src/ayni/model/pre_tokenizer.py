"""Pre-tokenizers: how a text falls into words before byte-pair encoding, in the forms that llama.cpp knows by name.

    find_name(tokenizer_json)                        -> "llama-bpe", or FormatError where llama.cpp has no such one
    make_pre_tokenizer("llama-bpe")                  -> what stands in tokenizer.json
    split = open_splitter(pre_tokenizer_json)        split("la puna") -> ["la", " puna"], as `tokenizers` would

The patterns are those of llama.cpp's src/llama-vocab.cpp; a tokenizer with another one would be read wrongly there. GPT-4o's is known
to it by name only: it tells small letters from capitals by a-z and A-Z and knows no combining marks, so that GARCÍA and Otomi's zu̱di
get other ids than in `tokenizers` (43 of 4,600 texts, benchmarks/tokenizer_places.py). Tokenizers that have it are read and grown, and
growth.json says so (`same_ids_in_llamacpp`); none is made with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ayni.core.errors import FormatError, InputError, MissingExtra
from ayni.core.suggest import did_you_mean

_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_TAIL = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_CASES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CASES}?|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CASES}?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_BLOOM = r" ?[^(\s|.,!?…。，、।۔،)]+"
PATTERNS = {
    "llama-bpe": (rf"{_CASES}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{_TAIL}",),
    "qwen2": (rf"{_CASES}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}|{_TAIL}",),
    "gpt-4o": (_O200K,),
    "bloom": (_BLOOM,),
    "viking": (_BLOOM, r"\p{N}"),
}
KNOWN = ("gpt-2", "smollm", *PATTERNS)
NAMES = tuple(name for name in KNOWN if name != "gpt-4o")  # whose ids llama.cpp gives exactly
Splitter = Callable[[str], list[str]]


def make_pre_tokenizer(name: str) -> dict[str, Any]:
    """The `pre_tokenizer` of tokenizer.json for one of KNOWN."""
    if name not in KNOWN:
        raise InputError(f"no pre-tokenizer is called '{name}'", why=f"there are: {', '.join(NAMES)}", mend=did_you_mean(name, NAMES))
    bytes_of = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": name in ("gpt-2", "smollm")}
    if name == "gpt-2":
        return bytes_of
    if name == "smollm":
        return {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, bytes_of]}
    steps = [{"type": "Split", "pattern": {"Regex": each}, "behavior": "Isolated", "invert": False} for each in PATTERNS[name]]
    return {"type": "Sequence", "pretokenizers": [*steps, bytes_of]}


def find_name(tokenizer: dict[str, Any]) -> str:
    """llama.cpp's name for a tokenizer.json's pre-tokenizer. Raises FormatError where it knows none."""
    steps = _steps(tokenizer["pre_tokenizer"])
    if steps == [_digits(), _regex(_GPT2)]:
        return "smollm"
    if steps == [_regex(_GPT2)]:
        return "gpt-2"
    whole = bool(tokenizer["model"].get("ignore_merges")) if "model" in tokenizer else False
    for name, patterns in PATTERNS.items():
        # llama.cpp takes a word that is a token as it stands for llama-bpe alone
        if steps == [_regex(each) for each in patterns] and whole == (name == "llama-bpe"):
            return name
    raise FormatError(
        "llama.cpp has no name for this tokenizer's pre-tokenizer",
        why=f"it is {' + '.join(kind for kind, _ in steps) or 'none'}",
        mend=f"make one of those that it knows: {', '.join(NAMES)}",
    )


def open_splitter(pre_tokenizer: dict[str, Any] | None) -> Splitter:
    """A function from text to its words. Raises FormatError for a pre-tokenizer of another kind."""
    try:
        import regex
    except ImportError as error:
        raise MissingExtra("regex is not installed", why=str(error), mend="pip install 'ayni[train]'") from error
    compiled = [regex.compile(f"({pattern})") for _, pattern in _steps(pre_tokenizer)]

    def split(text: str) -> list[str]:
        words = [text]
        for each in compiled:
            words = [piece for word in words for piece in each.split(word) if piece]
        return words

    return split


def _digits() -> tuple[str, str]:
    return "Digits", r"\p{N}"


def _regex(pattern: str) -> tuple[str, str]:
    return "Split", pattern


def _steps(pre_tokenizer: dict[str, Any] | None) -> list[tuple[str, str]]:
    """(type, pattern) of everything that splits; all of them keep what stands between the matches."""
    stage = pre_tokenizer or {}
    steps: list[tuple[str, str]] = []
    for part in stage.get("pretokenizers", [stage]):
        kind = part.get("type")
        if (
            kind == "Split"
            and "Regex" in part["pattern"]
            and (part["behavior"], part["invert"]) in (("Isolated", False), ("Removed", True))
        ):
            steps.append(_regex(part["pattern"]["Regex"]))
        elif kind == "Digits" and part["individual_digits"]:
            steps.append(_digits())
        elif kind == "ByteLevel" and not part.get("add_prefix_space"):
            steps += [_regex(_GPT2)] if part.get("use_regex", True) else []
        else:
            raise FormatError(
                "this tokenizer's pre-tokenizer is not of the byte-level kind", why=f"it has a step {kind}", mend="take a byte-level BPE"
            )
    return steps
