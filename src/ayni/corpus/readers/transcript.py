"""Transcripts of conversations in Mapudungun by the AVENUE project (Carnegie Mellon University, Universidad de La Frontera).

    nmlch-pmsmc1_1_0015_pmsmc_00:
    M: <uh> <*SPA>mi <*SPA>madre           -> Piece("mi madre ...", language="arn", record="M", group="./nmlch-pmsmc1")
    C: mi madre                            -> Piece("mi madre ...", language="es", record="C", group="./nmlch-pmsmc1")

A turn is a line. Of a file with lines M (Mapudungun) and C (castellano) each side is a document; a .trl file has one side.
Noise (<Noise>, <Cough>), hesitations (<uh>), cuts (<%>) and pronunciations (<!1pu'>, after the word that they are of) are left
out, the signs of repeated (+/../+) and broken-off (-/../-) speech too, and their words stay. <*SPA> says that the next
word is Spanish: options = {marks = true} keeps it, for whoever wants to measure code-switching. Speakers' codes are left out.
Binary remains (two of the real files hold pieces of a Word document) are bad records; the other lines go on.
Source: M. Duan et al., A Resource for Computational Experiments on Mapudungun, 2019 (arXiv:1912.01772), and the files themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_SIDE = re.compile(r"\s*([MC])(?:\s*[:;.]|(?=[\s<]))\s*(.*)")
_SPANISH = re.compile(r"<\*?SPA>?\s*")
_TAGS = re.compile(r"<!+[^>\s]*>?|<%>|<(?:uh|uhm|hm|P|Noise|Cough|Laugh|Throat|Smack|\*A)>?|<>")
_SIGNS = re.compile(r"[+-]/|/[+-]|[*%](?=\w)|(?<=\w)[%=](?=\s|$)|[<>]|(?<!\S)[%*=](?!\S)")
_SHORT, _LONGEST_NAME = 200, 80  # letters
_LANGUAGES = {"M": "arn", "C": "es"}


class TranscriptReader:
    """.trl, and .txt that begins with the transcriber's header."""

    name = "transcript"
    suffixes = (".trl", ".txt")

    def probe(self, path: Path, head: bytes) -> bool:
        """The transcriber's header, whose lines and signs are not the same everywhere."""
        return re.search(rb";\s*File:", head[:600]) is not None and b"Transcriber:" in head[:600]

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """One document a side. Raises Unreadable where nobody speaks."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        data, spoilt = _cut_binary(data)
        yield from spoilt
        text, _ = decode(data, str(options.get("encoding", "")))
        header, sides = _read_turns(text.splitlines())
        title = header.get("file", "") or path.stem
        date = _find_date(header.get("last changes made", ""))
        found = False
        for side, turns in sides.items():
            lines = [line for line in (_clean(" ".join(turn), bool(options.get("marks"))) for turn in turns) if line]
            if lines:
                found = True
                record = side if len(sides) > 1 else ""
                yield Piece("\n".join(lines), title=title, language=_LANGUAGES[side], date=date, record=record, group=f"./{title}")
        if not found:
            raise Unreadable("the transcript holds no speech", offset=0)


def _cut_binary(data: bytes) -> tuple[bytes, list[Bad]]:
    """The file without lines that hold NUL bytes, and what was cut; a short line between two of them goes with them."""
    if b"\0" not in data:
        return data, []
    lines = data.split(b"\n")
    bad = [b"\0" in line for line in lines]
    for place in range(1, len(lines) - 1):
        bad[place] = bad[place] or (bad[place - 1] and bad[place + 1] and len(lines[place]) < _SHORT)
    found = []
    offset = 0
    for place, line in enumerate(lines):
        if bad[place] and not (place and bad[place - 1]):
            found.append(Bad(f"line {place + 1}", "bytes of a binary file", offset))
        offset += len(line) + 1
    return b"\n".join(line for line, spoilt in zip(lines, bad, strict=True) if not spoilt), found


def _find_date(stated: str) -> str:
    """Month/day/year as a date; day/month/year where it can only be that."""
    stamp = re.search(r"(\d\d)/(\d\d)/(\d{4})", stated)
    if stamp is None:
        return ""
    month, day, year = stamp.groups()
    return f"{year}-{day}-{month}" if int(month) > 12 else f"{year}-{month}-{day}"


def _read_turns(lines: list[str]) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    """The header, and the turns of each side as they were written."""
    header: dict[str, str] = {}
    paired = sum(line.lstrip().startswith(("M:", "C:")) for line in lines) > 1
    sides: dict[str, list[list[str]]] = {"M": [], "C": []} if paired else {"M": []}
    side = "M"
    for line in lines:
        if line.startswith(";"):
            name, _, value = line.lstrip("; ").partition(":" if ":" in line else " on ")
            header[name.strip().lower()] = value.strip()
            continue
        spoken = _SIDE.fullmatch(line) if paired else None
        head, _, rest = line.partition(":")
        if spoken is None and _is_turn(head.strip()):
            for turns in sides.values():
                turns.append([])
            side, line = "M", rest
        elif spoken is not None:
            side, line = spoken[1], spoken[2]
        if line.strip():
            sides[side] = sides[side] or [[]]
            sides[side][-1].append(line)
    return header, sides


def _is_turn(head: str) -> bool:
    """Whether this names a turn: nmlch-pmsmc1_x_0015_pmsmc_00, which many files have misspelt."""
    return "_" in head and len(head) < _LONGEST_NAME and head.count(" ") < 2 and re.search(r"\d\d", head) is not None


def _clean(turn: str, marks: bool) -> str:
    words = _TAGS.sub(" ", _SPANISH.sub("\x02" if marks else "", turn))
    return " ".join(_SIGNS.sub("", words).replace("\x02", "<*SPA>").split())


READER = TranscriptReader()
