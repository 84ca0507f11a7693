"""`ayni peek --rule NAME`: what a rule dropped, from whom, and samples beside kept texts of the same kind.

ayni peek --rule "repeats itself" --language qu
"""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json, print_rows

_ROWS = 8


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--rule", required=True, metavar="NAME", help="the rule's name, as the recipe has it")
    parser.add_argument("--picks", default="picks", metavar="NAME", help="the selection (default: picks, of the recipe that ran last)")
    parser.add_argument("--language", default="", metavar="TAG", help="samples of this language only")
    parser.add_argument("--country", default="", metavar="CODE", help="samples of this country only")
    parser.add_argument("--samples", type=int, default=4, metavar="N")
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Show one rule's work."""
    from ayni.cli.tables import open_selection
    from ayni.core.errors import InputError
    from ayni.core.suggest import did_you_mean
    from ayni.corpus.audit import AuditParams, choose_samples, describe_rule, prepare_verdicts, read_samples

    with open_selection(open_store(args), args.picks) as selection:
        order = selection.picks.order()
        if args.rule not in order:
            raise InputError(f"no rule is called '{args.rule}'", why=f"rules: {', '.join(order)}", mend=did_you_mean(args.rule, order))
        prepare_verdicts(selection.connection, selection.scorers)
        body = describe_rule(selection.connection, args.rule, AuditParams(samples=0))
        wanted = [f"{name} = '{value.replace(chr(39), '')}'" for name in ("language", "country") if (value := getattr(args, name))]
        body["samples"] = choose_samples(selection.connection, args.rule, args.samples, " AND ".join(wanted) or "true")
        read_samples(selection.connection, body["samples"])
    if args.json:
        print_json(body)
    else:
        _print(body)
    return 0


def _print(body: dict[str, Any]) -> None:
    print(f"{body['rule']}: dropped {body['documents']:,} documents, {body['bytes']:,} bytes")
    for dimension, rows in body["by"].items():
        lost = [row for row in rows if row["dropped"]][:_ROWS]
        if any(row["value"] for row in lost):
            print()
            cells = [{dimension: row["value"] or "—", **{key: row[key] for key in ("read", "dropped")}, **_percent(row)} for row in lost]
            print_rows(cells, [dimension, "read", "dropped", "share %", "elsewhere %"])
    for flag in body["flags"]:
        share = f"{100 * flag['share']:.1f}% against {100 * flag['elsewhere']:.1f}% elsewhere"
        print(f"\n! {flag['dimension']} {flag['value']} loses {share}")
    for each in body["samples"]:
        print(f"\n{' · '.join(filter(None, (each['country'], each['language'], each['domain'], each['origin'])))}")
        print(_side_by_side(each["text"], each["kept_text"] or ""))


def _percent(row: dict[str, Any]) -> dict[str, float]:
    return {"share %": 100 * row["share"], "elsewhere %": 100 * row["elsewhere"]}


def _side_by_side(left: str, right: str) -> str:
    """Two columns over the terminal's width: dropped | kept."""
    width = max(20, (shutil.get_terminal_size().columns - 3) // 2)

    def wrap(title: str, text: str) -> Sequence[str]:
        return [title, *textwrap.wrap(" ".join(text.split()), width)[:6]]

    pairs = zip_longest(wrap("DROPPED", left), wrap("KEPT, of the same group", right), fillvalue="")
    return "\n".join(f"{one:<{width}} | {two}" for one, two in pairs)
