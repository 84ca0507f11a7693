"""`ayni doctor`: does this machine have what the recipes need, and is the store whole?"""

from __future__ import annotations

import argparse

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Check, print one line a finding; exit code 1 where something is wrong."""
    from ayni.pipeline.health import examine

    findings = examine(open_store(args))
    if args.json:
        print_json([{"good": each.good, "what": each.what, "mend": each.mend} for each in findings])
    else:
        for each in findings:
            print(f"{'ok  ' if each.good else 'BAD '} {each.what}" + (f"\n       {each.mend}" if each.mend and not each.good else ""))
    return 0 if all(each.good for each in findings) else 1
