"""Delimited text (CSV, TSV): delimiter, quotes and header told by the text itself where no option says them.

read_delimited("es,nah\\nhola,...\\n", {}, "")      -> Table(columns=["es", "nah"], rows=...)

Quotation marks are quotes where the rows then have one width; a stray one, in a file that never quotes, would swallow the lines
after it. Sources: RFC 4180; IANA text/tab-separated-values, which knows no quotes at all.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from ayni.corpus.readers.columns import Row, is_header
from ayni.corpus.readers.reader import Bad
from ayni.corpus.readers.rows import Table

_CELL_LIMIT = 16 << 20
_SAMPLE = 200
_MARKS = ",;\t|"


def read_delimited(text: str, options: Mapping[str, Any], suffix: str) -> Table:
    """The table that a text holds."""
    csv.field_size_limit(_CELL_LIMIT)
    text = text.lstrip("\ufeff")
    mark = str(options.get("delimiter", "")) or ("\t" if suffix == ".tsv" else _find_delimiter(text))
    quoting = _find_quoting(text, mark)
    rows = _read(text, mark, quoting)
    sample = [row for _, row in zip(range(_SAMPLE), _read(text, mark, quoting), strict=False) if not isinstance(row, Bad)]
    header = options.get("header", _names_columns(options) or (bool(sample) and is_header(sample[0], sample[1:])))
    names = [name.strip() for name in sample[0]] if header and sample else []
    return Table(names, _number(rows, names, bool(header)))


def _names_columns(options: Mapping[str, Any]) -> bool:
    """Whether the options speak of columns by name, so that there must be a header."""
    return any(isinstance(spec.get("text"), str) for spec in options.get("rows") or [options])


def _number(rows: Iterator[list[str] | Bad], names: Sequence[str], header: bool) -> Iterator[tuple[str, Row | Bad]]:
    if header:
        next(rows, None)
    for number, row in enumerate(rows, 1):
        if isinstance(row, Bad):
            yield str(number), Bad(str(number), row.reason)
        elif names and len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            yield str(number), Bad(str(number), f"{len(row)} cells under {len(names)} columns")
        elif any(cell.strip() for cell in row):
            yield str(number), row


def _read(text: str, mark: str, quoting: Literal[0, 3]) -> Iterator[list[str] | Bad]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=quoting) if mark else ([line] for line in text.split("\n"))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Bad("", f"not a CSV row: {error}")


def _find_delimiter(text: str) -> str:
    """The mark that cuts most lines into one number of cells, two at least; "" where none does for half of them."""
    best, score = "", 0.0
    for mark in _MARKS:
        rows = [row for _, row in zip(range(_SAMPLE), _read(text[: 1 << 20], mark, csv.QUOTE_MINIMAL), strict=False)]
        widths = Counter(len(row) for row in rows if not isinstance(row, Bad) and row)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and count >= 0.5 * widths.total() and count * width**0.1 / widths.total() > score:
            best, score = mark, count * width**0.1 / widths.total()
    return best


def _find_quoting(text: str, mark: str) -> Literal[0, 3]:
    """Whether quotation marks are quotes: yes where rows come out alike with them, no where they come out alike without."""
    if '"' not in text or not mark:
        return csv.QUOTE_MINIMAL
    try:
        widths = {len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True) if row}
    except csv.Error:  # text after a closing quote, or none closes
        widths = set()
    if len(widths) == 1 or len({line.count(mark) for line in text.split("\n") if line.strip()}) > 1:
        return csv.QUOTE_MINIMAL
    return csv.QUOTE_NONE
