"""`ayni why NAME [RECIPE]`: why an artifact would be built again, or that it would not."""

from __future__ import annotations

import argparse

from ayni.cli.store import add_recipe, add_store, open_recipe, open_store
from ayni.cli.table import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("name", help="the artifact's name in the recipe")
    add_recipe(parser)
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Explain a rebuild."""
    from ayni.pipeline.reasons import find_reasons

    reasons = find_reasons(open_recipe(args), open_store(args), args.name)
    if args.json:
        print_json({"name": args.name, "state": reasons.state, "reasons": reasons.lines})
        return 0
    print(f"{args.name}: {reasons.state}")
    for line in reasons.lines:
        print(f"  {line}")
    return 0
