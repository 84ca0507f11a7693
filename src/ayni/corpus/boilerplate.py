"""Boilerplate: lines that recur over the documents of a source: site menus, letterheads, licences, heads of pages.

    traces = [read_traces(text) for text in texts]      what a document has at its edges, and which blocks it repeats
    furniture = find_furniture(traces, share=0.2)       of all documents of a source: what is furniture, and where
    text, removed = strip_text(text, furniture)         the text without it, and what went

Furniture is a line that recurs, numbers masked, in a share of the source's documents at the same end, with nothing of the
document's own between it and that end; and a block of three lines or more that many documents repeat three times or more,
as the head of a page. Law formulae recur as well, so a line is always text when it has a word of the language packs'
`formulae`, is a Markdown heading or a labelled field, or is little more than a number (DECRETO 1234 DE 2006).
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
    """A line as it is compared: one space, no case, # for every number."""
    return re.sub(r"\d+", "#", " ".join(line.split()).casefold())


@cache
def _formulae() -> frozenset[str]:
    return frozenset(word for pack in load_packs().values() for word in pack.formulae)


@lru_cache(maxsize=1 << 14)
def code_line(masked: str) -> int:
    """What a masked line counts as: nothing, text for certain, or a line that may be furniture."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", masked)
    number = "#" in masked.lstrip("# ")
    spelled = {"".join(words)} if all(len(word) == 1 for word in words) else set(words)  # A C U E R D A
    if re.match(r"#+ [^\W\d_]|[^\s:][^:]{0,40}: ", masked) or not _formulae().isdisjoint(spelled):
        return TEXT
    if not words or (len(spelled) < 2 and len(masked) < _SHORT):
        return NOTHING
    return TEXT if number and len(words) < 3 else _hash(masked)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") | 2


def _cut(text: str) -> tuple[list[str], list[str], list[str]]:
    """The lines of the head, what lies between (one piece or none), and the lines of the tail."""
    count = text.count("\n") + 1
    head = min(_REACH, (count + 1) // 2)
    tail = min(_REACH, count - head)
    lines = text.split("\n", head)
    rest = lines[head].rsplit("\n", tail) if tail else []
    return lines[:head], rest[: len(rest) - tail], rest[len(rest) - tail :]


def read_traces(text: str) -> Traces | None:
    """What may be furniture in a document; None for one too short to have any."""
    head, _, tail = _cut(text)
    top, bottom = ([line for line in lines if line.strip()] for lines in (head, tail[::-1]))
    if len(top) + len(bottom) < _LINES:
        return None
    edges = [tuple(([code_line(mask_line(line)) for line in lines[:EDGE]] + [TEXT] * EDGE)[:EDGE]) for lines in (top, bottom)]
    return Traces(edges[0], edges[1], tuple(sorted({code for _, code in _list_blocks(text.split("\n"))})))


def _list_blocks(lines: Sequence[str]) -> list[tuple[tuple[int, ...], int]]:
    """Blocks of lines with something in them that all recur: their places, and the code of the block."""
    times = Counter(lines)
    codes = {line: code_line(mask_line(line)) for line, count in times.items() if count >= _TIMES and line.strip()}
    if sum(code > TEXT for code in codes.values()) < _BLOCK:
        return []
    found: list[tuple[tuple[int, ...], int]] = []
    run: list[int] = []
    for place, line in enumerate(lines):
        if codes.get(line, TEXT) > TEXT:
            run = [*run, place][-_BLOCK:]
        elif line.strip():
            run = []
        if len(run) == _BLOCK and run[-1] == place and len({lines[each] for each in run}) == _BLOCK:
            found.append((tuple(run), _hash("\n".join(mask_line(lines[each]) for each in run))))
    often = Counter(code for _, code in found)
    return [(places, code) for places, code in found if often[code] >= _TIMES]


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
    gone: dict[int, tuple[str, int]] = {}
    if furniture.blocks:
        gone.update((place, ("inside", code)) for place, code in _find_heads(lines, furniture.blocks).items())
    head, _, tail = _cut(text)
    gone.update((place, ("top", 0)) for place in _list_furniture(head, furniture.top))
    gone.update((len(lines) - 1 - place, ("bottom", 0)) for place in _list_furniture(tail[::-1], furniture.bottom))
    kept = [line for place, line in enumerate(lines) if place not in gone]
    if not gone or not any(line.strip() for line in kept):
        return text, Counter()
    removed: Removed = Counter()
    for place, (where, block) in gone.items():
        if lines[place].strip():
            masked = mask_line(lines[place])
            removed[where, block or code_line(masked), masked] += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n"), removed


def _find_heads(lines: Sequence[str], blocks: Collection[int]) -> dict[int, int]:
    """Places of the heads of pages and their blocks' codes: the blocks, numbers beside them, the title that runs above them."""
    heads = {place: code for places, code in _list_blocks(lines) if code in blocks for place in places}
    above = [place - 1 for place in heads if place and place - 1 not in heads]
    titles = Counter(lines[place] for place in above if lines[place].strip())
    for title, count in titles.most_common(1):
        if count >= max(_TIMES, len(above) / 2):
            heads.update((place, heads[place + 1]) for place in above[1:] if lines[place] == title)  # the first is the document's own
    for place, code in list(heads.items()):
        beside = [each for each in (place - 1, place + 1) if 0 <= each < len(lines) and each not in heads]
        heads.update((each, code) for each in beside if "#" in mask_line(lines[each]) and code_line(mask_line(lines[each])) == NOTHING)
    return heads


def _list_furniture(lines: Iterable[str], furniture: Collection[int]) -> list[int]:
    """Places of furniture, from the outside in, and of all that lies outside of it."""
    taken: list[int] = []
    waiting: list[int] = []
    solid = 0
    for place, line in enumerate(lines):
        waiting.append(place)
        if not line.strip():
            continue
        solid += 1
        code = code_line(mask_line(line))
        if solid > EDGE or (code != NOTHING and code not in furniture):
            break
        if code != NOTHING:
            taken += waiting
            waiting = []
    return taken
