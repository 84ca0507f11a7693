"""SQL dumps: the rows of their INSERT and COPY statements as those of tables; nothing is ever executed.

    INSERT INTO `articulos` (`cod`, `texto`) VALUES ('ART1', 'El Ecuador es ...'), ...;     records articulos/1, ...
    COPY public.articulos (cod, texto) FROM stdin;  ...  \\.                                 the same, as PostgreSQL writes it

Strings as MySQL and MariaDB (backslashes), PostgreSQL (E'...', $$...$$), SQLite and SQL Server (N'...') write them. Columns that
an INSERT does not name are those of its CREATE TABLE. options = { tables = ["articulos"] } reads no others. A row that cannot be
read is a bad record with its byte offset, the others go on. sql_text.py has the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.columns import Row
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.rows import Table, make_pieces
from ayni.corpus.readers.sql_text import GAP, RESUME, Dialect, find_columns, find_names, read_copy
from ayni.text.encoding import decode

_HEADS = re.compile(
    rb"\s*(?:--|/\*)[^\n]*(?:SQL dump|MySQL|MariaDB|PostgreSQL database dump)|\s*PRAGMA foreign_keys|\s*(?:CREATE TABLE|INSERT INTO)\s",
    re.IGNORECASE,
)
_KEYWORD = re.compile(
    r"(?:(?:INSERT|REPLACE)\s[^(;]*?INTO|COPY|CREATE\s+(?:TEMPORARY\s+|UNLOGGED\s+)?TABLE(?:\s+IF\s+NOT\s+EXISTS)?)\s+", re.IGNORECASE
)
_VALUES = re.compile(r"\s*VALUES\s*", re.IGNORECASE)
_STDIN = re.compile(r"\s*FROM\s+stdin\b[^;\n]*;[^\n]*\n", re.IGNORECASE)


class SqlReader:
    """.sql: one document a row, of every table."""

    name = "sql"
    suffixes = (".sql",)

    def probe(self, path: Path, head: bytes) -> bool:
        """The first lines of mysqldump, phpMyAdmin, pg_dump and sqlite3, or a first statement."""
        return _HEADS.match(head) is not None

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Yield documents table by table, in the order in which the dump comes to them."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        dump = _Dump(decode(data, str(options.get("encoding", "")))[0].replace("\r\n", "\n"))
        dump.read()
        if not dump.tables:
            raise Unreadable("the dump has no rows", offset=0, why="no INSERT with values and no COPY in it")
        for name, rows in dump.tables.items():
            if name in options.get("tables", [name]):
                yield from make_pieces(Table(dump.columns.get(name, []), rows, name), options)


class _Dump:
    """The tables of a dump, statement after statement."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.dialect = Dialect.of(text)
        self.columns: dict[str, list[str]] = {}
        self.tables: dict[str, list[tuple[str, Row | Bad]]] = {}

    def read(self) -> None:
        """Go through the statements."""
        at = 0
        while at < len(self.text):
            at = GAP.match(self.text, at).end()  # type: ignore[union-attr]  # matches the empty string
            at = self._read_statement(at)

    def _read_statement(self, at: int) -> int:
        keyword = _KEYWORD.match(self.text, at)
        if keyword is None:
            return self.dialect.skip(self.text, at)
        table, columns, after = find_names(self.text, keyword.end())
        word = keyword[0].split(None, 1)[0].upper()
        if word == "CREATE" and table:
            end = self.dialect.skip(self.text, at)
            self.columns.setdefault(table, find_columns(self.text[after:end]))
            return end
        values = (_STDIN if word == "COPY" else _VALUES).match(self.text, after)
        if not table or values is None:
            return self.dialect.skip(self.text, at)
        if columns:
            self.columns[table] = columns
        return self._read_copy(table, values.end()) if word == "COPY" else self._read_values(table, values.end())

    def _read_copy(self, table: str, at: int) -> int:
        end = self.text.find("\n\\.", at - 1)
        for line in self.text[at : end if end >= 0 else len(self.text)].split("\n"):
            if line:
                self._add(table, read_copy(line), at)
        return end + 3 if end >= 0 else len(self.text)

    def _read_values(self, table: str, at: int) -> int:
        """The rows after VALUES; after one that cannot be read, those from the next line that begins with a bracket."""
        while True:
            row, end = self.dialect.read_row(self.text, at)
            self._add(table, row, at)
            if row is None:
                resume = RESUME.search(self.text, at + 1)
                if resume is None:
                    return len(self.text)
                if resume[0][-1] != "(":
                    return resume.start()
                at = resume.end() - 1
                continue
            at = GAP.match(self.text, end).end()  # type: ignore[union-attr]
            if self.text[at : at + 1] != ",":
                return self.dialect.skip(self.text, at)
            at = GAP.match(self.text, at + 1).end()  # type: ignore[union-attr]

    def _add(self, table: str, row: list[str | None] | None, at: int) -> None:
        rows = self.tables.setdefault(table, [])
        number = str(len(rows) + 1)
        width = len(self.columns.get(table, ()))
        if row is None or (width and len(row) != width):
            reason = "the row cannot be read" if row is None else f"{len(row)} values for {width} columns"
            rows.append((number, Bad(number, reason, len(self.text[:at].encode()))))
        else:
            rows.append((number, row))


READER = SqlReader()
