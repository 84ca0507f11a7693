"""`ayni trace DOC`: a document's way from its source to models and releases, or to the rule that stopped it.

ayni trace 3f0c9a12b4d56e78
ayni trace "actas/2019.pdf#page=4"          an origin, as `ayni sql "SELECT id, origin FROM documents"` shows them
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("document", help="a document's id or origin")
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Trace the document through every recipe of the store."""
    from ayni.corpus.trace import trace

    ways = trace(open_store(args), args.document)
    if args.json:
        print_json([asdict(way) for way in ways])
        return 0
    for way in ways:
        _print(way)
    return 0


def _print(way: Any) -> None:
    print(f"{way.recipe}: document {way.id} {way.verdict}")
    if way.withdrawn:
        print(f"  WITHDRAWN on {way.withdrawn['date']} ({way.withdrawn['kind']} {way.withdrawn['value']}): {way.withdrawn['why']}")
    width = max(len(step.artifact) for step in way.steps)
    for step in way.steps:
        print(f"  {step.artifact:<{width}}  {step.stage}, {step.digest[:12]}")
        for key, value in step.says.items():
            print(f"  {'':<{width}}    {key}: {_tell(value)}")
    for each in way.into:
        print(f"  -> {each['kind']} '{each['name']}' {each['digest'][:12]}, built {each['built']}")


def _tell(value: Any) -> str:
    return ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)
