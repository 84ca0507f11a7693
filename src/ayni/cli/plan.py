"""`ayni plan [RECIPE]`: what a run would build, and what it took the last time."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from ayni.cli.store import add_recipe, add_store, open_recipe, open_store
from ayni.cli.table import print_json, print_rows


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_recipe(parser)
    add_store(parser)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="plan for this artifact and what it needs")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Print the plan."""
    from ayni.pipeline.plan import plan

    rows = [asdict(row) for row in plan(open_recipe(args), open_store(args), args.only)]
    if args.json:
        print_json(rows)
    else:
        print_rows([{**row, "key": row["key"][:12]} for row in rows], ["name", "kind", "stage", "state", "key", "seconds"])
    return 0
