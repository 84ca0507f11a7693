"""Names of people by a model of the user's, beside the finders: a local folder of a Hugging Face token classifier.

    spans = find_people(Path("models/ner-es"), ["habló con Itzel de la tienda"])     -> [[(10, 15)]]

Nothing is fetched and no remote code runs; weights are read from safetensors alone. The folder's labels decide: PER, PERSON, PERS,
B- or I- before them or not. It only adds names: a span that the finders have stays as it is. A text is read in windows of the
model's length that overlap, so that a name at an edge is seen whole once.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ayni.core.digest import digest_folder
from ayni.core.errors import InputError, MissingExtra

_PEOPLE = frozenset(("PER", "PERS", "PERSON", "PERSONA", "PESSOA", "NAME"))
_WINDOW, _OVERLAP, _BATCH = 256, 64, 16  # tokens, tokens, windows
_GIVE = "give a folder with config.json, model.safetensors and tokenizer.json of a token classifier with a label PER"


def name_model(folder: Path) -> str:
    """Digest of the folder, once it is seen to be a token classifier with a label for people."""
    try:
        labels = json.loads((folder / "config.json").read_text("utf-8")).get("id2label", {})
    except (OSError, ValueError) as error:
        raise InputError(f"no model for names in '{folder}'", why=str(error), mend=_GIVE) from error
    if not any(_is_person(label) for label in labels.values()):
        raise InputError(f"the model in '{folder}' knows no people", why=f"its labels are {', '.join(labels.values())}", mend=_GIVE)
    for name in ("model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise InputError(f"no {name} in '{folder}'", why="weights and tokenizer are read from these files alone", mend=_GIVE)
    return digest_folder(folder)


def find_people(folder: Path, texts: list[str]) -> list[list[tuple[int, int]]]:
    """Code points from and to of every person in each text, in order."""
    tokenizer, model = _load(folder)
    return [_tag(tokenizer, model, text) for text in texts]


def add_people(spans: list[dict[str, Any]], people: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """The spans and, where none of them stands, the people."""
    new = [(low, high) for low, high in people if all(high <= each["start"] or low >= each["end"] for each in spans)]
    rows = [{"type": "name", "start": low, "end": high, "country": None, "valid": None} for low, high in new]
    return sorted([*spans, *rows], key=lambda each: int(each["start"]))


@lru_cache(maxsize=1)
def _load(folder: Path) -> tuple[Any, Any]:
    try:
        from transformers import AutoModelForTokenClassification, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("a model for names needs transformers and torch", mend="pip install 'ayni[ner]'") from error
    given: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    model = AutoModelForTokenClassification.from_pretrained(folder, use_safetensors=True, **given)
    return AutoTokenizer.from_pretrained(folder, **given), model.eval()


def _tag(tokenizer: Any, model: Any, text: str) -> list[tuple[int, int]]:
    import torch

    longest = min(_WINDOW, getattr(model.config, "max_position_embeddings", _WINDOW))
    read = tokenizer(
        text, truncation=True, max_length=longest, stride=min(_OVERLAP, longest // 4), padding=True,
        return_overflowing_tokens=True, return_offsets_mapping=True, return_tensors="pt",
    )  # fmt: skip
    names = model.config.id2label
    pieces: list[tuple[int, int, bool]] = []
    with torch.inference_mode():
        for low in range(0, len(read["input_ids"]), _BATCH):
            batch = slice(low, low + _BATCH)
            best = model(input_ids=read["input_ids"][batch], attention_mask=read["attention_mask"][batch]).logits.argmax(-1).tolist()
            for labels, offsets in zip(best, read["offset_mapping"][batch].tolist(), strict=True):
                pieces += [
                    (start, end, str(names[label]).upper().startswith("B"))
                    for label, (start, end) in zip(labels, offsets, strict=True)
                    if end > start and _is_person(names[label])
                ]
    return _join(text, pieces)


def _is_person(label: object) -> bool:
    return str(label).upper().rsplit("-", 1)[-1] in _PEOPLE


def _join(text: str, pieces: list[tuple[int, int, bool]]) -> list[tuple[int, int]]:
    """Pieces of words grown to whole words and joined over a space, unless the next says that it begins a name."""
    found: list[tuple[int, int]] = []
    for low, high, begins in sorted(pieces):
        while low < high and text[low].isspace():
            low += 1
        inside = low > 0 and text[low - 1].isalnum() and text[low : low + 1].isalnum()
        while inside and low > 0 and text[low - 1].isalnum():
            low -= 1
        while high < len(text) and text[high - 1].isalnum() and text[high].isalnum():
            high += 1
        if found and (low < found[-1][1] or (text[found[-1][1] : low] in ("", " ") and (not begins or inside))):
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        elif any(mark.isalpha() for mark in text[low:high]):
            found.append((low, high))
    return found
