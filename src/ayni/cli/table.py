"""Tables in the terminal, or the same rows as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def print_json(value: Any) -> None:
    """Print JSON for programs."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Print aligned columns; numbers to the right."""
    if not rows:
        print("nothing")
        return
    texts = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(column), *(len(text[i]) for text in texts)) for i, column in enumerate(columns)]
    right = [all(isinstance(row.get(column), int | float | None) for row in rows) for column in columns]
    for line in [list(columns), *texts]:
        cells = [text.rjust(w) if r else text.ljust(w) for text, w, r in zip(line, widths, right, strict=True)]
        print("  ".join(cells).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)
