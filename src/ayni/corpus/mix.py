"""Stage `corpus.mix`: what trains, in which shares, and what is held out to measure the gain and the forgetting.

    [mix]
    stage = "corpus.mix"
    documents = "@clean"
    picks = "@picks"
    notes = "@notes"                 # the language found in the text, for documents whose source states none
    shares = { nah = 0.2, es = 0.4, pt = 0.2, replay = 0.2 }

A stream of training is a language, or a language of one source where `shares` names it so ("es-starter"). Every kept
document belongs to a cell (source, language, country). Of each cell whole groups (a work, a file) are held out, chosen by
hash, and a little of each is measured; no piece of a measured work trains, in whatever language. Documents of the replay's
language train only where their domain is the replay's; its other domains measure what was forgotten, unlike the replay.
Documents whose licence is not in `licenses` stay out of both. Everything left out is counted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from pydantic import Field

from ayni.core.errors import RecipeError
from ayni.core.formats.documents import Document, Documents
from ayni.core.formats.mix import HeldoutLine, Mix, MixHead, TrainLine
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.core.suggest import did_you_mean
from ayni.corpus.query import open_tables
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

REPLAY = "replay"


class MixParams(StageParams):
    """`shares` of tokens by stream; bytes held out per cell; the replay's language and domain; licences that may train."""

    shares: dict[str, float]
    heldout_bytes: int = Field(default=2000, ge=0)
    heldout_bytes_by_language: dict[str, int] = {}
    heldout_piece_bytes: int = Field(default=800, ge=1)  # of one work; the budget says how many works that makes
    heldout_share: float = Field(default=0.34, gt=0, lt=1)
    replay_language: str = ""
    replay_domains: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Cell:
    source: str
    language: str
    country: str
    domain: str  # only for the replay's language; empty otherwise


@stage("corpus.mix", version=1)
def mix(job: Job, documents: Documents, picks: Picks, params: MixParams, notes: Notes | None = None) -> Mix:  # type: ignore[return]
    """Split every cell into training and held-out groups, and write the lines."""
    rules = picks.rules()
    detected = _read_detected(documents, notes) if notes else {}
    kept = [replace(row, language=row.language or detected.get(row.id, "")) for row in documents.rows() if not rules[row.id]]
    allowed = [row for row in kept if not params.licenses or row.license in params.licenses]
    excluded = {"license": len(kept) - len(allowed), "measured_work": 0, "no_stream": 0}
    cells = _group_by_cell(allowed, params)
    chosen = {cell: _choose_groups(cell, rows, params) for cell, rows in cells.items()}
    works = {(cell.source, name) for cell, names in chosen.items() for name in names}
    train: list[TrainLine] = []
    heldout: list[HeldoutLine] = []
    for cell, rows in cells.items():
        measured = _take_bytes([row for row in rows if row.group in chosen[cell]], _byte_budget(cell, params))
        heldout += [_measure(row, cell, params) for row in measured]
        rest = [row for row in rows if (row.source, row.group) not in works]
        excluded["measured_work"] += len(rows) - len(rest) - len(measured)
        stream = _find_stream(cell, params)
        train += [TrainLine(row.id, stream) for row in rest] if stream in params.shares else []
        excluded["no_stream"] += 0 if stream in params.shares else len(rest)
    _check_streams(params, train)
    order = {row.id: place for place, row in enumerate(allowed)}
    train.sort(key=lambda line: order[line.id])
    heldout.sort(key=lambda line: order[line.id])
    Mix(job.folder).write(
        MixHead(_normalise(params.shares), _count_licenses(allowed, train), params.heldout_share, excluded), train, heldout
    )


def _read_detected(documents: Documents, notes: Notes) -> dict[str, str]:
    """Document id -> the language that the scorer found, for documents whose source states none."""
    query = "SELECT id, language.language FROM documents JOIN language USING (id) WHERE documents.language = ''"
    with open_tables(documents, [notes]) as connection:
        return dict(connection.execute(f"{query} AND language.language NOT IN ('und', 'mul')").fetchall())


