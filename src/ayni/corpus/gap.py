"""The representation gap: share of the kept text against share of people, by country, and of speakers, by language.

    compare_countries([{"country": "BO", "bytes": 10}, ...])   -> rows with `ratio`: 1 is even, 0.1 a tenth of what would be even

Shares are of the rows compared alone: text of a known country, or in a language with a count of speakers in assets/speakers.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from ayni.core.places import asset

Row = dict[str, Any]


def compare_countries(table: Sequence[Row]) -> list[Row]:
    """A row for every country of assets/people.toml, with text or without."""
    people = tomllib.loads(asset("people.toml").read_text("utf-8"))
    sizes = {row["country"]: row["bytes"] for row in table}
    about = {"year": people["year"], "source": people["source"]}
    return compare(
        [{"country": code, "bytes": sizes.get(code, 0), "people": number, **about} for code, number in people["population"].items()]
    )


def compare_languages(table: Sequence[Row]) -> list[Row]:
    """A row for every language with a count of speakers; languages without one are not compared."""
    sizes = {row["language"]: row["bytes"] for row in table}
    rows = []
    for count in tomllib.loads(asset("speakers.toml").read_text("utf-8"))["speakers"]:
        size = sum(sizes.get(tag, 0) for tag in (count["tag"], *count.get("tags", ())))
        kept = {key: count[key] for key in ("kind", "year", "where", "source")}
        rows.append({"language": count["tag"], "bytes": size, "people": count["number"], **kept})
    return compare(rows)


def compare(rows: Sequence[Row]) -> list[Row]:
    """Add text_share, people_share, their ratio (null where there is no text at all) and bytes a person; the best served first."""
    text, people = (sum(row[key] for row in rows) for key in ("bytes", "people"))
    done = []
    for row in rows:
        share, even = row["bytes"] / text if text else 0.0, row["people"] / people
        ratio = share / even if text else None
        done.append({**row, "text_share": share, "people_share": even, "ratio": ratio, "bytes_a_person": row["bytes"] / row["people"]})
    return sorted(done, key=lambda row: (-row["bytes_a_person"], str(row.get("country", row.get("language")))))
