"""Texts that stand one after another in a file, apart by line feeds or by a mark of their own; asked for by name only.

    options = { mark = "\\n%\\n" }                                      fortunes: sayings between lines of a per cent sign
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


class LinesReader:
    """No suffix of its own."""

    name = "lines"
    suffixes = ()

    def probe(self, path: Path, head: bytes) -> bool:
        """Never by content: whether a line is a document, only who gave the file can say."""
        return False

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """A document a text, or what the options make of its groups."""
        data = path.read_bytes()
        if not data.strip():
            raise Unreadable("the file is empty", offset=0)
        encoding = str(options.get("encoding", ""))
        mark = str(options.get("mark", ""))
        texts = (
            (part.strip() for part in decode(data, encoding)[0].replace("\r\n", "\n").split(mark)) if mark else split_lines(data, encoding)
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