def _group_by_cell(rows: Sequence[Document], params: MixParams) -> dict[_Cell, list[Document]]:
    cells: dict[_Cell, list[Document]] = defaultdict(list)
    for row in rows:
        domain = row.domain if _is_replay(row.language, params) else ""
        cells[_Cell(row.source, row.language, row.country, domain)].append(row)
    return dict(cells)


def _find_stream(cell: _Cell, params: MixParams) -> str:
    if _is_replay(cell.language, params):
        return REPLAY
    narrow = f"{cell.language}-{cell.source}"
    return narrow if narrow in params.shares else cell.language


def _choose_groups(cell: _Cell, rows: Sequence[Document], params: MixParams) -> set[str]:
    """Whole groups in the order of a hash, until there are enough bytes and works; never more than `heldout_share` of it."""
    if _is_replay(cell.language, params) and cell.domain not in params.replay_domains:
        return {row.group for row in rows}  # measures only: text unlike the replay never trains
    sizes: dict[str, int] = defaultdict(int)
    for row in rows:
        sizes[row.group] += len(row.text.encode())
    if len(sizes) < 2:
        return set()  # a cell of one work cannot be both trained on and measured
    names = sorted(sizes, key=lambda name: hashlib.sha256(f"{cell.source}/{name}".encode()).digest())
    ceiling = params.heldout_share * sum(sizes.values())
    fitting = [name for name in names if sizes[name] <= ceiling] or [min(names, key=lambda name: sizes[name])]
    budget = _byte_budget(cell, params)
    chosen: set[str] = set()
    taken = 0
    for name in fitting:
        if taken >= budget and len(chosen) >= budget // params.heldout_piece_bytes:
            break
        if not chosen or taken + sizes[name] <= ceiling:
            chosen.add(name)
            taken += sizes[name]
    return chosen


def _is_replay(language: str, params: MixParams) -> bool:
    return bool(params.replay_language) and language == params.replay_language


def _byte_budget(cell: _Cell, params: MixParams) -> int:
    return params.heldout_bytes_by_language.get(cell.language, params.heldout_bytes)


def _take_bytes(rows: Sequence[Document], budget: int) -> list[Document]:
    """A row of every work in turn, from its beginning, up to the budget; one row at least."""
    works: dict[str, list[Document]] = defaultdict(list)
    for row in rows:
        works[row.group].append(row)
    taken: list[Document] = []
    size = 0
    for turn in zip_longest(*works.values()):
        for row in turn:
            if row is not None and size < budget:
                taken.append(row)
                size += len(row.text.encode())
    return taken


def _measure(row: Document, cell: _Cell, params: MixParams) -> HeldoutLine:
    if _is_replay(cell.language, params):
        return HeldoutLine(row.id, "forgetting", alike=cell.domain in params.replay_domains)
    return HeldoutLine(row.id, "gain")


def _check_streams(params: MixParams, train: Sequence[TrainLine]) -> None:
    present = {line.stream for line in train}
    for name, share in params.shares.items():
        if share > 0 and name not in present:
            raise RecipeError(
                f"the mix gives '{name}' a share, but no document trains in it",
                why=f"streams with documents: {', '.join(sorted(present)) or 'none'}",
                mend=did_you_mean(name, present) or "remove the share, or add a source",
            )


def _normalise(shares: dict[str, float]) -> dict[str, float]:
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def _count_licenses(rows: Sequence[Document], train: Sequence[TrainLine]) -> list[dict[str, object]]:
    """Source, licence, evidence, documents and bytes of what trains."""
    trained = {line.id for line in train}
    table: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        if row.id in trained:
            cell = table.setdefault((row.source, row.license, row.license_evidence), [0, 0])
            cell[0] += 1
            cell[1] += len(row.text.encode())
    return [
        {"source": source, "license": name, "evidence": evidence, "documents": number, "bytes": size}
        for (source, name, evidence), (number, size) in sorted(table.items())
    ]
