"""Repair: mojibake, Unicode form, control and invisible characters, spaces; letters of every language stay letters.

    repair("espaÃ±ol\\x00 ")                             -> ("español", ["mojibake", "control characters", "trailing spaces"])
    repair_texts(table["text"], table["language"])      -> the repaired column, and which rows each repair changed

A step is a gate, an RE2 pattern without which it has nothing to do, and a function; only texts that pass a gate become
Python strings at all. The steps go round until nothing changes, so a repaired text stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ayni.text.mojibake import gate, mend_mojibake
from ayni.text.packs import load_packs

_ROUNDS = 8  # mojibake of mojibake is real; each round peels one layer
_JOINING = "[\u0590-\u1cff\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]"  # emoji, joining scripts
_INVISIBLE = re.compile(f"[\u180e\u200b\u2060]|(?<!{_JOINING})[\u200c\u200d]|[\u200c\u200d](?!{_JOINING})")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_BLANK = " \t\u00a0"
_WORD = 60  # characters; a chain of broken words that is longer is no word
_BULLET = re.compile("\uf0b7|^([ \t]*)[\uf0a7\uf0d8\uf0fc](?=[ \t\u00a0]*\\S)", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One repair: its name in the manifest, the pattern that a text must match, what is done to those that do."""

    name: str
    gate: str
    mend: Callable[[pa.Array], list[str]]
    language: str = ""  # for texts of this language only


@dataclass(frozen=True)
class Repaired:
    """A column of texts, and for every repair that was made which rows it changed."""

    texts: pa.ChunkedArray
    changed: dict[str, npt.NDArray[np.bool_]]


