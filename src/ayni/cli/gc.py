"""`ayni gc`: drop artifacts that no recipe's names lead to; with --all also cached parts and checkpoints."""

from __future__ import annotations

import argparse

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_store(parser)
    parser.add_argument("--all", action="store_true", help="also cached parts and the checkpoints of interrupted runs")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Collect what is unused."""
    from ayni.pipeline.garbage import collect

    swept = collect(open_store(args), dry_run=args.dry_run, everything=args.all)
    if args.json:
        print_json({"removed": swept.removed, "bytes": swept.bytes, "dry_run": args.dry_run})
        return 0
    for line in swept.removed:
        print(f"  {line}")
    print(f"{'would free' if args.dry_run else 'freed'} {swept.bytes / 1e6:.1f} MB in {len(swept.removed)} folders")
    return 0
