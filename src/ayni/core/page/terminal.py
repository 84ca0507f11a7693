"""The table of gain and forgetting in a terminal.

print(gain_table({"gain": [...], "forgetting": [...]}, "en"))
"""

from __future__ import annotations

from typing import Any

from ayni.core.page.rows import name_row, write_row
from ayni.core.page.texts import read_words


def gain_table(scores: dict[str, list[dict[str, Any]]], language: str) -> str:
    """Both parts of the table, aligned; bits per byte, lower is better."""
    words = read_words(language)
    lines: list[str] = []
    width = max(len(name_row(row, language)) for rows in scores.values() for row in rows) + 2
    for key in ("gain", "forgetting"):
        heads = [words[each] for each in ("works", "bytes", "base", "model", "change")]
        lines.append(f"{words[key]:<{width}}{''.join(f'{head:>9}' for head in heads)}  {words['interval']}")
        for row in scores[key]:
            name, *figures, interval = write_row(row, language)
            clear = words["clear"] if row["high"] < 0 or row["low"] > 0 else ""
            lines.append(f"  {name:<{width - 2}}{''.join(f'{figure:>9}' for figure in figures)}  {interval} {clear}".rstrip())
    lines.append(words["unit"])
    return "\n".join(lines)
