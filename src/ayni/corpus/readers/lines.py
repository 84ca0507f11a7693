"""Texts that stand one after another in a file, apart by line feeds or by a mark of their own, when a rule asks for them so.

    sayings of `fortune`, between lines of a per cent sign, are known by those      options = { mark = "\\n%\\n" }
    options = { pattern = '(?P<rap>[^/-]+)-(?P<es>[^/]+)\\.mp3$', rows = [{ text = "rap", language_value = "rap" }, ...] }

With a pattern (searched in each text) its named groups are the columns of a table: rows.py says what options can do with them; a
text in which it is not found is a bad record. Without one a text is a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import InputError, Unreadable
from ayni.corpus.readers.parallel import split_lines
from ayni.corpus.readers.reader import Bad, Piece
from ayni.corpus.readers.rows import Table, make_pieces
from ayni.text.encoding import decode

_FORTUNES = "\n%\n"
_FORTUNE_LINE = r"(?m)^%[ \t]*$"  # with spaces after it in real files
_HEAD = 4096


class LinesReader:
    """.fortunes; whether the lines of another file are documents, only who gave it can say."""

    name = "lines"
    suffixes = (".fortunes",)

    def probe(self, path: Path, head: bytes) -> bool:
        """Several lines of a per cent sign and nothing else."""
        return head.replace(b"\r", b"").count(_FORTUNES.encode()) > 2 and b"\0" not in head

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """A document a text, or what the options make of its groups."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        encoding = str(options.get("encoding", ""))
        known = "pattern" not in options and self.probe(path, data[:_HEAD])
        mark = re.escape(str(options["mark"])) if "mark" in options else _FORTUNE_LINE if known else ""
        texts = (
            (part.strip() for part in re.split(mark, decode(data, encoding)[0].replace("\r\n", "\n")))
            if mark
            else split_lines(data, encoding)
        )
        try:
            pattern = re.compile(str(options.get("pattern", "(?s)(?P<text>.+)")))
        except re.error as error:
            raise InputError("the pattern of 'lines' is no regular expression", why=str(error), mend="mend the rule") from error
        yield from make_pieces(Table(list(pattern.groupindex), _match(texts, pattern)), options)


def _match(texts: Iterator[str | Bad], pattern: re.Pattern[str]) -> Iterator[tuple[str, Mapping[str, Any] | Bad]]:
    for number, text in enumerate(texts, 1):
        if isinstance(text, Bad):
            yield str(number), text
        elif text:
            found = pattern.search(text)
            yield str(number), found.groupdict() if found else Bad(str(number), "the pattern is not found in it")


READER = LinesReader()
