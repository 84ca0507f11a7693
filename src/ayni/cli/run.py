"""`ayni run [RECIPE]`: build what is missing; ends with the table of gain and forgetting and how to talk to it."""

from __future__ import annotations

import argparse
import shlex
import sys

from ayni.cli.store import add_recipe, add_store, open_recipe, open_site, open_store


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_recipe(parser)
    add_store(parser)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="build this artifact and what it needs")
    parser.add_argument("--accept", action="append", default=[], metavar="NAME", help="let this costly artifact be built again")


def run(args: argparse.Namespace) -> int:
    """Run the recipe."""
    from ayni.cli.finale import print_finale
    from ayni.pipeline.run import run as build

    recipe, site, store = open_recipe(args), open_site(args), open_store(args)
    command = "ayni " + shlex.join(sys.argv[1:])
    total = len(recipe.only(args.only))
    print(f"{recipe.header.name}: {total} artifacts, store {store.root}")
    seen = [0]

    def report(name: str, state: str, seconds: float) -> None:
        seen[0] += 1
        took = f"{seconds:7.1f} s" if state == "built" else "        -"
        print(f"  [{seen[0]:>2}/{total}] {name:<14} {state:<7} {took}", flush=True)

    result = build(recipe, store, site, targets=args.only, accept=args.accept, command=command, report=report)
    print(f"{len(result.built)} built, {len(result.cached)} cached")
    print_finale(store, result, args.store)
    return 0
