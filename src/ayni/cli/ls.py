"""`ayni ls`: the artifacts in the store, the recipe that ran last first."""

from __future__ import annotations

import argparse

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json, print_rows


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """List named artifacts."""
    store = open_store(args)
    rows = []
    for each in store.names():
        if not store.has(each.key):
            continue
        manifest = store.manifest(each.key)
        rows.append(
            {
                "name": each.name,
                "kind": manifest.kind,
                "digest": manifest.digest,
                "path": str(store.data(each.key)),
                "recipe": each.recipe,
                "stage": manifest.stage,
                "bytes": manifest.bytes,
            }
        )
    if args.json:
        print_json(rows)
    else:
        print_rows([{**row, "digest": str(row["digest"])[:12]} for row in rows], ["recipe", "name", "kind", "digest", "bytes", "path"])
    return 0
