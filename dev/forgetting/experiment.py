"""Gain against forgetting for each remedy: writes a recipe from laptop.toml and variants.toml, runs it, prints a table as JSON.

    python dev/forgetting/experiment.py FOLDER [--only NAME ...] [--only-table] [--plot FILE.svg]

The store and the recipe lie in FOLDER; about an hour on two cores, and a run that was killed goes on. Every row: regional
change, its interval, the share of the gain of `naive` that it keeps, and the change of each register that is unlike the replay
(English of four registers, program text, sums); seconds of training.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAPTOP = HERE.parents[1] / "recipes" / "laptop.toml"
MIX = """heldout_bytes = 1400
heldout_bytes_by_language = { nah = 4800, oto = 4000, mix = 4800, pt = 4800, en = 12000 }
replay_language = "en"
replay_domains = ["documentation"]
licenses = ["CC0-1.0", "CC-BY-4.0", "MPL-2.0", "BSD-3-Clause", "MIT", "Apache-2.0"]
"""
_PAGE = 1000  # bytes of one module


def write_unlike(folder):
    """Texts that no replay is like: twelve files of sums that a child learns, and the beginnings of twelve modules of a web library."""
    import starlette

    rng = random.Random(7)
    (folder / "arithmetic").mkdir(parents=True, exist_ok=True)
    for number in range(12):
        lines = []
        for _ in range(30):
            one, two = rng.randint(2, 99), rng.randint(2, 99)
            sign, value = rng.choice([("+", one + two), ("-", one - two), ("x", one * two)])
            lines.append(f"{one} {sign} {two} = {value}")
        (folder / "arithmetic" / f"sums-{number:02}.txt").write_text("\n".join(lines) + "\n", "utf8")
    (folder / "code").mkdir(exist_ok=True)
    modules = [path for path in sorted(Path(starlette.__file__).parent.rglob("*.py")) if path.stat().st_size > 3 * _PAGE][:12]
    for path in modules:
        whole = path.read_text("utf8")[:_PAGE].rpartition("\n")[0]
        (folder / "code" / f"{path.stem}.txt").write_text(whole + "\n", "utf8")


def write_recipe(folder):
    front, _, _ = LAPTOP.read_text("utf8").partition("[mix]\n")
    base = LAPTOP.read_text("utf8").partition("[base]\n")[2].partition("[tokens]")[0]
    text = (HERE / "variants.toml").read_text("utf8").replace("{folder}", str(folder.resolve()))
    body = tomllib.loads(text)
    sources, _, _ = text.partition("[shares]")
    curation = front.index("# --- curation")
    apart = "documents.domain NOT IN ('code', 'arithmetic')"  # no prose: the rules are not about them
    rules = re.sub(r'drop = "(.*)"', rf'drop = "(\1) AND {apart}"', front[curation:])
    parts = [front[:curation].replace('name = "laptop"', 'name = "forgetting"', 1), sources[sources.index("[[read") :], rules]
    parts.append(f"[base]\n{base}")
    for name, shares in body["shares"].items():
        listed = ", ".join(f"{key} = {value}" for key, value in shares.items())
        parts.append(f'[{name}_mix]\nstage = "corpus.mix"\ndocuments = "@clean"\npicks = "@picks"\nnotes = "@notes"\n')
        parts.append(f"shares = {{ {listed} }}\n{MIX}")
        parts.append(f'[{name}_tokens]\nstage = "tokenizer.pack"\ndocuments = "@clean"\nmix = "@{name}_mix"\n')
        parts.append('model = "@base"\nlimit_bytes = 400_000\n')
    parts.append(evaluate("base"))
    for name, variant in body.items():
        if name not in ("read", "shares", "defaults"):
            parts += train(name, body["defaults"] | variant)
    path = folder / "forgetting.toml"
    path.write_text("\n".join(parts), "utf8")
    return path


def train(name, variant):
    """A training, its measures, and those of its averages with the base."""
    mix, weights = variant.pop("mix"), variant.pop("merged", [])
    lines = [f'[{name}]\nstage = "training.train"\nbase = "@base"\ntokens = "@{mix}_tokens"']
    yield "\n".join([*lines, *(f"{key} = {value}" for key, value in variant.items()), ""])
    yield evaluate(name)
    for weight in weights:
        merged = f"{name}_{round(100 * weight)}"
        yield f'[{merged}]\nstage = "model.merge"\nbase = "@base"\nadapted = ["@{name}"]\nweight = {weight}\n'
        yield evaluate(merged)


def evaluate(name):
    """The likelihoods of a model over the same held-out texts, and its scores beside the base's."""
    text = f'[{name}_nats]\nstage = "evaluation.likelihood"\nmodel = "@{name}"\ndocuments = "@clean"\nmix = "@replay_mix"\n'
    if name != "base":
        text += f'[{name}_scores]\nstage = "evaluation.compare"\nbase = "@base_nats"\nmodel = "@{name}_nats"\n'
    return text


def ayni(*words):
    return json.loads(subprocess.run([sys.executable, "-m", "ayni", *map(str, words), "--json"], check=True, capture_output=True).stdout)


def tabulate(store):
    names = [row["name"] for row in ayni("ls", "--store", store) if row["kind"] == "scores"]
    found = {}
    for each in names:
        name = each.removesuffix("_scores")
        table = json.loads((Path(ayni("show", each, "--store", store)["path"]) / "scores.json").read_text("utf8"))
        model = ayni("show", name, "--store", store)
        found[name] = {
            "gain": pick(table["gain"][0]),
            "by_language": {row["name"]: pick(row) for row in table["gain"] if row["name"] == row["language"]},
            "forgetting": {row["name"]: pick(row) for row in table["forgetting"]},
            "seconds": model["seconds"],
        }
    naive = found["naive"]["gain"]["delta"] if "naive" in found else None
    for row in found.values():
        row["gain_kept"] = round(row["gain"]["delta"] / naive, 3) if naive else None
    return found


def pick(row):
    return {key: round(row[key], 4) for key in ("delta", "low", "high")} | {"works": row["works"], "base": round(row["base_bpb"], 3)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="artifacts of the recipe, such as naive_scores")
    parser.add_argument("--only-table", action="store_true")
    parser.add_argument("--plot", type=Path, help="an SVG of gain against forgetting")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    if not args.only_table:
        write_unlike(args.folder)
        words = [sys.executable, "-m", "ayni", "run", write_recipe(args.folder), "--store", args.folder / "store"]
        for only in args.only or [None]:
            chosen = ["--only", only, "--accept", only.removesuffix("_scores")] if only else []
            subprocess.run([*words, *chosen], check=True)
    found = tabulate(args.folder / "store")
    print(json.dumps(found, indent=1))
    if args.plot:
        from plot import draw

        args.plot.write_text(draw(found), "utf8")


if __name__ == "__main__":
    main()
