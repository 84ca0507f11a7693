"""`ayni new NAME`: write a recipe of your own, a copy of the laptop recipe to change."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("name", help="the new recipe's name; NAME.toml is written here")
    parser.add_argument("--like", default="laptop", help="the shipped recipe to start from (default: laptop)")


def run(args: argparse.Namespace) -> int:
    """Copy a shipped recipe under a new name."""
    from ayni.core.errors import InputError
    from ayni.core.files import write_atomic
    from ayni.core.places import find_shipped

    target = Path(f"{args.name}.toml")
    if target.exists():
        raise InputError(f"{target} is there already", mend="choose another name")
    origin = find_shipped("recipes", args.like)
    text = origin.read_text("utf-8").replace(f'name = "{origin.stem}"', f'name = "{Path(args.name).name}"', 1)
    write_atomic(target, text)
    print(f"wrote {target}; next: ayni plan {target}")
    return 0
