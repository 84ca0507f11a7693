"""The withdrawal list of a store: what contributors took back, which every later build obeys, whatever its recipe says.

    withdrawals.jsonl in the store, one line each, only ever appended to:
    {"kind": "document", "value": "3f0c...", "why": "the family asked", "date": "2026-11-27"}

`kind` is document (an id), source, file (an origin, with all its records) or text (SHA-256 of a text, wherever it comes from). Stages
declared with `obeys_withdrawals` get the list in their job, and its digest in their key; an empty list changes no key.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ayni.core.digest import digest_json
from ayni.core.errors import StoreError
from ayni.core.files import write_atomic

NAME = "withdrawals.jsonl"
KINDS = ("document", "source", "file", "text")


@dataclass(frozen=True)
class Withdrawal:
    """One line of the list."""

    kind: str
    value: str
    why: str
    date: str  # ISO 8601


def read_withdrawals(root: Path) -> tuple[Withdrawal, ...]:
    """The list, oldest first. Raises StoreError where a line cannot be read: nothing is built past a list that may say no."""
    path = root / NAME
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            each = Withdrawal(**json.loads(line))
            if each.kind not in KINDS:
                raise ValueError(f"'{each.kind}' is none of {', '.join(KINDS)}")
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"line {number} of the withdrawal list cannot be read",
                why=str(error),
                mend=f"mend that line of {NAME} in the store; until then nothing is built",
            ) from error
        found.append(each)
    return tuple(found)


def append_withdrawals(root: Path, rows: list[Withdrawal]) -> None:
    """Add lines: the whole list is written anew and takes the old one's place at once, so that no kill leaves half a line."""
    kept = read_withdrawals(root)
    write_atomic(root / NAME, "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in (*kept, *rows)))


def digest_withdrawals(rows: tuple[Withdrawal, ...]) -> str:
    """What enters a key: kinds and values, in any order; reasons and dates change no artifact."""
    return digest_json(sorted({(row.kind, row.value) for row in rows})) if rows else ""