def repair(text: str, language: str = "") -> tuple[str, list[str]]:
    """The repaired text and the names of what was mended. `language`: for packs that know marks which are accidents."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    done = repair_texts(pa.chunked_array([[whole]], pa.string()), pa.chunked_array([[language]], pa.string()))
    return done.texts[0].as_py(), list(done.changed)


def repair_texts(texts: pa.ChunkedArray, languages: pa.ChunkedArray) -> Repaired:
    """Repair a column chunk by chunk; a chunk without fault is the same chunk."""
    chunks: list[pa.Array] = []
    changed: dict[str, npt.NDArray[np.bool_]] = {}
    begin = 0
    for chunk in texts.chunks:
        mended, found = _repair_chunk(chunk, pa.array(languages.slice(begin, len(chunk)).to_pylist(), pa.string()))
        chunks.append(mended)
        for name, rows in found:
            changed.setdefault(name, np.zeros(len(texts), np.bool_))[rows + begin] = True
        begin += len(chunk)
    return Repaired(pa.chunked_array(chunks, texts.type), changed)


def _repair_chunk(texts: pa.Array, languages: pa.Array) -> tuple[pa.Array, list[tuple[str, npt.NDArray[np.int64]]]]:
    found: list[tuple[str, npt.NDArray[np.int64]]] = []
    rows, values = np.arange(len(texts)), texts
    for _ in range(_ROUNDS):
        faulty = np.flatnonzero(pc.match_substring_regex(values, _any_gate()))
        rows, before, tongues = rows[faulty], values.take(pa.array(faulty)), languages.take(pa.array(rows[faulty]))
        values = before
        for step in list_steps():
            values, places = _apply_step(step, values, tongues)
            if len(places):
                found.append((step.name, rows[places]))
        again = np.flatnonzero(pc.not_equal(values, before))
        if not len(again):
            break
        rows, values = rows[again], values.take(pa.array(again))
        texts = _replace(texts, rows, values)
    return texts, found


def _replace(texts: pa.Array, rows: npt.NDArray[np.int64], values: pa.Array) -> pa.Array:
    mask = np.zeros(len(texts), np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(texts, pa.array(mask), values)


def _apply_step(step: Step, values: pa.Array, tongues: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """The values after a step, and the places of those that it changed."""
    hit = pc.match_substring_regex(values, step.gate)
    if step.language:
        hit = pc.and_(hit, pc.equal(tongues, step.language))
    places = np.flatnonzero(hit)
    if not len(places):
        return values, places
    before = values.take(pa.array(places))
    after = pa.array(step.mend(before), values.type)
    return _replace(values, places, after), places[np.flatnonzero(pc.not_equal(before, after))]


def _each(function: Callable[[str], str]) -> Callable[[pa.Array], list[str]]:
    return lambda texts: [function(text) for text in texts.to_pylist()]


def _restore_quotes(text: str) -> str:
    """U+201C and U+201D that lost their high byte (0x1C, 0x1D), where they stand as a pair."""
    return re.sub(r"\x1c([^\x1c\x1d]*)\x1d", "“\\1”", text)


def _mend_hyphens(text: str) -> str:
    """Soft hyphens: a word that one broke is whole again, one between spaces was a dash, the others go.

    A word broken over two lines goes to the second: "trato de\\u00ad\\nsigual" -> "trato\\ndesigual".
    """
    rows = re.sub("(?<=[ \t])\u00ad(?=[ \t\n]|$)", "-", text).split("\n")
    lines: list[str] = []
    carried = ""
    for row, following in zip(rows, [*rows[1:], ""], strict=True):
        line = carried + row.lstrip(_BLANK) if carried else row
        carried = ""
        if line.rstrip(_BLANK).endswith("\u00ad"):
            head, _, part = line.rstrip(_BLANK)[:-1].rpartition(" ")
            if len(part) < _WORD and _is_one_word(part, following.lstrip(_BLANK)):
                line, carried = head, part
        if line or not carried:
            lines.append(line)
    return "\n".join(lines).replace("\u00ad", "")


def _is_one_word(part: str, rest: str) -> bool:
    return part[-1:].isalpha() and (rest[:1].islower() or (part[-1:].isupper() and rest[:2].isalpha() and rest[:2].isupper()))


def _drop_invisible(text: str) -> str:
    """Zero-width characters outside emoji and joining scripts; direction marks where nothing runs from right to left."""
    text = _INVISIBLE.sub("", text)
    return text if _RIGHT_TO_LEFT.search(text) else _DIRECTIONS.sub("", text)


def _strip_lines(text: str) -> str:
    return "\n".join([line.rstrip(_BLANK) for line in text.split("\n")])


def _mend_accidents(tag: str) -> Callable[[str], str]:
    """For a language whose pack knows them: dead keys in the place of its apostrophe become the mark that the text itself uses."""
    apostrophe = load_packs()[tag].apostrophe
    assert apostrophe is not None
    wrong, right = apostrophe.find(apostrophe.accidents), apostrophe.find(apostrophe.written)

    def mend(text: str) -> str:
        used = right.findall(text)
        mark = max(sorted(set(used)), key=used.count) if used else apostrophe.written[0]
        return wrong.sub(mark, text)

    return mend


@cache
def list_steps() -> tuple[Step, ...]:
    """All repairs, in order."""
    accidents = [
        Step("apostrophes", f"[{pack.apostrophe.accidents}]", _each(_mend_accidents(tag)), tag)
        for tag, pack in load_packs().items()
        if pack.apostrophe and pack.apostrophe.accidents
    ]
    return (
        Step("line ends", r"[\r\x{2028}\x{2029}]", _each(partial(re.sub, "\r\n?|[\u2028\u2029]", "\n"))),
        Step("lost quotes", r"\x1c[^\x1c\x1d]*\x1d", _each(_restore_quotes)),
        Step("mojibake", gate(), mend_mojibake),  # before C1 characters go: U+0085 was an ellipsis in cp1252
        Step("control characters", r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{feff}\x{fffe}\x{ffff}]", _each(partial(_CONTROL.sub, ""))),
        Step("soft hyphens", r"\x{ad}", _each(_mend_hyphens)),
        Step("invisible characters", r"[\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}]", _each(_drop_invisible)),
        # the bullets of Symbol and Wingdings; any other private character may be a letter of a community's font
        Step("bullets", r"[\x{f0a7}\x{f0b7}\x{f0d8}\x{f0fc}]", _each(partial(_BULLET.sub, r"\1•"))),
        # nothing below U+0300 and in these blocks has another form C than itself
        Step(
            "unicode form",
            r"[^\x00-\x{2ff}\x{1e00}-\x{1e99}\x{1e9e}-\x{1eff}\x{2010}-\x{2027}\x{2030}-\x{205e}\x{a78b}\x{a78c}]",
            _each(partial(unicodedata.normalize, "NFC")),
        ),
        *accidents,
        Step("trailing spaces", r"[ \t\x{a0}](?:\n|$)", _each(_strip_lines)),
        Step("blank lines", r"\n\n\n|^\n|\n$", _each(lambda text: re.sub(r"\n{3,}", "\n\n", text.strip("\n")))),
    )


@cache
def _any_gate() -> str:
    return "|".join(f"(?:{each})" for each in dict.fromkeys(step.gate for step in list_steps()))
