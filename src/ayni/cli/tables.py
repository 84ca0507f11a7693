"""The SQL tables of a selection in the store: what `ayni sql` and `ayni peek` ask.

with open_selection(store, "picks") as selection: selection.connection.execute("SELECT count(*) FROM documents")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from ayni.core.errors import InputError
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.corpus.query import add_view, open_tables
from ayni.pipeline.store import Store


@dataclass(frozen=True)
class Selection:
    """Picks with the documents and notes that they were made from."""

    picks: Picks
    documents: Documents
    scorers: list[str]
    connection: Any


@contextmanager
def open_selection(store: Store, name: str) -> Iterator[Selection]:
    """Open picks by name, with everything that they were made from as tables; `read` is the documents before repair."""
    from ayni.core.formats.catalog import catalog

    assert catalog  # importing it registers every built-in kind
    found = store.resolve(name)
    manifest = store.manifest(found.key)
    if manifest.kind != "picks":
        raise InputError(f"'{name}' is {manifest.kind}, not picks", mend="name the artifact of a corpus.select stage: `ayni ls` shows it")
    documents = cast(Documents, store.open(manifest.inputs["documents"][0].key))
    notes = [cast(Notes, store.open(record.key)) for record in manifest.inputs["notes"]]
    picks = cast(Picks, store.open(found.key))
    with open_tables(documents, notes, picks) as connection:
        for source in store.manifest(manifest.inputs["documents"][0].key).inputs.get("documents", []):
            if store.has(source.key):
                add_view(connection, "unrepaired", cast(Documents, store.open(source.key)).parts())
        quarantine = str(documents.path / "quarantine.jsonl").replace("'", "''")
        columns = "{source: 'VARCHAR', origin: 'VARCHAR', reason: 'VARCHAR', \"offset\": 'BIGINT'}"
        connection.execute(
            f"CREATE VIEW quarantine AS SELECT * FROM read_json('{quarantine}', format='newline_delimited', columns={columns})"
        )
        yield Selection(picks, documents, [scorer for each in notes for scorer in each.scorers()], connection)
