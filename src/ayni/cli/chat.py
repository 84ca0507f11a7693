"""`ayni chat MODEL`: talk to a model in the terminal; everything stays on this machine.

ayni chat release                          a conversation: /new begins anew, /exit ends, Ctrl-C stops an answer
ayni chat release --prompt "¿Qué es el ayni?"     one answer
"""

from __future__ import annotations

import argparse
import os
import sys

from ayni.cli.store import add_store, resolve_model


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("model", help="a name in the store, a folder with a GGUF file, or the file")
    add_store(parser)
    parser.add_argument("--system", default="", metavar="TEXT", help="what the model is told before the conversation")
    parser.add_argument("--prompt", metavar="TEXT", help="print one answer and end")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all cores but one)")


def run(args: argparse.Namespace) -> int:
    """Start the engine, talk, end it."""
    path = resolve_model(args)
    from pathlib import Path

    from ayni.serving.conversation import Conversation
    from ayni.serving.engines.llamacpp import LlamaCpp
    from ayni.serving.terminal import Terminal, read_line
    from ayni.serving.texts import find_language, read_texts
    from ayni.serving.weights import name_model

    words = read_texts("terminal", find_language(os.environ))  # the reader's language, not a setting of a run
    with LlamaCpp(threads=args.threads, slots=1) as engine:
        if sys.stderr.isatty():
            print(words["loading"], file=sys.stderr)
        with Conversation(engine.start(path), args.system) as conversation:
            terminal = Terminal(conversation, words, sys.stdout)
            if args.prompt is not None:
                terminal.answer_once(args.prompt)
            else:
                terminal.converse(read_line, name_model(path) if Path(args.model).exists() else args.model)
    return 0
