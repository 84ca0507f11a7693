"""Boilerplate: lines that recur over the documents of a source: site menus, letterheads, licences, heads of pages.

    traces = [read_traces(text) for text in texts]      what a document has at its edges, and which blocks it repeats
    furniture = find_furniture(traces, share=0.1)       of all documents of a source: what is furniture, and where
    text, removed = strip_text(text, furniture)         the text without it, and what went

Furniture is a line that recurs, numbers masked, in a share of the source's documents at the same end, with nothing of the
document's own between it and that end; and a block of three lines or more beside a page's number, which many documents
repeat three times or more: the head of a page. Law formulae recur as well, and refrains, so a line is always text when it
has a word of the language packs' `formulae`, is a Markdown heading or a labelled field, is little more than a number
(DECRETO 1234 DE 2006), or stands three times in one document without being such a head.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from ayni.text.packs import load_packs

EDGE = 12  # lines with something in them, at either end
NOTHING, TEXT = 0, 1  # codes: a line of one short word or none, a line that is text for certain; all others may be furniture
_REACH = 60  # lines, blank ones too, in which the edge is looked for
_LINES = 6  # documents with fewer (verses, tweets, records) have no edges
_AT_LEAST = 10  # documents, whatever the share
_TIMES = 3  # that a document must repeat a block
_BLOCK = 3  # lines
_SHORT = 16  # characters of a line of one word, with or without a number: "1 de 153", "pág. 7", "México"

Codes = npt.NDArray[np.uint64]
Removed = Counter[tuple[str, int, str]]  # top, bottom or inside; the line's code, or its block's; the line, masked


@dataclass(frozen=True)
class Traces:
    """Of one document: codes of the first lines and of the last, from the outside in, and of the blocks that it repeats."""

    top: tuple[int, ...]
    bottom: tuple[int, ...]
    blocks: tuple[int, ...]


@dataclass(frozen=True)
class Furniture:
    """Codes of a source's furniture, and in how many documents each was found there."""

    top: Mapping[int, int]
    bottom: Mapping[int, int]
    blocks: Mapping[int, int]


def mask_line(line: str) -> str:
    """A line as it is compared: one space, no case, no stop at its end, 0 for every number."""
    return re.sub(r"\d+", "0", " ".join(line.split()).casefold().rstrip(" .:;,"))


@cache
def _formulae() -> frozenset[str]:
    return frozenset(word for pack in load_packs().values() for word in pack.formulae)


@lru_cache(maxsize=1 << 14)
def code_line(masked: str) -> int:
    """What a masked line counts as: nothing, text for certain, or a line that may be furniture."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", masked)
    number = "0" in masked
    spelled = {"".join(words)} if all(len(word) == 1 for word in words) else set(words)  # A C U E R D A
    if re.match(r"#+ [^\W\d_]|[^\s:][^:]{0,40}: ", masked) or not _formulae().isdisjoint(spelled):
        return TEXT
    if not words or (len(spelled) < 2 and len(masked) < _SHORT):
        return NOTHING
    return TEXT if number and len(words) < 3 else _hash(masked)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") | 2


def read_traces(text: str) -> Traces | None:
    """What may be furniture in a document; None for one too short to have any."""
    lines = text.split("\n")
    top, bottom = _split_edges(lines)
    if not _is_long(lines):
        return None
    times = Counter(lines)
    edges = [tuple(([code for _, code in _code_edge(lines, places, times)] + [TEXT] * EDGE)[:EDGE]) for places in (top, bottom)]
    return Traces(edges[0], edges[1], tuple(sorted({code for _, code in _list_blocks(lines, times)})))


def _is_long(lines: Sequence[str]) -> bool:
    return sum(map(_is_solid, lines[: 2 * _REACH])) >= _LINES


def _is_solid(line: str) -> bool:
    return bool(line) and not line.isspace()


def _split_edges(lines: Sequence[str]) -> tuple[range, range]:
    """Places of the lines at either end, from the outside in; no line is at both."""
    head = min(_REACH, (len(lines) + 1) // 2)
    tail = min(_REACH, len(lines) - head)
    return range(head), range(len(lines) - 1, len(lines) - 1 - tail, -1)


def _code_edge(lines: Sequence[str], places: range, times: Mapping[str, int]) -> list[tuple[int, int]]:
    """Places and codes of the lines of an edge that have something in them."""
    solid = [place for place in places if _is_solid(lines[place])][:EDGE]
    return [(place, _code(lines[place], times)) for place in solid]


def _code(line: str, times: Mapping[str, int]) -> int:
    code = code_line(mask_line(line))
    return TEXT if code > TEXT and times[line] >= _TIMES else code  # a refrain


def _list_blocks(lines: Sequence[str], times: Mapping[str, int]) -> list[tuple[tuple[int, ...], int]]:
    """Every _BLOCK lines of the heads of pages: their places, and their code."""
    codes = {line: code_line(mask_line(line)) for line, count in times.items() if count >= _TIMES and _is_solid(line)}
    if sum(code > TEXT for code in codes.values()) < _BLOCK:
        return []
    solid = [place for place, line in enumerate(lines) if _is_solid(line)]
    again = np.array([codes.get(lines[place], TEXT) > TEXT for place in solid], np.int8)
    turns = np.flatnonzero(np.diff(again, prepend=0, append=0))
    found: list[tuple[tuple[int, ...], int]] = []
    for begin, end in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
        beside = [solid[place] for place in (begin - 1, end) if 0 <= place < len(solid)]
        if any(_is_number(lines[place]) for place in beside):
            for at in range(begin, end - _BLOCK + 1):
                places = tuple(solid[at : at + _BLOCK])
                found.append((places, _hash("\n".join(mask_line(lines[place]) for place in places))))
    often = Counter(code for _, code in found)
    return [(places, code) for places, code in found if often[code] >= _TIMES]


def _is_number(line: str) -> bool:
    masked = mask_line(line)
    return "0" in masked and code_line(masked) == NOTHING


def find_furniture(top: Codes, bottom: Codes, blocks: Mapping[int, int], share: float) -> Furniture:
    """The furniture of a source from its documents' edges, both (documents, EDGE), and the documents that have each block."""
    least = max(_AT_LEAST, math.ceil(share * len(top)))
    return Furniture(_settle(top, least), _settle(bottom, least), {code: count for code, count in blocks.items() if count >= least})


