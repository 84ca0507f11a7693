"""Scorer `personal_data`: spans of personal data in every document; offsets in code points.

    echo "CPF 529.982.247-25, tel. (11) 93447-0569" | ayni try personal_data -

A kernel finds the few places that may hold some; the finders see a window around each. A text without such places costs the
kernel alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.candidates import NAME, NUMBERED, PARTICLE, PERSON, SPEAK, TRIGGER, find_candidates, lay_out
from ayni.text.personal_data import contacts, places
from ayni.text.personal_data.contacts import find_contacts
from ayni.text.personal_data.context import View, fold, read_country
from ayni.text.personal_data.identifiers import find_identifiers
from ayni.text.personal_data.names import find_names
from ayni.text.personal_data.places import find_places
from ayni.text.personal_data.spans import Span, settle
from ayni.text.personal_data.table import assets_digest, load_table
from ayni.text.personal_data.words import load_lists
from ayni.text.scorer import batch_scorer

_ROOM, _NAME_ROOM = 240, 120  # bytes of a window on either side of a place; an address and its announcing word fit; of a name alone
_WIDEN = 60  # bytes more, to the next white space
_PARTICLES = ("de", "del", "la", "las", "los", "da", "das", "do", "dos", "e", "y")
_STREETS = (
    "calle", "av", "avenida", "avda", "jr", "jiron", "pasaje", "pje", "psje", "rua", "travessa", "alameda", "carrera", "cra", "kra", "diagonal", "transversal", "urb",
    "urbanizacion", "residencial", "condominio", "barrio", "bairro", "barriada", "metros", "cuadra", "cuadras", "varas", "manzana", "mz", "quadra", "colonia", "reparto",
    "edificio", "camino", "estrada", "rodovia", "privada", "cerrada", "box", "cdla", "domicilio", "domiciliado", "domiciliada", "residente", "vive", "mora", "endereco", "direccion",
    "apto", "depto", "dpto",
)  # fmt: skip


def find_spans(text: str, country: str = "", language: str = "", names_only: bool = False) -> list[Span]:
    """Personal data of one text, in order, no two overlapping. `country` is the document's, "" where none is stated."""
    view = View(text, read_country(country, language), language)
    if names_only:
        return settle(find_names(view))
    return settle([*find_identifiers(view), *find_contacts(view), *find_places(view), *find_names(view)])


@cache
def _lexicon() -> tuple[Any, Any]:
    """What the kernel looks up: listed names, words that announce, particles."""
    lists = load_lists()
    words: dict[str, int] = {}
    numbered = [
        *load_table().words.pattern.split("|"),
        *places.RECORD_WORDS,
        *contacts.PHONE_WORDS,
        *contacts.CARD_WORDS,
        *contacts.IP_WORDS,
    ]
    spoken = [phrase.split()[-1 if phrase.split()[-1] not in _PARTICLES else 1 if len(phrase.split()) > 2 else 0] for phrase in lists.speak]
    for flag, phrases in (
        (NUMBERED, [*numbered, *load_table().owners]),
        (TRIGGER, ["pix", "chave", "cnpj", *_STREETS, *places.BIRTH, *places.load_plates()[0]]),
        (PERSON, [*lists.announce, *lists.nick]),
        (SPEAK, spoken),
    ):
        for phrase in phrases:
            word = fold(phrase).rstrip("*. ").split(" ")[0].replace(".", "")
            if len(word) > 1 and word.isalpha() and word not in ("no", "numero", "mi", "meu"):
                words[word] = words.get(word, 0) | flag
    for word in lists.given | lists.surnames:
        words[word] = words.get(word, 0) | NAME
    for word in _PARTICLES:
        words[word] = PARTICLE
    return lay_out(words)


def list_windows(data: Any, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Byte ranges of one text that are worth a look, merged, cut at white space; whether there may be more than names."""
    room = np.empty(1024, np.int64)
    while (number := find_candidates(data, start, end, *_lexicon(), room)) < 0:
        room = np.empty(room.size * 8, np.int64)
    if not number:
        return
    hits, more = room[:number] >> 1, room[:number] & 1
    reach = np.where(more == 1, _ROOM, _NAME_ROOM)
    ends = np.maximum.accumulate(hits + reach)
    breaks = np.flatnonzero((hits - reach)[1:] > ends[:-1])
    firsts, lasts = np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [number - 1]))
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        low, high = int((hits - reach)[first : last + 1].min()), int(ends[last])
        yield *_cut(data, max(start, low), min(end, high), start, end), bool(more[first : last + 1].any())


def _cut(data: Any, low: int, high: int, start: int, end: int) -> tuple[int, int]:
    """A range widened to white space, within reason, and never inside a character."""
    before, after = bytes(data[max(start, low - _WIDEN) : low]), bytes(data[high : min(end, high + _WIDEN)])
    low -= next((back for back, byte in enumerate(reversed(before)) if byte <= 32), len(before))
    high += next((on for on, byte in enumerate(after) if byte <= 32), len(after))
    while low > start and data[low] & 0xC0 == 0x80:
        low -= 1
    while high < end and data[high] & 0xC0 == 0x80:
        high += 1
    return low, high


def _score_text(data: Any, start: int, end: int, country: str, language: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    point, place = 0, start
    for low, high, more in list_windows(data, start, end):
        point += int(np.count_nonzero((data[place:low] & 0xC0) != 0x80)) if low > place else 0
        shift = point - (int(np.count_nonzero((data[low:place] & 0xC0) != 0x80)) if low < place else 0)
        text = data[low:high].tobytes().decode("utf-8")
        found = find_spans(text, country, language, names_only=not more)
        rows.extend(span.row(shift) for span in found if not rows or span.start + shift >= rows[-1]["end"])
        point, place = shift + len(text), high
    return rows


def preview(document: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """For `ayni try`: the text with every span replaced by its type."""
    text, end, pieces = document.text, 0, []
    for span in row["spans"] or []:
        pieces += [text[end : span["start"]], f"[{span['type'].upper()}]"]
        end = span["end"]
    return {"redacted": "".join([*pieces, text[end:]])}


@batch_scorer("personal_data", version=3, columns={"spans": "marks"}, assets=assets_digest, preview=preview)
def score(documents: pa.Table, notes: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Personal data: identifiers of twenty countries with check digits, contacts, addresses, dates of birth, names."""
    data, offsets = view_strings(documents["text"])
    rows = zip(documents["country"].to_pylist(), documents["language"].to_pylist(), strict=True)
    found = [_score_text(data, int(offsets[n]), int(offsets[n + 1]), country, language) for n, (country, language) in enumerate(rows)]
    return {"spans": found}
