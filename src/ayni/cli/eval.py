"""`ayni eval TOKENIZER --suite parity`: what each language pays with a tokenizer, on the held-out text of a sample.

ayni eval ./llama-tokenizer --suite parity --sample sample --json
ayni eval tokenizer --segments words.tsv          whether it cuts words where their morphemes meet (tokenizer/morphemes.py)
"""

from __future__ import annotations

import argparse

from ayni.cli.store import add_store, open_store


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("model", metavar="TOKENIZER", help="a folder with tokenizer.json, or a tokenizer or model in the store")
    parser.add_argument("--suite", choices=["parity"], default="parity", help="what to measure (default: parity)")
    parser.add_argument("--sample", default="sample", help="a sample in the store (tokenizer.sample), or its folder")
    parser.add_argument("--peer", action="append", default=[], metavar="FOLDER", help="another tokenizer beside it")
    parser.add_argument("--segments", metavar="FILE", help="segmented words (TSV: language, mor|phemes): boundaries instead of costs")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_store(parser)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    from dataclasses import asdict
    from pathlib import Path

    from ayni.cli.table import print_json, print_rows
    from ayni.core.formats.sample import Sample
    from ayni.model.encoder import open_encoder, read_tokenizer
    from ayni.tokenizer.morphemes import compare_boundaries, read_segments
    from ayni.tokenizer.parity import format_table, measure

    def find(name: str) -> Path:
        given = Path(name)
        if given.exists():
            return given
        store = open_store(args)
        return store.data(store.resolve(name).key)

    folders = [find(name) for name in (args.model, *args.peer)]
    for folder in folders:
        read_tokenizer(folder)
    encoders = [(open_encoder(folder), Path(name).name) for folder, name in zip(folders, (args.model, *args.peer), strict=True)]
    if args.segments:
        segments = read_segments(Path(args.segments))
        found = [asdict(row) for encoder, name in encoders for row in compare_boundaries(encoder, name, segments)]
        if args.json:
            print_json(found)
        else:
            shares = ({key: f"{row[key]:.1%}" for key in ("recall", "precision") if row[key] is not None} for row in found)
            print_rows([{**row, **each} for row, each in zip(found, shares, strict=True)], list(found[0]))
        return 0
    sample = Sample(find(args.sample))
    rows = [row for encoder, name in encoders for row in measure(encoder, name, sample.rows("heldout"))]
    if args.json:
        print_json([asdict(row) for row in rows])
    else:
        print(format_table(rows), end="")
    return 0