def peel(codes: Codes, furniture: Collection[int]) -> npt.NDArray[np.bool_]:
    """Which lines of edges are reached from the outside through furniture (and lines of nothing) only."""
    good = np.isin(codes, np.array(list(furniture), np.uint64))
    reached: npt.NDArray[np.bool_] = np.logical_and.accumulate(good | (codes == NOTHING), axis=1) & good
    return reached


def _settle(codes: Codes, least: int) -> dict[int, int]:
    """Codes that enough documents have, in at least half of them reached from the outside: until no more fall out."""
    anywhere = _count_documents(codes, codes > TEXT)
    found = {code: count for code, count in anywhere.items() if count >= least}
    while True:
        counts = _count_documents(codes, peel(codes, found))
        kept = {code: count for code, count in counts.items() if count >= max(least, anywhere[code] / 2)}
        if len(kept) == len(found):
            return kept
        found = kept


def _count_documents(codes: Codes, chosen: npt.NDArray[np.bool_]) -> dict[int, int]:
    rows = np.nonzero(chosen)[0].astype(np.uint64)
    pairs = np.unique(np.stack([rows, codes[chosen]]), axis=1)
    values, counts = np.unique(pairs[1], return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def strip_text(text: str, furniture: Furniture) -> tuple[str, Removed]:
    """The text without furniture, and the lines that went; a text that is nothing else stays as it is."""
    lines = text.split("\n")
    if not _is_long(lines):
        return text, Counter()
    times = Counter(lines)
    gone = {place: ("inside", code) for place, code in _find_heads(lines, times, furniture.blocks).items()} if furniture.blocks else {}
    for where, places, codes in zip(("top", "bottom"), _split_edges(lines), (furniture.top, furniture.bottom), strict=True):
        gone.update((place, (where, 0)) for place in _list_furniture(_code_edge(lines, places, times), codes))
    kept = [line for place, line in enumerate(lines) if place not in gone]
    if not gone or not any(line.strip() for line in kept):
        return text, Counter()
    removed: Removed = Counter()
    for place, (where, block) in gone.items():
        if lines[place].strip():
            masked = mask_line(lines[place])
            removed[where, block or code_line(masked), masked] += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n"), removed


def _find_heads(lines: Sequence[str], times: Mapping[str, int], blocks: Collection[int]) -> dict[int, int]:
    """Places of the heads of pages and their blocks' codes: the blocks, numbers beside them, the title that runs above them."""
    heads = {place: code for places, code in _list_blocks(lines, times) if code in blocks for place in places}
    above = [place - 1 for place in heads if place and place - 1 not in heads]
    titles = Counter(lines[place] for place in above if _is_solid(lines[place]) and not _is_number(lines[place]))
    for title, count in titles.most_common(1):
        if count >= max(_TIMES, len(above) / 2):
            own = [place for place in above if lines[place] == title]
            heads.update((place, heads[place + 1]) for place in own[1:])  # the first is the document's own
    for place, code in list(heads.items()):
        beside = [each for each in (place - 1, place + 1) if 0 <= each < len(lines) and each not in heads]
        heads.update((each, code) for each in beside if _is_number(lines[each]))
    return heads


def _list_furniture(edge: Iterable[tuple[int, int]], furniture: Collection[int]) -> list[int]:
    """Places of furniture, from the outside in, and of the lines of nothing that lie outside of it."""
    taken: list[int] = []
    waiting: list[int] = []
    for place, code in edge:
        waiting.append(place)
        if code in furniture:
            taken += waiting
            waiting = []
        elif code != NOTHING:
            break
    return taken
