"""A row of scores in words and figures: what the terminal's table, the report and the card have in common.

write_row(row, "es")    -> ["náhuatl", "6", "3 867", "2,682", "2,371", "−0,311", "−0,401 … −0,246"]
"""

from __future__ import annotations

from typing import Any

from ayni.core.formats.scores import MINIMUM_WORKS
from ayni.core.page.texts import format_number, name_country, name_language, read_words


def name_row(row: dict[str, Any], language: str) -> str:
    """What a row is about, in words."""
    words = read_words(language)
    if row["name"] in words["rows"]:
        return str(words["rows"][row["name"]])
    if row["country"]:
        return f"{name_language(row['language'], language)}, {name_country(row['country'], language)}"
    return name_language(row["name"], language)


def name_interval(row: dict[str, Any], language: str) -> str:
    """The 95% interval of a row; a handful of works gives none."""
    if row["works"] < MINIMUM_WORKS:
        return str(read_words(language)["few_works"])
    return " … ".join(format_number(row[side], language, 3, sign=True) for side in ("low", "high"))


def write_row(row: dict[str, Any], language: str) -> list[str]:
    """Name, works, bytes, bits per byte of the base and of the model, change, interval."""
    base, model = (format_number(row[each], language, 3) for each in ("base_bpb", "model_bpb"))
    change = format_number(row["delta"], language, 3, sign=True)
    works, size = format_number(row["works"], language), format_number(row["bytes"], language)
    return [name_row(row, language), works, size, base, model, change, name_interval(row, language)]
