"""The little of SQL's grammar that dumps are written in: names, strings, rows, and how to pass over the rest.

    Dialect.of(dump).read_row("('it''s', NULL, 3)", 0)     -> (["it's", None, "3"], 17)

Sources: MySQL 8.4 Reference Manual, 11.1.1 String Literals; PostgreSQL 17, 4.1.2 Constants and COPY's text format. The patterns are
atomic, so that a broken dump costs time in proportion to its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GAP = re.compile(r"(?>\s+|--[^\n]*|#[^\n]*|/\*.*?\*/)*+", re.DOTALL)
RESUME = re.compile(r"^[ \t]*(?:\(|(?=INSERT\s|REPLACE\s|COPY\s|CREATE\s))", re.MULTILINE | re.IGNORECASE)
_NAME = r'(?:`[^`]+`|"[^"]+"|\[[^\]]+\]|[\w$]+)'
_TABLE = re.compile(rf"({_NAME}(?:\.{_NAME})*)\s*")
_COLUMNS = re.compile(rf"\(\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\)")
_COLUMN = re.compile(
    rf"(?:^|\n)[\s(]*(?!(?:PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT|FOREIGN|CHECK|FULLTEXT|SPATIAL)\b)({_NAME})\s+\w", re.IGNORECASE
)
_DOLLARS = r"\$(?P<tag>\w*)\$(?P<dollars>.*?)\$(?P=tag)\$"
_SLASHED, _PLAIN = r"(?:[^'\\]|\\.|'')*+", r"(?:[^']|'')*+"
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_MEANINGS = {"n": "\n", "r": "\r", "t": "\t", "0": "", "b": "", "Z": "", "f": "", "v": ""}
_OTHER = r"(?P<other>[^,()'\";\s]+(?:\s*'[^']*')?(?:\s*\([^()]*\))?)"  # numbers, NULL, 0xFF, now(), b'1', DATE '2020-01-01'


@dataclass(frozen=True)
class Dialect:
    """How strings are written: with backslashes everywhere (MySQL), or only after E (all others)."""

    value: re.Pattern[str]
    rest: re.Pattern[str]
    slashed: bool

    @staticmethod
    def of(text: str) -> Dialect:
        """By what only MySQL writes: names between backquotes, engines, its own name in the first lines."""
        slashed = re.search(r"`\w+`|\bENGINE\s*=|MySQL|MariaDB", text[: 1 << 16]) is not None
        return _MYSQL if slashed else _STANDARD

    def skip(self, text: str, at: int) -> int:
        """Where the next statement begins."""
        return max(self.rest.match(text, at).end(), at + 1)  # type: ignore[union-attr]  # matches the empty string

    def read_row(self, text: str, at: int) -> tuple[list[str | None] | None, int]:
        """A bracketed row of values and where it ends; None where it is none."""
        if text[at : at + 1] != "(":
            return None, at
        row: list[str | None] = []
        while True:
            value = self.value.match(text, at + 1)
            if value is None:
                return None, at
            row.append(self._mean(value))
            at = value.end() - 1
            if text[at] == ")":
                return row, at + 1

    def _mean(self, value: re.Match[str]) -> str | None:
        if (text := value["text"]) is not None:
            return _unescape(text) if self.slashed else text.replace("''", "'")
        if (text := value["escaped"]) is not None:
            return _unescape(text)
        if (text := value["dollars"]) is not None:
            return text
        if (text := value["double"]) is not None:
            return _unescape(text.replace('""', '"'))
        other = value["other"].strip()
        return None if other.upper() in ("NULL", "DEFAULT", "") else other


def _build(slashed: bool) -> Dialect:
    body = _SLASHED if slashed else _PLAIN
    value = (
        rf"(?>\s*)(?:(?:N|_\w+\s*)?'(?P<text>{body})'|E'(?P<escaped>{_SLASHED})'|{_DOLLARS}|\"(?P<double>(?:[^\"\\]|\\.|\"\")*+)\"|{_OTHER})"
        r"(?:::[\w\" ]+(?:\(\d+\))?)?\s*[,)]"
    )
    rest = rf"(?>[^;'\"`/#$-]+|'{body}'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|[^;])*+;?"
    return Dialect(re.compile(value, re.DOTALL | re.IGNORECASE), re.compile(rest, re.DOTALL), slashed)


_MYSQL, _STANDARD = _build(True), _build(False)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: _MEANINGS.get(found[1], found[1]) if found[1] else "'", text) if "\\" in text or "''" in text else text


def find_names(text: str, at: int) -> tuple[str, list[str], int]:
    """A table's name without its schema, the columns in brackets after it, and where they end."""
    table = _TABLE.match(text, at)
    if table is None:
        return "", [], at
    name = _bare(re.findall(_NAME, table[1])[-1])
    columns = _COLUMNS.match(text, table.end())
    return name, [_bare(each) for each in re.findall(_NAME, columns[1])] if columns else [], columns.end() if columns else table.end()


def find_columns(body: str) -> list[str]:
    """The names of the columns in the body of CREATE TABLE, as dumps write it: one a line."""
    return [_bare(name) for name in _COLUMN.findall(body)]


def _bare(name: str) -> str:
    return name.strip('`"[]')


def read_copy(line: str) -> list[str | None]:
    """A line of COPY's text format."""
    return [None if cell == r"\N" else _unescape(cell) if "\\" in cell else cell for cell in line.split("\t")]
