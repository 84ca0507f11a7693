"""Stage `tokenizer.sample`: the text that a tokenizer is made from, shared out fairly, and other works to measure it on.

    [sample]
    stage = "tokenizer.sample"
    documents = "@clean"
    picks = "@picks"                 # optional: kept documents only
    notes = ["@notes"]               # optional: the language found, for documents whose source states none
    mix = "@mix"                     # optional: what trains and what is held out, as the mix split it
    bytes = 100_000_000

Without a mix, works are held out by hash: a group of documents is a work; a group that is most of what a language has is cut
into blocks of consecutive records, at the same places in all of its languages, and the records of a source in `parallel`
(the books of New Testaments) are held out in all languages at once. No training document of which a fifth stands, letter by
letter, in what is held out is kept: the same verse or novel often comes from two sources.
Languages share the bytes as their sizes to the power of `exponent` (Conneau et al. 2020 take 0.3), sources of one language too.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import Field

from ayni.core.formats.documents import Document, Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.core.formats.sample import Sample, SampleRow
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_FEW_WORKS = 4
_BLOCK = 100  # records
_LINE = 24  # letters that make a line worth comparing
_UNSTATED = ("", "mul")
_SURE = 0.9


class SampleParams(StageParams):
    """Bytes of training text in all; how languages share them; the share of works held out, and bytes kept of it a source."""

    bytes: int = Field(default=100_000_000, ge=1)
    exponent: float = Field(default=0.3, ge=0, le=1)
    heldout_share: float = Field(default=0.08, gt=0, lt=0.5)
    heldout_bytes: int = Field(default=300_000, ge=1)
    parallel: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # none: all
    split: str = ""  # another word holds out other works


@dataclass(frozen=True)
class _Line:
    """What is known of a document without its text."""

    id: str
    language: str
    source: str
    group: str
    record: str
    bytes: int


@stage("tokenizer.sample", version=1)
def sample(  # type: ignore[return]
    job: Job, documents: Documents, params: SampleParams, picks: Picks | None = None, notes: Notes | None = None, mix: Mix | None = None
) -> Sample:
    """Split, share out, write both sets."""
    lines = _read_lines(documents, picks, notes, params)
    works = _name_works(lines, params)
    heldout = {line.id for line in mix.heldout()} if mix else _hold_out(lines, works, params)
    trains = {line.id for line in mix.train()} if mix else {line.id for line in lines} - heldout
    lines = [line for line in lines if line.id in heldout or line.id in trains]
    measured = _take([line for line in lines if line.id in heldout], {}, params.heldout_bytes)
    pairs = _name_pairs([line for line in lines if line.id in heldout], params)
    seen = _read_letters(documents, measured)
    candidates = [line for line in lines if line.id in trains]
    budgets = _share_out(candidates, params)
    chosen = _take(candidates, budgets, 0)
    known = {line.id: line for line in lines}
    copies = 0
    rows: dict[str, list[SampleRow]] = {"train": [], "heldout": []}
    for row in documents.rows():
        if row.id in measured:
            rows["heldout"].append(_make_row(row, known[row.id], works, pairs))
        elif row.id in chosen:
            if _is_copy(row.text, seen):
                copies += 1
            else:
                rows["train"].append(_make_row(row, known[row.id], works, {}))
    Sample(job.folder).write(dict(rows), {"beyond the budget": len(candidates) - len(chosen), "copies of what is held out": copies})


def _read_lines(documents: Documents, picks: Picks | None, notes: Notes | None, params: SampleParams) -> list[_Line]:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rejected = picks.rules() if picks else {}
    detected = _read_detected(notes) if notes else {}
    lines: list[_Line] = []
    for part in documents.parts():
        table = pq.read_table(part, columns=["id", "language", "source", "group", "origin", "text"])
        sizes = pc.binary_length(table["text"]).to_pylist()
        columns = (table[name].to_pylist() for name in ("id", "language", "source", "group", "origin"))
        for (id, stated, source, group, origin), size in zip(zip(*columns, strict=True), sizes, strict=True):
            language = detected.get(id, "") if stated in _UNSTATED else stated
            if size and language and not rejected.get(id) and (not params.languages or language in params.languages):
                lines.append(_Line(id, language, source, group or origin, origin.partition("#")[2], size))
    return lines


def _read_detected(notes: Notes) -> dict[str, str]:
    """Document id -> the language found, where the scorer is sure."""
    import pyarrow.parquet as pq

    found: dict[str, str] = {}
    for part in notes.parts("language"):
        table = pq.read_table(part, columns=["id", "language", "confidence"]).to_pydict()
        for id, language, confidence in zip(table["id"], table["language"], table["confidence"], strict=True):
            if language not in ("und", "mul") and confidence is not None and confidence >= _SURE:
                found[id] = language
    return found


def _name_works(lines: Sequence[_Line], params: SampleParams) -> dict[str, str]:
    """Document id -> its work: a group, a block of one, or a record that a parallel source has in every language."""
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in lines:
        groups[line.source, line.language].add(line.group)
    cut = {name for names in groups.values() if len(names) < _FEW_WORKS for name in names}
    works: dict[str, str] = {}
    places: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        if line.source in params.parallel:
            works[line.id] = f"{line.source}#{line.record}"
        elif line.group in cut:
            number = re.match(r"\d+", line.record)
            place = int(number[0]) if number else places[line.group, line.language]
            places[line.group, line.language] += 1
            works[line.id] = f"{line.group}#{place // _BLOCK}" if line.record else line.group
        else:
            works[line.id] = line.group
    return works


def _hold_out(lines: Sequence[_Line], works: dict[str, str], params: SampleParams) -> set[str]:
    """Of the works of a source's group (or of the source, where its groups are works) so many in the order of a hash."""
    cells: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in lines:
        whole = works[line.id] == line.group or line.source in params.parallel
        cells[line.source, "" if whole else line.group].add(works[line.id])
    chosen: set[str] = set()
    for names in cells.values():
        if len(names) > 1:
            order = sorted(names, key=lambda name: hashlib.sha256(f"{params.split}{name}".encode()).digest())
            chosen.update(order[: max(1, round(params.heldout_share * len(names)))])
    return {line.id for line in lines if works[line.id] in chosen}


