"""Which tokens train at which step: a pure function of the tokens, the seed and the step, so resuming needs no cursor file.

    data = Blocks(tokens, seed=1, length=256, blocks=1152)
    data.batch(step=3, size=4)      -> int64 (4, 256)

Each stream's pages are shuffled anew every epoch, joined, and cut into blocks; which stream gives the next block is
decided by the largest shortfall against its share, so every prefix of training has the mix that the recipe asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ayni.core.digest import digest_bytes
from ayni.core.errors import InputError
from ayni.core.formats.mix import Phase
from ayni.core.formats.tokens import Tokens
from ayni.pipeline.recipe import seed_for


class Blocks:
    """The whole order of training, decided before the first step."""

    def __init__(self, tokens: Tokens, *, seed: int, length: int, blocks: int) -> None:
        head = tokens.head()
        self.names = [stream.name for stream in head.streams if stream.share > 0]
        shares = [stream.share for stream in head.streams if stream.share > 0]
        self.length = length
        self.order = schedule_phases(head.phases, self.names, blocks) if head.phases else schedule_streams(shares, blocks)
        self.ids = {name: _lay_out(tokens, name, seed, length * int((self.order == index).sum())) for index, name in enumerate(self.names)}
        before = np.stack([np.cumsum(self.order == index) for index in range(len(self.names))])
        self.position = before[self.order, np.arange(blocks)] - 1  # how often its stream was drawn before

    def batch(self, step: int, size: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Token ids (size, length) of one step."""
        rows = []
        for block in range(step * size, (step + 1) * size):
            begin = int(self.position[block]) * self.length
            rows.append(self.ids[self.names[self.order[block]]][begin : begin + self.length])
        return np.stack(rows).astype(np.int64)

    def streams(self, step: int, size: int) -> list[str]:
        """Which stream each block of a step comes from."""
        return [self.names[index] for index in self.order[step * size : (step + 1) * size]]

    def digest(self) -> str:
        """SHA-256 of everything that will be trained on, in order: stored in checkpoints, compared on resume."""
        return digest_bytes(self.order.tobytes() + b"".join(self.ids[name].tobytes() for name in self.names))


def schedule_streams(shares: list[float], blocks: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """int64 (blocks,): the stream of each block; after any number of blocks every stream is within one of its share."""
    weights = np.array(shares) / sum(shares)
    given = np.zeros(len(weights))
    order = np.empty(blocks, dtype=np.int64)
    for block in range(blocks):
        chosen = int(np.argmax(weights * (block + 1) - given))
        given[chosen] += 1
        order[block] = chosen
    return order


def schedule_phases(phases: Sequence[Phase], names: list[str], blocks: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """int64 (blocks,): one phase after the other, each with its part of the blocks and its own shares."""
    ends = np.rint(blocks * np.cumsum([phase.part for phase in phases]) / sum(phase.part for phase in phases)).astype(int)
    sizes = np.diff([0, *ends])
    return np.concatenate(
        [schedule_streams([phase.shares.get(name, 0.0) for name in names], size) for phase, size in zip(phases, sizes, strict=True)]
    )


def _lay_out(tokens: Tokens, name: str, seed: int, needed: int) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """The first `needed` ids of the stream's shuffled epochs, joined."""
    ids, pages = tokens.ids(name), tokens.pages(name)
    if len(ids) == 0 and needed:
        raise InputError(f"the stream '{name}' has a share of training but no tokens", mend="change its share in the mix")
    parts: list[np.ndarray[Any, Any]] = []
    have = epoch = 0
    while have < needed:
        generator = np.random.Generator(np.random.PCG64(seed_for(seed, f"{name}/{epoch}")))
        for page in generator.permutation(len(pages) - 1):
            parts.append(np.asarray(ids[pages[page] : pages[page + 1]]))
            have += len(parts[-1])
            if have >= needed:
                break
        epoch += 1
    joined = np.concatenate(parts) if parts else np.empty(0, dtype=np.uint32)
    return joined[:needed].astype(np.uint32)
