"""Clusters: from the pairs that are alike to who stays, and whose copy every other one is.

    found = find_clusters(edges, about, Preference(("starter",), "newest"))

All documents that a chain of pairs links are one cluster, named after its first. Not all others of it go: in the order of preference
a document stays unless it is alike to one that stays, so that each one that goes is alike to the one that it names.
Order: the policy on versions for laws of a known date; then the source's priority; the longest text; the newest; the least id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ayni.corpus.copies.candidates import EXACT

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Preference:
    """Sources whose copy stays, first to last; which version of a law does: newest, oldest or all."""

    priority: tuple[str, ...]
    versions: str


@dataclass(frozen=True)
class Clusters:
    """Of each document in a cluster, in the order of `about`: rows of `about`, -1 for nothing; kind; similarity to the one that stays."""

    copy_of: Numbers
    cluster: Numbers
    kind: list[str | None]
    similarity: npt.NDArray[np.float64]


def find_clusters(one: Numbers, other: Numbers, edges: npt.NDArray[Any], about: pa.Table, preference: Preference) -> Clusters:
    """`one`, `other`: the ends of the edges as rows of `about`, which has the documents that stand in an edge and no others."""
    from ayni.text.kernels.pairs import choose, join

    place = _order(about, preference)
    exact, same, linked = (np.arange(len(place)) for _ in range(3))
    join(exact, *_take(one, other, (edges["flags"] & EXACT) > 0))
    join(same, *_take(one, other, edges["similarity"] == 1))
    join(linked, one, other)
    editions = _number_editions(about)
    if preference.versions == "all":
        same = np.unique(np.column_stack([same, editions]), axis=0, return_inverse=True)[1].reshape(-1)
    best = _find_first(same, place)  # of each document, the first of those that are the same
    nodes, node = np.unique(place[best], return_inverse=True)
    drop = ~_are_versions(one, other, editions) if preference.versions == "all" else np.ones(len(one), np.bool_)
    left, right, weights = node[one[drop]], node[other[drop]], edges["similarity"][drop]
    starts, others, weights = _index(left, right, weights, len(nodes))
    leaders, heaviest = np.empty(len(nodes), np.int64), np.empty(len(nodes), np.int64)
    choose(starts, others, weights, leaders, heaviest)
    by_place = np.argsort(place)
    stays = by_place[nodes[leaders[node]]]
    similarity = np.where(heaviest[node] >= 0, weights[np.maximum(heaviest[node], 0)] if len(weights) else 1.0, 1.0)
    copy_of = np.where(stays == np.arange(len(place)), -1, stays)
    versions = _are_versions(np.arange(len(place)), stays, editions)
    kinds = np.where(exact == exact[stays], "exact", np.where(versions, "version", "near"))
    kind = [None if copy < 0 else str(name) for copy, name in zip(copy_of.tolist(), kinds, strict=True)]
    return Clusters(copy_of, _find_first(linked, place), kind, np.where(copy_of < 0, np.nan, similarity))


def _order(about: pa.Table, preference: Preference) -> Numbers:
    """The place of each document in the order of preference."""
    ranks = {name: rank for rank, name in enumerate(preference.priority)}
    rows = zip(*(about[name].to_pylist() for name in ("id", "source", "version", "law", "bytes")), strict=True)
    keys = []
    for name, source, version, law, size in rows:
        dated = bool(law and version) and preference.versions != "all"
        age = _age(version)
        by_policy = (0, age if preference.versions == "newest" else -age) if dated else (1, 0)
        keys.append((by_policy, ranks.get(source, len(ranks)), -size, age, name))
    place = np.empty(len(keys), np.int64)
    place[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return place


def _age(date: str) -> int:
    """Less for a later date (ISO 8601, perhaps of a year or a month only); 0 for none."""
    digits = "".join(letter for letter in date[:10] if letter.isdigit())
    return -int(digits.ljust(8, "0")) if digits else 0


def _number_editions(about: pa.Table) -> Numbers:
    """Numbers (documents, 2) of the law and of its version's date; both 0 for what is no law or has no date."""
    rows = zip(about["law"].to_pylist(), about["version"].to_pylist(), strict=True)
    known = [(law, version) if law and version else (0, "") for law, version in rows]
    laws = {law: place for place, law in enumerate(sorted({0, *(law for law, _ in known)}))}
    dates = {date: place for place, date in enumerate(sorted({"", *(date for _, date in known)}))}
    return np.array([(laws[law], dates[date]) for law, date in known], np.int64).reshape(-1, 2)


def _are_versions(one: Numbers, other: Numbers, editions: Numbers) -> npt.NDArray[np.bool_]:
    """Whether two documents are of one law and of different dates."""
    left, right = editions[one], editions[other]
    return (left[:, 0] > 0) & (left[:, 0] == right[:, 0]) & (left[:, 1] != right[:, 1])


def _take(one: Numbers, other: Numbers, chosen: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    return one[chosen], other[chosen]


def _find_first(groups: Numbers, place: Numbers) -> Numbers:
    """Of each document, the one of its group that comes first."""
    order = np.lexsort((place, groups))
    _, starts, back = np.unique(groups[order], return_index=True, return_inverse=True)
    first = np.empty(len(groups), np.int64)
    first[order] = order[starts[back]]
    return first


def _index(left: Numbers, right: Numbers, weights: npt.NDArray[Any], nodes: int) -> tuple[Numbers, Numbers, npt.NDArray[Any]]:
    """Neighbours of every node, one after another, and where each node's begin."""
    ends, others, both = np.concatenate([left, right]), np.concatenate([right, left]), np.concatenate([weights, weights])
    order = np.argsort(ends, kind="stable")
    return np.searchsorted(ends[order], np.arange(nodes + 1)), others[order], both[order]
