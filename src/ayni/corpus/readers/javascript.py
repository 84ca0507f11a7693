"""Data in JavaScript: the object and array literals that a program gives a name, as the same data in JSON would be read.

    export const leyes = [{ "articulo": "Art. 1", "contenido": "<p>La República ...</p>" }, ...]     records leyes/1, ...
    export const text = { Title: { es: "...", rap: "..." } }                                         records text/Title/0, ...

Nothing is run: strings (templates without ${}), numbers, names of keys, comments and `+` between strings are understood, and
a literal with anything else in it ends there. What a file that is cut off holds whole is read, and the cut is a bad record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.json_tables import find_tables
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.rows import make_pieces
from ayni.text.encoding import decode

_DEPTH = 100
_NAMED = re.compile(
    r"(?:^|[;\n}])\s*(?:export\s+)?(?:(?:const|let|var)\s+([\w$]+)\s*=|(?:default|module\.exports|exports\.([\w$]+))\s*=?)\s*(?=[\[{])"
)
_GAP = re.compile(r"(?>\s+|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)
_STRING = re.compile(
    r"'(?P<single>(?>[^'\\\n]|\\.)*+)'|\"(?P<double>(?>[^\"\\\n]|\\.)*+)\"|`(?P<template>(?>[^`\\$]|\\.|\$(?!\{))*+)`", re.DOTALL
)
_WORD = re.compile(r"[\w$]+")
_SCALAR = re.compile(r"(?:-?\d[\w.]*|true|false|null|undefined)\b")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
_MEANINGS = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "0": ""}


class JavascriptReader:
    """.js, .mjs, .ts: the data in it, and nothing else."""

    name = "javascript"
    suffixes = (".js", ".mjs", ".ts")

    def probe(self, path: Path, head: bytes) -> bool:
        """Never by content."""
        return False

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """The rows of every literal that has a name."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        text = decode(data, str(options.get("encoding", "")))[0]
        at = 0
        found = False
        while named := _NAMED.search(text, at):
            literal = _Literal(text)
            value, at = literal.read(named.end(), 0)
            name = named[1] or named[2] or "default"
            for table in find_tables(value, options):
                table.name = f"{name}/{table.name}" if table.name else name
                for item in make_pieces(table, options):
                    found = True
                    yield item
            if literal.stop:
                yield Bad(name, literal.stop, len(text[:at].encode()))
        if not found:
            raise Unreadable("no data in the program", offset=0, why="no named object or array of literals")


class _Literal:
    """A recursive reader of literals; `stop` says why it ended before the literal did."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stop = ""

    def read(self, at: int, depth: int) -> tuple[Any, int]:
        """The value at a place and where it ends."""
        at = self._pass(at)
        first = self.text[at : at + 1]
        if depth > _DEPTH:
            return self._give_up("nested too deeply", at)
        if first in ("{", "["):
            return self._read_items(at + 1, depth, "}" if first == "{" else "]")
        if string := _STRING.match(self.text, at):
            return self._read_string(string)
        if scalar := _SCALAR.match(self.text, at):
            return (None if scalar[0] in ("null", "undefined") else scalar[0]), scalar.end()
        return self._give_up("cut off" if not first else f"code at '{self.text[at : at + 20]}'", at)

    def _pass(self, at: int) -> int:
        found = _GAP.match(self.text, at)
        return found.end() if found else at

    def _give_up(self, reason: str, at: int) -> tuple[None, int]:
        self.stop = self.stop or f"the data end here: {reason}"
        return None, at

    def _read_items(self, at: int, depth: int, end: str) -> tuple[Any, int]:
        """What stands between brackets; as much of it as can be read."""
        items: list[Any] = []
        names: list[str] = []
        while not self.stop:
            at = self._pass(at)
            if self.text[at : at + 1] == end:
                at += 1
                break
            if end == "}":
                name, at = self._read_name(at)
                if self.stop:
                    break
                names.append(name)
            value, at = self.read(at, depth + 1)
            items.append(value)
            at = self._pass(at)
            if self.text[at : at + 1] == ",":
                at += 1
            elif self.text[at : at + 1] != end and not (end == "]" and self.text[at : at + 1] in ("{", "[")):  # a comma forgotten
                self._give_up("cut off" if at >= len(self.text) else f"code at '{self.text[at : at + 20]}'", at)
        return (dict(zip(names, items, strict=False)) if end == "}" else items), at

    def _read_name(self, at: int) -> tuple[str, int]:
        string = _STRING.match(self.text, at)
        name = _mean(string) if string else ""
        found: re.Match[str] | None = string or _WORD.match(self.text, at)
        if found is None:
            self._give_up("cut off" if at >= len(self.text) else f"code at '{self.text[at : at + 20]}'", at)
            return "", at
        after = self._pass(found.end())
        if self.text[after : after + 1] != ":":
            self._give_up("a key without a value", after)
        return name or found[0], after + 1

    def _read_string(self, string: re.Match[str]) -> tuple[str, int]:
        """A string, and those that `+` adds to it."""
        parts, at = [_mean(string)], string.end()
        while self.text[(after := self._pass(at)) : after + 1] == "+" and (more := _STRING.match(self.text, self._pass(after + 1))):
            parts.append(_mean(more))
            at = more.end()
        return "".join(parts), at


def _mean(string: re.Match[str]) -> str:
    body = next(part for part in string.groups() if part is not None)
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(found: re.Match[str]) -> str:
    if code := found[1] or found[2] or found[3]:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
    return "" if found[4] else _MEANINGS.get(found[5], found[5])


READER = JavascriptReader()
