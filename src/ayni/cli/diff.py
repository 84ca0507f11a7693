"""`ayni diff A B`: what differs between two artifacts: parameters, inputs, counts, files."""

from __future__ import annotations

import argparse

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("first", help="name, recipe/name, or the start of a key")
    parser.add_argument("second", help="name, recipe/name, or the start of a key")
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Compare two artifacts."""
    from ayni.pipeline.difference import compare_manifests

    store = open_store(args)
    first, second = (store.manifest(store.resolve(name).key) for name in (args.first, args.second))
    lines = compare_manifests(first, second)
    same = first.digest == second.digest
    if args.json:
        print_json({"same": same, "differences": lines})
        return 0
    print("the same content" if same else "other content")
    for line in lines:
        print(f"  {line}")
    return 0
