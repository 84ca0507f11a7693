"""Tokens: memory-mapped ids of pages, one file a stream, and the digest of the tokenizer that made them.

<stream>.ids.npy       uint32 (tokens,), every page begins with the boundary token
<stream>.pages.npy     int64 (pages + 1,), where each page begins
tokens.json            tokenizer digest, boundary id, vocabulary size, share / tokens / bytes per stream, phases where there are several
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact
from ayni.core.formats.mix import Phase


@dataclass(frozen=True)
class Stream:
    """One stream of tokens: its share of training, its size."""

    name: str
    share: float
    tokens: int
    pages: int
    bytes: int


@dataclass(frozen=True)
class TokensHead:
    """What tokens.json holds."""

    tokenizer: str
    boundary: int
    vocabulary: int
    streams: tuple[Stream, ...]
    phases: tuple[Phase, ...] = ()  # stretches of training with shares of their own; none: one stretch, by the streams' shares


class Tokens(Artifact, kind="tokens"):
    """Token ids by stream."""

    def write(self, head: TokensHead, ids: dict[str, np.ndarray[Any, Any]], pages: dict[str, np.ndarray[Any, Any]]) -> None:
        """Write ids (tokens,) and page starts (pages + 1,) of every stream."""
        for stream in head.streams:
            np.save(self.path / f"{stream.name}.ids.npy", ids[stream.name].astype(np.uint32), allow_pickle=False)
            np.save(self.path / f"{stream.name}.pages.npy", pages[stream.name].astype(np.int64), allow_pickle=False)
        body = asdict(head)
        write_json(self.path / "tokens.json", body if head.phases else {key: value for key, value in body.items() if key != "phases"})

    def head(self) -> TokensHead:
        """The tokenizer's digest and the streams."""
        body = read_json(self.path / "tokens.json")
        phases = tuple(Phase(**each) for each in body.get("phases", ()))
        return TokensHead(**{**body, "streams": tuple(Stream(**each) for each in body["streams"]), "phases": phases})

    def ids(self, stream: str) -> np.ndarray[Any, Any]:
        """uint32 (tokens,), memory-mapped."""
        return np.load(self.path / f"{stream}.ids.npy", mmap_mode="r", allow_pickle=False)

    def pages(self, stream: str) -> np.ndarray[Any, Any]:
        """int64 (pages + 1,)."""
        return np.load(self.path / f"{stream}.pages.npy", allow_pickle=False)

    def check(self) -> None:
        """Sizes agree, and no id is outside of the vocabulary."""
        head = self.head()
        for stream in head.streams:
            ids, pages = self.ids(stream.name), self.pages(stream.name)
            if len(ids) != stream.tokens or len(pages) != stream.pages + 1 or pages[-1] != len(ids):
                raise FormatError(f"the stream '{stream.name}' has another length than tokens.json states")
            if len(ids) and int(ids.max()) >= head.vocabulary:
                raise FormatError(f"the stream '{stream.name}' has ids outside of the vocabulary")

    def counts(self) -> dict[str, object]:
        """Tokens and pages, by stream."""
        return {stream.name: {"tokens": stream.tokens, "pages": stream.pages, "bytes": stream.bytes} for stream in self.head().streams}
