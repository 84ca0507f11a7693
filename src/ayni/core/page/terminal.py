"""The table of gain and forgetting in a terminal.

print(gain_table({"gain": [...], "forgetting": [...]}, "en"))
"""

from __future__ import annotations

from typing import Any

from ayni.core.page.texts import name_country, name_language, read_words


def name_row(row: dict[str, Any], language: str) -> str:
    """What a row of scores is about, in words."""
    words = read_words(language)
    if row["name"] in words["rows"]:
        return str(words["rows"][row["name"]])
    if row["country"]:
        return f"{name_language(row['language'], language)}, {name_country(row['country'], language)}"
    return name_language(row["name"], language)


def gain_table(scores: dict[str, list[dict[str, Any]]], language: str) -> str:
    """Both parts of the table, aligned; bits per byte, lower is better."""
    words = read_words(language)
    lines: list[str] = []
    width = max(len(name_row(row, language)) for rows in scores.values() for row in rows)
    for key in ("gain", "forgetting"):
        columns = f"{words['base']:>7}  {words['model']:>7}  {words['change']:>7}  {words['interval']}"
        lines.append(f"{words[key]:<{width + 2}}{words['bytes']:>8}  {columns}")
        for row in scores[key]:
            clear = words["clear"] if row["high"] < 0 or row["low"] > 0 else ""
            interval = f"{row['low']:+.3f} .. {row['high']:+.3f}"
            lines.append(
                f"  {name_row(row, language):<{width}}{row['bytes']:>8,}  {row['base_bpb']:7.3f}  {row['model_bpb']:7.3f}"
                f"  {row['delta']:+7.3f}  {interval} {clear}".rstrip()
            )
    lines.append(words["unit"])
    return "\n".join(lines)
