"""`ayni plan [RECIPE]`: what a run would build, what it took the last time, and what its training would cost.

    ayni plan recipes/cpt-70b.toml --site h100 --json       parameters, flops, gpu_hours, memory_gb_per_gpu, usd, ...
    ayni plan recipes/cpt-70b.toml --site h100 --usd 20000  the largest size that this pays for

Costs are counted with the machines of the site, where it names some; else with those that the recipe's header suggests.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ayni.cli.store import add_recipe, add_store, open_recipe, open_site, open_store
from ayni.cli.table import print_json, print_rows


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_recipe(parser)
    add_store(parser)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="plan for this artifact and what it needs")
    parser.add_argument("--usd", type=float, help="also name the largest size that can be trained for so much, on as many tokens")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Print the plan."""
    from ayni.pipeline.plan import plan
    from ayni.pipeline.site import load_site

    recipe, site = open_recipe(args), open_site(args)
    if site.machines is None and recipe.header.site and not args.site:
        site = load_site(recipe.header.site)
    rows = [asdict(row) for row in plan(recipe, open_store(args), args.only)]
    costs = _count_costs(recipe, site, args)
    if args.json:
        print_json({"recipe": recipe.header.name, "artifacts": rows, **costs})
        return 0
    print_rows([{**row, "key": row["key"][:12]} for row in rows], ["name", "kind", "stage", "state", "key", "seconds"])
    for name, cost in costs.get("training", {}).items():
        _print_cost(name, cost)
    if costs.get("largest"):
        print(f"largest size for {args.usd:,.0f} USD on as many tokens: {costs['largest']}")
    return 0


def _count_costs(recipe: Any, site: Any, args: argparse.Namespace) -> dict[str, Any]:
    """`training`, artifact by artifact, and beside it the keys of the costliest, for programs that look for one model."""
    if site.machines is None:
        return {}
    from ayni.pipeline.plan import estimate

    found = estimate(recipe, site, args.only)
    if not found:
        return {}
    costs = {name: asdict(cost) for name, cost in found.items()}
    name = max(costs, key=lambda each: costs[each]["flops"])
    body = {"training": costs, **costs[name]}
    if args.usd is not None:
        from ayni.model.cost import find_largest

        body["largest"] = find_largest(args.usd, costs[name]["tokens"], recipe.step(name).params.length, site.machines)
    return body


def _print_cost(name: str, cost: dict[str, Any]) -> None:
    machines, memory = cost["machines"], cost["memory_gb_per_gpu"]
    parts = ", ".join(f"{part} {size:.1f}" for part, size in memory.items() if part != "all")
    print(f"\n{name}: {cost['parameters']:,} parameters, {cost['tokens']:,} tokens, {cost['flops']:.2e} FLOPs")
    print(f"  on {machines['gpus']} x {machines['name']} at {machines['utilisation']:.0%} of {machines['peak_tflops']:g} TFLOP/s:")
    print(f"  {cost['gpu_hours']:,.0f} GPU hours ({cost['hours']:,.1f} h), {cost['usd']:,.0f} USD, {cost['kwh']:,.0f} kWh")
    print(f"  memory a GPU: {memory['all']:.1f} of {machines['memory_gb']:g} GB ({parts}){'' if cost['fits'] else ': DOES NOT FIT'}")
    print(f"  a checkpoint: {cost['checkpoint_gb']:,.0f} GB")
