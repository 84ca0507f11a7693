"""`ayni try SCORER [FILE|-]`: run one scorer over lines or JSONL and print JSONL.

echo "Nimitztlazohtla" | ayni try language -
ayni try quality page.jsonl            each line a JSON object with at least "text"
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("scorer", help="the name of a scorer; `ayni list scorers` shows them")
    parser.add_argument("file", nargs="?", default="-", help="a file of lines or JSONL, or - for standard input")


def run(args: argparse.Namespace) -> int:
    """Score every line."""
    from ayni.core.errors import InputError

    if args.file == "-":
        _score(args.scorer, sys.stdin)
        return 0
    try:
        with Path(args.file).open(encoding="utf-8") as stream:
            _score(args.scorer, stream)
    except OSError as error:
        raise InputError(f"cannot read '{args.file}'", why=str(error), mend="name a readable file, or -") from error
    except UnicodeDecodeError as error:
        raise InputError(f"'{args.file}' is not UTF-8", why=str(error), mend="convert it first: iconv -f latin1 -t utf8") from error
    return 0


def _score(name: str, stream: TextIO) -> None:
    """Line by line, as they come, so that a person can type and read."""
    from ayni.core.formats.documents import make_table
    from ayni.text.scorer import order_scorers, score_fused

    scorers = order_scorers([name])
    for document in _read_documents(stream):
        row = score_fused(scorers, make_table([document]))[name].drop_columns(["id"]).to_pylist()[0]
        preview = scorers[-1].preview
        row |= preview(document, row) if preview else {}
        print(json.dumps({"text": document.text[:80], **_round(row)}, ensure_ascii=False), flush=True)


def _round(value: Any) -> Any:
    """Numbers as a person wants to read them."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _round(each) for key, each in value.items()}
    return [_round(each) for each in value] if isinstance(value, list) else value


def _read_documents(stream: TextIO) -> Iterator[Any]:
    from ayni.core.formats.documents import Document, identify

    for number, line in enumerate(stream):
        line = line.rstrip("\n")
        if not line.strip():
            continue
        body: dict[str, Any] = {"text": line}
        if line.startswith("{"):
            with suppress(ValueError):  # a line that merely begins with a brace
                body = {key: value for key, value in json.loads(line).items() if key in Document.__dataclass_fields__}
        body = {key: value if isinstance(value, str) else "" for key, value in {"text": "", **body}.items()}
        yield Document(**{"id": identify("try", str(number)), **body})
