"""What several verbs share: the options --store, --site, --set, and finding a model by name or path."""

from __future__ import annotations

import argparse
from pathlib import Path

from ayni.core.errors import InputError
from ayni.core.places import find_shipped
from ayni.pipeline.mirror import Mirror
from ayni.pipeline.recipe import Recipe, load_recipe
from ayni.pipeline.site import Site, load_site
from ayni.pipeline.store import Store

DEFAULT_RECIPE = "recipes/laptop.toml"
_MODEL_KINDS = ("bundle", "gguf", "model")


def add_store(parser: argparse.ArgumentParser) -> None:
    """Options that say where."""
    parser.add_argument("--store", metavar="FOLDER", help="the store (default: the site's, or $AYNI_STORE)")
    parser.add_argument("--site", metavar="FILE", help="a site file or the name of a shipped one (default: laptop)")


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """The recipe and the changes to it."""
    parser.add_argument("recipe", nargs="?", default=DEFAULT_RECIPE, help=f"a recipe file or name (default: {DEFAULT_RECIPE})")
    parser.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", dest="sets", help="change one value; recorded")


def open_site(args: argparse.Namespace) -> Site:
    """The site that the arguments name."""
    return load_site(args.site)


def open_store(args: argparse.Namespace) -> Store:
    """The store that the arguments name."""
    site = open_site(args)
    return Store(site.store_path(args.store), Mirror(site.mirror) if site.mirror else None)


def open_recipe(args: argparse.Namespace) -> Recipe:
    """The recipe that the arguments name, with --set applied."""
    return load_recipe(find_shipped("recipes", args.recipe), args.sets)


def resolve_model(args: argparse.Namespace) -> Path:
    """The folder or GGUF file of `args.model`: a path, else a name in the store."""
    given = Path(args.model)
    if given.exists():
        return given
    store = open_store(args)
    found = store.resolve(args.model)
    kind = store.manifest(found.key).kind
    if kind not in _MODEL_KINDS:
        raise InputError(f"'{args.model}' is {kind}, not a model", mend="`ayni ls` shows the models: kinds " + ", ".join(_MODEL_KINDS))
    return store.data(found.key)
