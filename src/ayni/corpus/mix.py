"""Stage `corpus.mix`: what trains, in which shares, and what is held out to measure the gain and the forgetting.

    [mix]
    stage = "corpus.mix"
    documents = "@clean"
    picks = "@picks"
    notes = "@notes"                 # the language found in the text, for documents whose source states none
    duplicates = "@duplicates"       # clusters: no near-copy of a held-out document trains
    temperature = 3.3                # every language, by size^(1/3.3); or shares = { nah = 0.2, es = 0.8 }
    max_epochs = 4                   # of `budget_bytes`; by default as many bytes as there are

A stream of training is a language, or a language of one source where `shares` names it so ("es-starter"). Every kept
document belongs to a cell (source, language, country). Of each cell whole groups (a work, a file) are held out, chosen by
hash, and a little of each is measured; no piece of a measured work trains, in whatever language, and no near-copy of a measured
document. Documents of the replay's language train only where their domain is the replay's; its other domains measure what was
forgotten, unlike the replay. Phases follow each other in training, each with shares of its own. All that is left out is counted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from ayni.core.errors import RecipeError
from ayni.core.formats.documents import Documents
from ayni.core.formats.mix import EXCLUDED, HELDOUT, TRAIN, Mix, MixHead, StreamLine, make_table
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.core.suggest import did_you_mean
from ayni.corpus.candidates import Candidates, is_unknown, read_candidates
from ayni.corpus.shares import NOTHING, PhasePlan, Plan, plan_phases
from ayni.corpus.split import Cell, Holdout, choose_works, find_cells, take_bytes
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

REPLAY = "replay"


class PhaseParams(StageParams):
    """A phase: its `part` of training, and its own `shares` or `temperature` where they are not those of the mix."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    part: float = Field(gt=0)
    shares: dict[str, float] | None = None
    temperature: float | None = Field(default=None, ge=1, le=1000)


class MixParams(StageParams):
    """`shares` by stream; `temperature` for all other streams (none: they stay out); `max_epochs` of a stream in a training of
    `budget_bytes` (0: all that there are); `max_bytes` of a stream; whole `heldout_sources`; bytes held out per cell; the
    replay's language and domain; `licenses` that may train; `rights`: what the notes of that name must allow (any: nothing is
    asked); `phases` in order, with parts of any sum.
    """

    shares: dict[str, float] = {}
    temperature: float | None = Field(default=None, ge=1, le=1000)
    max_epochs: float = Field(default=0.0, ge=0)
    budget_bytes: int = Field(default=0, ge=0)
    max_bytes: int = Field(default=0, ge=0)
    phases: tuple[PhaseParams, ...] = ()
    heldout_sources: tuple[str, ...] = ()
    heldout_bytes: int = Field(default=2000, ge=0)
    heldout_bytes_by_language: dict[str, int] = {}
    heldout_piece_bytes: int = Field(default=800, ge=1)  # of one work; the budget says how many works that makes
    heldout_share: float = Field(default=0.34, gt=0, lt=1)
    replay_language: str = ""
    replay_domains: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    rights: Literal["any", "releasable", "commercial"] = "any"

    def plans(self) -> list[PhasePlan]:
        """The phases in order; without any, one that is called main."""
        phases = self.phases or (PhaseParams(name="main", part=1.0),)
        return [PhasePlan(each.name, each.part, *self._weights(each)) for each in phases]

    def _weights(self, phase: PhaseParams) -> tuple[dict[str, float], float]:
        own = phase if phase.shares is not None or phase.temperature is not None else self
        return own.shares or {}, own.temperature or 0.0

    def budget(self, language: str) -> int:
        """Bytes that measure a cell of a language."""
        return self.heldout_bytes_by_language.get(language, self.heldout_bytes)

    def is_replay(self, language: str) -> bool:
        """Whether it is the language that is only repeated, not learnt."""
        return bool(self.replay_language) and language == self.replay_language

    @model_validator(mode="after")
    def _check(self) -> MixParams:
        names = [each.name for each in self.phases]
        if len(set(names)) < len(names):
            raise ValueError(f"two phases have one name: {', '.join(names)}; call them main, annealing, ...")
        for plan in self.plans():
            total = sum(plan.shares.values())
            if any(share < 0 for share in plan.shares.values()):
                raise ValueError(f"a share of the phase '{plan.name}' is below 0; 0 keeps a stream out")
            if not plan.temperature and total <= 0:
                raise ValueError("nothing says what trains: give shares = { es = 0.5, ... } or temperature = 3.3 for every language")
            if plan.temperature and total >= 1:
                raise ValueError(f"the shares sum to {total:g} and leave nothing to the temperature; let them sum to less than 1")
        return self


