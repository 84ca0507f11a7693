"""`ayni serve MODEL`: a chat page for the browser and the OpenAI wire for programs, on this machine only.

ayni serve release                  http://127.0.0.1:8484
ayni serve ./ayni-q8_0.gguf --port 0
"""

from __future__ import annotations

import argparse
import os

from ayni.cli.store import add_store, resolve_model


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("model", help="a name in the store, a folder with a GGUF file, or the file")
    add_store(parser)
    parser.add_argument("--port", type=int, default=8484, help="default 8484; 0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine: 127.0.0.1, localhost or ::1")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all cores but one)")


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    path = resolve_model(args)
    from pathlib import Path

    from ayni.serving.engines.llamacpp import LlamaCpp
    from ayni.serving.server import open_port, serve
    from ayni.serving.texts import find_language, read_texts
    from ayni.serving.weights import name_model

    words = read_texts("server", find_language(os.environ))  # the reader's language, not a setting of a run
    name = name_model(path) if Path(args.model).exists() else args.model

    def announce(address: str) -> None:
        print("\n".join(words["ready"]).format(address=address, name=name), flush=True)

    with open_port(args.host, args.port) as door:
        print(words["loading"].format(name=name), flush=True)
        serve(LlamaCpp(threads=args.threads), path, name, door, announce)
    print(words["ended"])
    return 0
