"""`ayni reveal DOC --key FILE`: what was replaced in a document, for who holds the key of its vault.

ayni reveal --new-key keys/archivo.key         then key_file = "keys/archivo.key" in the recipe's corpus.protect
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ayni.cli.store import add_store, open_store
from ayni.cli.table import print_json, print_rows


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("document", nargs="?", default="", help="a document's id or origin")
    parser.add_argument("--key", metavar="FILE", default="", help="the key that the vault was sealed with")
    parser.add_argument("--new-key", metavar="FILE", default="", help="make a key, and nothing else")
    parser.add_argument("--protected", default="protected", metavar="NAME", help="the artifact (default: protected)")
    add_store(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Open the vault of one document."""
    from ayni.core.errors import InputError
    from ayni.corpus.protection.vault import make_key, read_key, unseal
    from ayni.corpus.trace import find_documents

    if args.new_key:
        make_key(Path(args.new_key).expanduser())
        print(f"{args.new_key}: keep it apart from the store; who loses it cannot give anything back")
        return 0
    if not args.document or not args.key:
        raise InputError("a document and a key are needed", mend="ayni reveal DOC --key FILE")
    store = open_store(args)
    vault = sorted((store.data(store.resolve(args.protected).key) / "vault").glob("part-*.parquet"))
    if not vault:
        raise InputError(f"'{args.protected}' has no vault", why="it was made without a key: nothing can be given back")
    found = find_documents(store, args.document)[0]
    values = unseal(vault, read_key(Path(args.key).expanduser()), found.id)
    rows = [{"token": token, "value": value} for token, value in values.items()]
    if args.json:
        print_json({"id": found.id, "values": values})
    else:
        print_rows(rows, ["token", "value"])
    return 0
