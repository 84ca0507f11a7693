"""`ayni receipt SOURCE`: what became of a source's documents; who gave them keeps it, and can have it checked.

ayni receipt archivo > recibo.json
ayni receipt --check recibo.json         exit code 1 where the store no longer says the same
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("source", nargs="?", default="", help='a source, as `ayni sql "SELECT DISTINCT source FROM documents"` lists them')
    parser.add_argument("--recipe", default="", help="of this recipe (default: the one that ran last)")
    parser.add_argument("--check", metavar="FILE", help="compare a receipt with what the store says now")
    add_store(parser)
    parser.add_argument("--json", action="store_true", help="a receipt is JSON in any case")


def run(args: argparse.Namespace) -> int:
    """Write or check a receipt."""
    from ayni.core.errors import InputError
    from ayni.corpus.receipt import check_receipt, write_receipt

    store = open_store(args)
    if not args.check:
        if not args.source:
            raise InputError("a receipt of what?", mend="name a source, or --check FILE")
        print_json(write_receipt(store, args.source, args.recipe))
        return 0
    try:
        receipt = json.loads(Path(args.check).read_text("utf-8"))
        known = {"source", "recipe", "digest"} <= set(receipt)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"cannot read the receipt '{args.check}'", why=str(error), mend="give the file that `ayni receipt` wrote"
        ) from error
    if not known:
        raise InputError(
            f"'{args.check}' is no receipt", why="it has no source, recipe or digest", mend="give the file that `ayni receipt` wrote"
        )
    differing = check_receipt(store, receipt)
    print("\n".join(differing) if differing else "the store says the same as the receipt")
    return 1 if differing else 0
