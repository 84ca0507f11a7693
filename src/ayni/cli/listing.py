"""`ayni list KIND`: stages, scorers, recipes, sites, languages, kinds or sizes."""

from __future__ import annotations

import argparse
from typing import Any

from ayni.cli.table import print_json, print_rows

KINDS = ("stages", "scorers", "recipes", "sites", "languages", "kinds", "sizes")


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("what", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """List one kind of thing."""
    rows = _collect(args.what)
    if args.json:
        print_json(rows)
    else:
        print_rows(rows, list(rows[0]) if rows else [])
    return 0


def _collect(what: str) -> list[dict[str, Any]]:
    if what == "stages":
        from ayni.pipeline.stage import find_stage, list_stages

        stages = [find_stage(name) for name in list_stages()]
        return [
            {
                "name": s.name,
                "version": s.version,
                "writes": s.output.kind,
                "takes": ", ".join(s.inputs),
                "keys": ", ".join(s.params.model_fields),
            }
            for s in stages
        ]
    if what == "scorers":
        from ayni.text.scorer import list_scorers

        return list_scorers()
    if what in ("recipes", "sites"):
        from ayni.core.places import list_shipped

        return [{"name": name, "path": str(path)} for name, path in list_shipped(what).items()]
    if what == "languages":
        from ayni.text.packs import list_packs

        return list_packs()
    if what == "sizes":
        from ayni.model.sizes import list_sizes

        return list_sizes()
    return _collect_kinds()


def _collect_kinds() -> list[dict[str, Any]]:
    from ayni.core.formats.artifact import KINDS as known
    from ayni.core.formats.catalog import catalog

    assert catalog  # importing it registers every built-in kind
    return [{"name": kind, "about": (cls.__doc__ or "").split("\n")[0]} for kind, cls in sorted(known.items())]
