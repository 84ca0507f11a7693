"""Groups and graphs over numbered documents: pairs within groups of rows that share a key, components, and who stays.

number = list_pairs(keys, marks, sizes, documents, chained, reach, pairs)
join(parents, one, other)           parents[i] leads to the root of i's component
choose(starts, others, weights, leaders, shares)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def list_pairs(keys: Any, marks: Any, sizes: Any, documents: Any, chained: bool, reach: int, pairs: Any) -> int:
    """Fill `pairs` (number, 2) where it has room; the number of pairs. Rows are sorted by key, size and mark.

    Rows of one key are paired with the `reach` that follow them, but those of one mark and size, or all if `chained`, are
    linked in a chain and stand for one.
    """
    found, at = 0, 0
    heads = np.empty(keys.size, np.int64)
    while at < keys.size:
        end = at + 1
        while end < keys.size and keys[end] == keys[at]:
            end += 1
        number = 0
        for row in range(at, end):
            if row > at and (chained or (marks[row] == marks[row - 1] and sizes[row] == sizes[row - 1])):
                if pairs.shape[0]:
                    pairs[found, 0], pairs[found, 1] = documents[row - 1], documents[row]
                found += 1
            else:
                heads[number] = row
                number += 1
        for first in range(number):
            for second in range(first + 1, min(number, first + 1 + reach)):
                if pairs.shape[0]:
                    pairs[found, 0], pairs[found, 1] = documents[heads[first]], documents[heads[second]]
                found += 1
        at = end
    return found


@njit(cache=True, nogil=True)
def find_root(parents: Any, place: int) -> int:
    """The root of a component, halving the way to it."""
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


@njit(cache=True, nogil=True)
def join(parents: Any, one: Any, other: Any) -> None:
    """Join the components of each pair, then let every place name its root: the least of its component."""
    for at in range(one.size):
        left, right = find_root(parents, one[at]), find_root(parents, other[at])
        if left < right:
            parents[right] = left
        else:
            parents[left] = right
    for place in range(parents.size):
        parents[place] = find_root(parents, place)


@njit(cache=True, nogil=True)
def choose(starts: Any, others: Any, weights: Any, leaders: Any, edges: Any) -> None:
    """In order, a node stays unless a node before it that stays is its neighbour: then the heaviest, and of these the first, leads it.

    The neighbours of node i are others[starts[i]:starts[i + 1]]. Fills `leaders`, itself for one that stays, and `edges`, or -1.
    """
    for node in range(leaders.size):
        leaders[node], edges[node] = node, -1
        for at in range(starts[node], starts[node + 1]):
            other = others[at]
            if other < node and leaders[other] == other:
                best = edges[node]
                if best < 0 or weights[at] > weights[best] or (weights[at] == weights[best] and other < others[best]):
                    leaders[node], edges[node] = other, at
