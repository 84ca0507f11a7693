"""Which documents a withdrawal list names, copies of them included: a table in SQL.

    list_withdrawn(connection, withdrawals, scorers)      makes the table `withdrawn`: id, kind, value, why, date

Where the notes hold fingerprints, an exact copy of a withdrawn text (equal but for case, spaces and punctuation) goes with it, from
whatever source; near copies stay, for they may be another's words: `ayni trace` shows their cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ayni.pipeline.withdrawals import Withdrawal

WITHDRAWN = "withdrawn"
_NAMES = {  # which documents an entry names
    "document": "documents.id = entry.value",
    "source": "documents.source = entry.value",
    "file": "(documents.origin = entry.value OR starts_with(documents.origin, entry.value || '#'))",
    "text": "sha256(documents.text) = entry.value",
}
_COPIES = """
    INSERT INTO withdrawn SELECT copy.id, any_value(named.kind), any_value(named.value), any_value(named.why), any_value(named.date)
    FROM named JOIN fingerprint AS mine ON mine.id = named.id JOIN fingerprint AS copy ON copy.text_digest = mine.text_digest
    WHERE copy.id NOT IN (SELECT id FROM named) GROUP BY copy.id
"""


def list_withdrawn(connection: Any, withdrawals: Sequence[Withdrawal], scorers: Sequence[str]) -> None:
    """Make the table, empty where nothing was withdrawn; the oldest entry that names a document speaks for it."""
    connection.execute("CREATE TEMP TABLE withdrawn (id VARCHAR, kind VARCHAR, value VARCHAR, why VARCHAR, date VARCHAR)")
    if not withdrawals:
        return
    connection.execute("CREATE TEMP TABLE entry (place INTEGER, kind VARCHAR, value VARCHAR, why VARCHAR, date VARCHAR)")
    rows = [[place, each.kind, each.value, each.why, each.date] for place, each in enumerate(withdrawals)]
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", rows)
    kinds = sorted({each.kind for each in withdrawals})
    named = " UNION ALL ".join(
        f"SELECT documents.id, entry.* FROM documents JOIN entry ON entry.kind = '{kind}' AND {_NAMES[kind]}" for kind in kinds
    )
    connection.execute(f"CREATE TEMP TABLE named AS SELECT * FROM ({named}) QUALIFY row_number() OVER (PARTITION BY id ORDER BY place) = 1")
    connection.execute("INSERT INTO withdrawn SELECT id, kind, value, why, date FROM named")
    if "fingerprint" in scorers:
        connection.execute(_COPIES)
