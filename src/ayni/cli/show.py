"""`ayni show NAME`: one artifact: where it lies, its record, its counts, what it was made from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json, print_rows


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("name", help="an artifact's name, recipe/name, or the start of its key")
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Show an artifact."""
    store = open_store(args)
    found = store.resolve(args.name)
    manifest = store.manifest(found.key)
    body = {"path": str(store.data(found.key)), **manifest.as_json()}
    if args.json:
        print_json(body)
        return 0
    for key in ("name", "kind", "path", "stage", "version", "digest", "recipe", "started", "seconds", "commit", "command"):
        print(f"{key:<9} {body[key]}")
    for title in ("params", "counts", "notes"):
        print(f"{title:<9} {json.dumps(body[title], ensure_ascii=False)}")
    for key, records in manifest.inputs.items():
        print(f"input     {key}: " + ", ".join(f"{each.name} {each.digest[:12]}" for each in records))
    _print_tables(store.open(found.key).tables())
    print(f"files     {len(manifest.files)}, {manifest.bytes:,} bytes")
    return 0


def _print_tables(shown: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """What the kind of artifact shows to people as tables: a mix its streams."""
    for title, rows in shown.items():
        if rows:
            print(f"\n{title}")
            print_rows([dict(row) for row in rows], list(rows[0]))
    if shown:
        print()
