"""HTML kept as strings in a JavaScript file: `export const laws = [{"law": "...", "article": "...", "content": "<p>..."}, ...]`.

    [Piece(text="Art. 1\\n...\\n\\nArt. 2\\n...", title="Código Civil", record="1"), ...]

Nothing is run. Every object of strings is a record, whatever stands between them: real files have forgotten commas and
arrays pasted into arrays. Records that follow one another with the same value in a field that all have (the law's name) are one
document; without such a field each record is one. Data without HTML are the `javascript` reader's.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.html import body_text
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_HTML = re.compile(rb"[\"'`]\s*<(?:p|div|h[1-6]|ul|ol|table|span|article|section)\b[^\"'`]*")
_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>\"(?>[^\"\\]|\\.)*+\"|'(?>[^'\\]|\\.)*+'|`(?>[^`\\]|\\.)*+`)"
    r"|(?P<word>[\w$]+)|(?P<sign>[{}\[\]:,\"'`])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_MEANINGS = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": "", "v": "", "0": "", "\n": ""}
_ADDRESSES = {"id", "_id", "key", "slug", "uuid", "url", "href", "src"}  # names of things, not text


class HtmlInJsReader:
    """.js whose data are HTML."""

    name = "html_in_js"
    suffixes = (".js", ".mjs", ".ts")

    def probe(self, path: Path, head: bytes) -> bool:
        """A string that begins with an element, in a file with the suffix of a program."""
        return path.suffix.lower() in self.suffixes and _HTML.search(head) is not None

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """A document a run of records, the last cut record as bad."""
        text = decode(path.read_bytes(), str(options.get("encoding", "")))[0]
        records, cut = _collect(text)
        if not records:
            raise Unreadable("no data in the program", offset=0, why="no object that holds strings")
        field = _find_work(records)
        number = 0
        for name, run in itertools.groupby(records, key=lambda record: record[field] if field else id(record)):
            written = "\n\n".join(filter(None, (_write(record, field) for record in run)))
            if written:
                number += 1
                yield Piece(written, title=_plain(str(name)) if field else "", record=str(number))
        if cut is not None:
            yield Bad(str(number + 1), "the file is cut off inside an object", cut)


def _collect(text: str) -> tuple[list[dict[str, str]], int | None]:
    """The objects' strings by name, and the offset of an object that never ends."""
    records: list[dict[str, str]] = []
    stack: list[_Open] = []
    last = ""
    for token in _TOKEN.finditer(text):
        sign = token[0] if token.lastgroup == "sign" else ""
        top = stack[-1] if stack else None
        if token.lastgroup == "string":
            last = _mean(token[0])
            if top is not None and top.key:
                top.fields[top.key] = "\n".join(filter(None, (top.fields.get(top.key), last)))
        elif token.lastgroup == "word":
            last = token[0]
        elif sign == "{":
            stack.append(_Open(token.start(), {}))
        elif sign == "[":
            stack.append(_Open(token.start(), top.fields if top is not None and top.key else {}, top.key if top is not None else "", True))
        elif sign == ":" and top is not None and not top.is_list:
            top.key = last
        elif sign == "," and top is not None and not top.is_list:
            top.key = ""
        elif sign in ("}", "]") and top is not None:
            stack.pop()
            if sign == "}" and not top.is_list and top.fields:
                records.append(top.fields)
        elif sign in ('"', "'", "`"):
            break  # a string that never ends
    begins = [each.begin for each in stack if not each.is_list]
    return records, len(text[: begins[-1]].encode()) if begins else None


@dataclass
class _Open:
    """A bracket that is not closed yet; a list under a name writes into that name."""

    begin: int
    fields: dict[str, str]
    key: str = ""
    is_list: bool = False


def _find_work(records: list[dict[str, str]]) -> str:
    """The field whose equal values stand together in runs of two and more on the mean; empty where there is none."""
    for name in records[0]:
        if all(name in record for record in records):
            runs = [value for value, _ in itertools.groupby(record[name] for record in records)]
            if len(runs) == len(set(runs)) and 2 * len(runs) <= len(records):
                return name
    return ""


def _write(record: Mapping[str, str], field: str) -> str:
    return "\n".join(filter(None, (_plain(value) for name, value in record.items() if name != field and name.lower() not in _ADDRESSES)))


def _plain(value: str) -> str:
    return body_text(value) if "<" in value or "&" in value else value.strip()


def _mean(string: str) -> str:
    body = string[1:-1]
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(found: re.Match[str]) -> str:
    if code := found[1] or found[2] or found[3]:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
    return _MEANINGS.get(found[4], found[4])


READER = HtmlInJsReader()
