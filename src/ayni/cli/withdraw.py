"""`ayni withdraw`: take documents back; every later build of this store obeys, whatever its recipe says.

    ayni withdraw 3f0c9a12b4d56e78 --why "the family asked"          a document by its id or its origin
    ayni withdraw --source actas --why "the agreement ended"         a whole source
    ayni withdraw --file actas/2019.pdf --why "..."                  a file, with all its records
    ayni withdraw --text acta.txt --why "..."                        this very text, wherever it comes from
    ayni withdraw --list

Nothing that was built before is changed: the answer says which artifacts still hold it; build again, then `ayni gc`.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json, print_rows


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("document", nargs="*", help="ids or origins of documents, as `ayni sql` and `ayni trace` show them")
    parser.add_argument("--source", action="append", default=[], metavar="NAME", help="a whole source")
    parser.add_argument("--file", action="append", default=[], metavar="ORIGIN", help="a file of a source, with all its records")
    parser.add_argument("--text", action="append", default=[], metavar="FILE", help="a file whose text is withdrawn wherever it stands")
    parser.add_argument("--why", default="", help="the reason, kept in the list")
    parser.add_argument("--list", action="store_true", help="only show the list")
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Append to the list, and say what still holds the withdrawn documents."""
    from ayni.core.errors import InputError
    from ayni.pipeline.withdrawals import append_withdrawals, read_withdrawals

    store = open_store(args)
    if args.list:
        entries = [asdict(row) for row in read_withdrawals(store.root)]
        if args.json:
            print_json(entries)
        else:
            print_rows(entries, ["date", "kind", "value", "why"])
        return 0
    if not args.why.strip():
        raise InputError("a withdrawal needs a reason", why="who audits the corpus will ask", mend='add --why "..."')
    rows = _read_entries(args, store)
    if not rows:
        raise InputError("nothing was named", mend="name documents, --source, --file or --text")
    append_withdrawals(store.root, rows)
    holding = _list_holders(store)
    if args.json:
        print_json({"withdrawn": [asdict(row) for row in rows], "built_before": holding})
        return 0
    print_rows([asdict(row) for row in rows], ["date", "kind", "value", "why"])
    print(f"\n{len(rows)} entries added. Every later `ayni run` obeys them.")
    if holding:
        print("These were built before and may still hold it; build them again, then `ayni gc`:")
        print_rows(holding, ["recipe", "name", "kind", "built"])
    return 0


def _read_entries(args: argparse.Namespace, store: Any) -> list[Any]:
    import hashlib
    from datetime import UTC, datetime
    from pathlib import Path

    from ayni.core.errors import InputError
    from ayni.corpus.trace import find_documents
    from ayni.pipeline.withdrawals import Withdrawal

    today = datetime.now(UTC).date().isoformat()
    found = [("document", each.id) for name in args.document for each in find_documents(store, name)]
    found += [("source", name) for name in args.source] + [("file", name) for name in args.file]
    for name in args.text:
        try:
            found.append(("text", hashlib.sha256(Path(name).read_text("utf-8").strip().encode()).hexdigest()))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read '{name}'", why=str(error), mend="name a text file in UTF-8") from error
    return [Withdrawal(kind, value, args.why.strip(), today) for kind, value in dict.fromkeys(found)]


def _list_holders(store: Any) -> list[dict[str, Any]]:
    """Mixes, models and releases that the store has names for."""
    rows = []
    for each in store.names():
        if store.has(each.key) and (kind := store.manifest(each.key).kind) in ("documents", "mix", "tokens", "model", "gguf", "bundle"):
            rows.append({"recipe": each.recipe, "name": each.name, "kind": kind, "built": store.manifest(each.key).started})
    return rows
