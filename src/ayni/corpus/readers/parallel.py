"""Parallel texts as Moses keeps them: one file a language, `train.es` beside `train.aym`, line by line translations of each other.

    train.es, train.aym    -> Piece("Hola, ...", language="es", record="1", group="./train"), ...
    train.source           where each line is from: Piece(group="./train: dictionary"), and domain by options = {domain_map = {...}}

A line is a document, its record the number of the line; lines of one number are translations of each other, and their group
keeps them together. The suffix is a language's tag: two or three letters that no reader claims, with a sibling of the same
name, one of them a language that there is a pack of. (`.tar` may be Tarahumara.) Empty lines are no documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.member import MemberPath
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.statements import name_language
from ayni.text.encoding import decode
from ayni.text.packs import load_packs

_TAG = re.compile(r"\.([a-z]{2,3})$")
_LABELS = ".source"
_NO_TAGS = re.compile(  # suffixes of files that are no language's
    "bat|bin|bmp|cfg|csv|dat|doc|exe|gif|htm|img|ini|jpg|js|log|md|pdf|php|png|py|rda|rds|rst|sh|sql|svg|tex|tsv|txt|xls|xml|yml|zip"
)


class ParallelReader:
    """Files whose suffix is a language's tag, beside files of the same name; `.source`, which says where their lines are from."""

    name = "parallel"
    suffixes = (_LABELS,)

    def probe(self, path: Path, head: bytes) -> bool:
        """A tag for a suffix, and a sibling; of a member of an archive, whose siblings nobody knows, a tag with a pack."""
        tag = _read_tag(path.name)
        if not tag:
            return False
        tags = {tag} if isinstance(path, MemberPath) else _list_tags(path.parent).get(path.stem, set())
        return (len(tags) > 1 or isinstance(path, MemberPath)) and any(name_language(each) in load_packs() for each in tags)

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """A document a line."""
        if path.suffix == _LABELS:
            raise Unreadable("says where the lines of other files are from", offset=0, why=f"they are read from '{path.stem}.LANGUAGE'")
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        lines = list(split_lines(data, str(options.get("encoding", ""))))
        labels = _read_labels(path, len(lines))
        if isinstance(labels, Bad):
            yield labels
            labels = None
        language, group = path.suffix[1:].lower(), f"./{path.stem}"
        domains = options.get("domain_map", {})
        for number, line in enumerate(lines):
            if isinstance(line, Bad):
                yield line
            elif line:
                label = labels[number] if labels else ""
                domain = str(domains.get(label, ""))
                yield Piece(line, record=str(number + 1), language=language, group=f"{group}: {label}" if label else group, domain=domain)


def split_lines(data: bytes, encoding: str = "") -> Iterator[str | Bad]:
    """The lines of a file, cut at line feeds only, so that the siblings' numbers agree; one that is no text is Bad alone."""
    lines: list[Any] = data.removesuffix(b"\n").split(b"\n")
    try:
        yield from (line.strip() for line in decode(data, encoding)[0].removesuffix("\n").split("\n"))
    except Unreadable:
        offset = 0
        for number, line in enumerate(lines, 1):
            try:
                yield decode(line, encoding)[0].strip()
            except Unreadable as error:
                yield Bad(str(number), error.what, offset + (error.offset or 0))
            offset += len(line) + 1


def _read_labels(path: Path, count: int) -> list[str] | Bad | None:
    """What the sibling `.source` says of each line."""
    place = path.with_suffix(_LABELS) if not isinstance(path, MemberPath) else None
    if place is None or not place.is_file():
        return None
    labels = [line if isinstance(line, str) else "" for line in split_lines(place.read_bytes())]
    return labels if len(labels) == count else Bad("labels", f"'{place.name}' has {len(labels)} lines for {count}: it is left alone")


def _read_tag(name: str) -> str:
    found = _TAG.search(name.lower())
    return found[1] if found and not _NO_TAGS.fullmatch(found[1]) else ""


@lru_cache(maxsize=64)
def _list_tags(folder: Path) -> dict[str, set[str]]:
    """Name without suffix -> the tags that follow it, for all files of a folder."""
    tags: dict[str, set[str]] = {}
    for path in folder.iterdir():
        if tag := _read_tag(path.name):
            tags.setdefault(path.stem, set()).add(tag)
    return tags


READER = ParallelReader()