def _name_pairs(lines: Sequence[_Line], params: SampleParams) -> dict[str, str]:
    """Document id -> the name of what it says, where documents of several languages say it: one record of one group."""
    keys: dict[str, str] = {}
    languages: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        number = re.match(r"\d+", line.record)
        place = line.source if line.source in params.parallel else line.group
        key = f"{place}#{line.record if line.source in params.parallel else number[0] if number else ''}"
        keys[line.id] = key
        languages[key].add(line.language)
    return {id: key for id, key in keys.items() if len(languages[key]) > 1}


def _share_out(lines: Sequence[_Line], params: SampleParams) -> dict[tuple[str, str], int]:
    """(language, source) -> bytes: as sizes to the power of the exponent, none above what there is."""
    cells: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        cells[line.language][line.source] += line.bytes
    budgets: dict[tuple[str, str], int] = {}
    languages = fill({language: sum(sources.values()) for language, sources in cells.items()}, params.bytes, params.exponent)
    for language, sources in cells.items():
        for source, size in fill(sources, languages[language], params.exponent).items():
            budgets[language, source] = size
    return budgets


def fill(sizes: dict[str, int], budget: int, exponent: float) -> dict[str, int]:
    """Share a budget as sizes ** exponent; what one cannot take goes to the others (water-filling)."""
    given: dict[str, int] = {}
    rest = dict(sorted(sizes.items()))
    while rest:
        total = sum(size**exponent for size in rest.values())
        full = {name: size for name, size in rest.items() if size <= budget * size**exponent / total}
        if not full:
            return {**given, **{name: int(budget * size**exponent / total) for name, size in rest.items()}}
        given.update(full)
        budget -= sum(full.values())
        rest = {name: size for name, size in rest.items() if name not in full}
    return given


def _take(lines: Sequence[_Line], budgets: dict[tuple[str, str], int], limit: int) -> set[str]:
    """Documents in the order of a hash until the bytes of their (language, source) are reached; one at least."""
    taken: dict[tuple[str, str], int] = defaultdict(int)
    chosen: set[str] = set()
    for line in sorted(lines, key=lambda line: hashlib.sha256(f"{line.group}#{line.record}".encode()).digest()):
        cell = (line.language, line.source)
        room = (budgets[cell] if budgets else limit) - taken[cell]
        if line.bytes <= room or (room > 0 and not taken[cell]):
            taken[cell] += line.bytes
            chosen.add(line.id)
    return chosen


def _letters(text: str) -> Iterator[str]:
    """Of every line worth comparing, its letters alone, without case: spaces and marks differ between editions."""
    for line in text.split("\n"):
        letters = re.sub(r"[\W\d_]+", "", line.casefold())
        if len(letters) >= _LINE:
            yield letters


def _read_letters(documents: Documents, ids: set[str]) -> set[str]:
    return {letters for row in documents.rows() if row.id in ids for letters in _letters(row.text)}


def _is_copy(text: str, seen: set[str]) -> bool:
    found = [(len(letters), letters in seen) for letters in _letters(text)]
    return sum(size for size, copied in found if copied) > 0.2 * sum(size for size, _ in found)


def _make_row(row: Document, line: _Line, works: dict[str, str], pairs: dict[str, str]) -> SampleRow:
    return SampleRow(row.id, row.text, line.language, row.country, row.domain, row.source, works[row.id], pairs.get(row.id, ""))
