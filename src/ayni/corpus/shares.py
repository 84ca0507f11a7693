"""Which part of training every stream gets: stated shares, temperature for the rest, and a cap on how often a small one is repeated.

    plan_phases({"es": 310e6, "gn": 3e6}, [PhasePlan("main", 1.0, {}, 3.3)], budget=313e6, most=4.0)

Temperature: a stream's share goes with its size to the power 1/T (Conneau et al. 2020, "Unsupervised Cross-lingual Representation
Learning at Scale": alpha = 0.3, that is T = 3.3; Xue et al. 2021, "mT5": the same). T = 1 is the text as it is; a great T makes the
streams equal. Cap: no stream is repeated more than so many times, what it leaves goes to the others in their proportions (Chung
et al. 2023, "UniMax: Fairer and More Effective Language Sampling": equal shares under such a cap). Muennighoff et al. 2023,
"Scaling Data-Constrained Language Models": up to 4 repetitions are nearly as good as new text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ayni.core.formats.mix import Phase

_TINY = 1e-9


@dataclass(frozen=True)
class PhasePlan:
    """A phase as the recipe asks for it: its part of training, stated shares, and the temperature of all other streams (0: none)."""

    name: str
    part: float
    shares: Mapping[str, float]
    temperature: float = 0.0


@dataclass(frozen=True)
class Plan:
    """The phases as they will be, and the streams that the cap held down."""

    phases: tuple[Phase, ...]
    shares: dict[str, float]  # over all phases
    budget: float  # bytes; less than was asked for where every stream is used up
    capped: frozenset[str]


NOTHING = Plan((), {}, 0.0, frozenset())  # nothing may train, and no stream was asked for by name: an answer, and it is counted why


def weigh(sizes: Mapping[str, float], phase: PhasePlan) -> dict[str, float]:
    """Shares that sum to 1, before any cap: those stated, and for the others what these leave, by temperature."""
    stated = {name: share for name, share in phase.shares.items() if share > 0}
    if not phase.temperature:
        return _normalise(stated)
    rest = {name: size ** (1 / phase.temperature) for name, size in sizes.items() if name not in phase.shares and size > 0}
    left = 1 - sum(stated.values())
    if not rest or left <= 0:
        return _normalise(stated)
    return stated | {name: left * share for name, share in _normalise(rest).items()}


def plan_phases(sizes: Mapping[str, float], phases: Sequence[PhasePlan], *, budget: float, most: float = 0.0) -> Plan:
    """The shares of every phase under the cap of `most` epochs (0: none) of a training of `budget` bytes.

    The cap holds over all phases together: what a stream was given in the first is no longer there for the last.
    """
    total = sum(phase.part for phase in phases)
    wanted = [weigh(sizes, phase) for phase in phases]
    if not most and len(phases) == 1:  # nothing to work out: the shares to the last bit, so that what is built on them stays
        return Plan((Phase(phases[0].name, 1.0, wanted[0]),), wanted[0], budget, frozenset())
    room = {name: most * size if most else math.inf for name, size in sizes.items()}
    given: list[dict[str, float]] = []
    capped: set[str] = set()
    for phase, weights in zip(phases, wanted, strict=True):
        amounts, full = pour(weights, room, budget * phase.part / total)
        room = {name: left - amounts.get(name, 0.0) for name, left in room.items()}
        capped |= full
        given.append(amounts)
    spent = [sum(amounts.values()) for amounts in given]
    whole = {name: sum(amounts.get(name, 0.0) for amounts in given) for amounts in given for name in amounts}
    made = tuple(
        Phase(phase.name, size / sum(spent), _normalise(amounts))
        for phase, amounts, size in zip(phases, given, spent, strict=True)
        if size > 0
    )
    return Plan(made, _normalise(whole), sum(spent), frozenset(capped))


def pour(wanted: Mapping[str, float], room: Mapping[str, float], amount: float) -> tuple[dict[str, float], set[str]]:
    """Share `amount` out in the wanted proportions, none over its room: bytes by stream, and the streams that are full."""
    full: set[str] = set()
    while True:
        free = {name: share for name, share in wanted.items() if name not in full}
        left = amount - sum(room[name] for name in full)
        total = sum(free.values())
        level = {name: left * share / total for name, share in free.items()} if total else {}
        over = {name for name, size in level.items() if size > room[name] * (1 + _TINY)}
        if not over:
            return {name: room[name] if name in full else level[name] for name in wanted}, full
        full |= over


def _normalise(shares: Mapping[str, float]) -> dict[str, float]:
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()} if total > 0 else {}