@stage("corpus.mix", version=3)
def mix(  # type: ignore[return]
    job: Job, documents: Documents, picks: Picks, params: MixParams, notes: Notes | None = None, duplicates: Notes | None = None
) -> Mix:
    """Split every cell into training and held-out groups, plan the shares, and write a line for every kept document."""
    rows = read_candidates(documents, picks, [each for each in (notes, duplicates) if each])
    _exclude(rows, params)
    cells = find_cells(rows, params.replay_language)
    measured = _hold_out(rows, cells, params)
    stream = _assign_streams(rows, params, measured)
    _cap_bytes(rows, stream, params.max_bytes, measured)
    trains = rows.allowed() & ~measured
    sizes = _sum_by_stream(stream[trains], rows.bytes[trains])
    plans = params.plans()
    _check_streams(plans, sizes)
    plan = (
        NOTHING
        if not sizes
        else plan_phases(sizes, plans, budget=float(params.budget_bytes or sum(sizes.values())), most=params.max_epochs)
    )
    excluded, excluded_bytes = rows.count_excluded()
    head = MixHead(
        shares=plan.shares,
        phases=plan.phases,
        budget_bytes=round(plan.budget),
        streams=_describe_streams(rows, stream, trains, measured, plan),
        licenses=_count_licenses(rows, trains),
        heldout_share=params.heldout_share,
        kept=len(rows),
        excluded=excluded,
        excluded_bytes=excluded_bytes,
    )
    Mix(job.folder).write(head, *_make_tables(rows, stream, trains, measured, params))


def _exclude(rows: Candidates, params: MixParams) -> None:
    """Who may neither train nor measure, and why. What was withdrawn is no longer among the kept: every selection obeys the list."""
    if params.rights != "any" and not rows.rights:
        raise RecipeError(f"the mix asks for rights = '{params.rights}', but no notes say them", mend="add the scorer rights to `notes`")
    if params.rights != "any":
        rows.exclude(f"not_{params.rights}", ~rows.rights[params.rights])
    rows.exclude("license", ~rows.license.isin(params.licenses) if params.licenses else np.zeros(len(rows), np.bool_))


def _hold_out(rows: Candidates, cells: Sequence[Cell], params: MixParams) -> Any:
    """Which rows measure; the rest of their works, and every near-copy of them, is kept out of training."""
    unknown = [name for name in params.heldout_sources if name not in rows.source.values]
    if unknown:
        known = sorted(rows.source.values)
        raise RecipeError(
            f"heldout_sources names '{unknown[0]}', of which no document was kept",
            why=f"sources: {', '.join(known)}",
            mend=did_you_mean(unknown[0], known) or "take the name out",
        )
    measured = np.zeros(len(rows), np.bool_)
    works: set[int] = set()
    for cell in cells:
        chosen = _choose(rows, cell, params)
        works |= chosen
        pieces = cell.places[np.isin(rows.work[cell.places], list(chosen))]
        measured[take_bytes(rows, pieces, params.budget(cell.language))] = True
    rows.exclude("heldout_source", rows.source.isin(params.heldout_sources) & ~measured)
    rows.exclude("measured_work", np.isin(rows.work, list(works)) & ~measured)
    rows.exclude("copy_of_heldout", np.isin(rows.cluster, rows.cluster[measured]) & ~measured)
    return measured


def _choose(rows: Candidates, cell: Cell, params: MixParams) -> set[int]:
    unlike = params.is_replay(cell.language) and cell.domain not in params.replay_domains
    if unlike or cell.source in params.heldout_sources:
        return set(rows.work[cell.places].tolist())  # measures only: text unlike the replay never trains
    return choose_works(rows, cell, Holdout(params.budget(cell.language), params.heldout_piece_bytes, params.heldout_share))


def _assign_streams(rows: Candidates, params: MixParams, measured: Any) -> Any:
    """The stream's name a row ("" for none); rows of none that do not measure stay out."""
    named = {name for plan in params.plans() for name, share in plan.shares.items() if share > 0}
    zero = {name for plan in params.plans() for name in plan.shares} - named
    open_ended = any(plan.temperature for plan in params.plans())
    width = len(rows.source.values) or 1
    pairs, code = np.unique(rows.language.codes.astype(np.int64) * width + rows.source.codes, return_inverse=True)
    streams = []
    for language, source in ((rows.language.values[pair // width], rows.source.values[pair % width]) for pair in pairs.tolist()):
        narrow = f"{language}-{source}"
        name = REPLAY if params.is_replay(language) else narrow if narrow in named | zero else language
        known = name in named or (open_ended and name not in zero and not is_unknown(language))
        streams.append((name, known))
    names = np.array([name for name, _ in streams], dtype=object)
    flows = np.array([flow for _, flow in streams], dtype=np.bool_)
    rows.exclude("no_stream", ~flows[code.ravel()] & ~measured if len(pairs) else measured)
    return names[code.ravel()]


def _cap_bytes(rows: Candidates, stream: Any, most: int, measured: Any) -> None:
    """Of a stream with more than `most` bytes only whole works train, in the order of a hash."""
    over = np.zeros(len(rows), np.bool_)
    here = np.flatnonzero(rows.allowed() & ~measured)
    sizes: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[int, str] = {}
    if most:
        for place in here.tolist():
            work = int(rows.work[place])
            sizes[stream[place]][work] += int(rows.bytes[place])
            names.setdefault(work, f"{rows.source[place]}/{rows.group[place]}")
    for name, works in sizes.items():
        if sum(works.values()) > most:
            stay: set[int] = set()
            taken = 0
            for work in sorted(works, key=lambda each: hashlib.sha256(names[each].encode()).digest()):
                if not stay or taken + works[work] <= most:
                    stay.add(work)
                    taken += works[work]
            mine = here[stream[here] == name]
            over[mine[~np.isin(rows.work[mine], list(stay))]] = True
    rows.exclude("over_cap", over)


def _sum_by_stream(stream: Any, sizes: Any) -> dict[str, float]:
    names, code = np.unique(stream.astype(str), return_inverse=True)
    return dict(zip(names.tolist(), np.bincount(code.ravel(), weights=sizes, minlength=len(names)).tolist(), strict=True))


def _check_streams(plans: Sequence[PhasePlan], sizes: dict[str, float]) -> None:
    for name, share in (pair for plan in plans for pair in plan.shares.items()):
        if share > 0 and name not in sizes:
            raise RecipeError(
                f"the mix gives '{name}' a share, but no document trains in it",
                why=f"streams with documents: {', '.join(sorted(sizes)) or 'none'}",
                mend=did_you_mean(name, sizes) or "remove the share, or add a source",
            )


def _describe_streams(rows: Candidates, stream: Any, trains: Any, measured: Any, plan: Plan) -> tuple[StreamLine, ...]:
    total = float(rows.bytes[trains].sum()) or 1.0
    counts = [_sum_by_stream(stream[chosen], np.ones(int(chosen.sum()))) for chosen in (trains, measured)]
    sizes = [_sum_by_stream(stream[chosen], rows.bytes[chosen]) for chosen in (trains, measured)]
    order = sorted({*counts[0], *counts[1]}, key=lambda name: (-plan.shares.get(name, 0.0), name))
    lines = []
    for name in order:
        size, share = sizes[0].get(name, 0.0), plan.shares.get(name, 0.0)
        lines.append(
            StreamLine(
                stream=name,
                documents=int(counts[0].get(name, 0)),
                bytes=int(size),
                natural=round(size / total, 9),
                share=round(share, 9),
                epochs=round(share * plan.budget / size, 4) if size else 0.0,
                capped=name in plan.capped,
                heldout_documents=int(counts[1].get(name, 0)),
                heldout_bytes=int(sizes[1].get(name, 0)),
            )
        )
    return tuple(lines)


def _count_licenses(rows: Candidates, trains: Any) -> list[dict[str, object]]:
    """Source, licence, evidence, documents and bytes of what trains."""
    columns = (rows.source, rows.license, rows.license_evidence)
    key = np.stack([column.codes[trains] for column in columns], axis=1)
    found, code = np.unique(key, axis=0, return_inverse=True)
    number = np.bincount(code.ravel(), minlength=len(found)).tolist()
    size = np.bincount(code.ravel(), weights=rows.bytes[trains], minlength=len(found)).tolist()
    names = [tuple(column.values[at] for column, at in zip(columns, each, strict=True)) for each in found.tolist()]
    return [
        {"source": source, "license": name, "evidence": evidence, "documents": documents, "bytes": int(total)}
        for (source, name, evidence), documents, total in sorted(zip(names, number, size, strict=True))
    ]


def _make_tables(rows: Candidates, stream: Any, trains: Any, measured: Any, params: MixParams) -> tuple[Any, Any, Any]:
    """The lines of what trains, measures, and stays out."""
    ids = rows.ids.to_numpy(zero_copy_only=False)
    replay = rows.language.isin([params.replay_language] if params.replay_language else [])[measured]
    alike = replay & rows.domain.isin(params.replay_domains)[measured]
    reasons = np.array(rows.reasons, dtype=object)
    out = ~rows.allowed()
    return (
        make_table(TRAIN, ids[trains], stream[trains]),
        make_table(HELDOUT, ids[measured], np.where(replay, "forgetting", "gain"), alike),
        make_table(EXCLUDED, ids[out], reasons[rows.reason[out]]),
    )
