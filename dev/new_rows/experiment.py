"""New rows of a grown vocabulary: mean of the pieces against tokens of the same company, before any training and after a short one.

    python dev/new_rows/experiment.py FOLDER [--pieces 2000] [--budget 12288]       the store and the recipe lie in FOLDER

The curation and the base of recipes/laptop.toml; its tokenizer grown on the text that trains; then, on the works held out, bits per
byte of the base, of both grown models, and of all three after the same number of training tokens (LoRA; the grown ones train their
new rows too). Prints a table as JSON. Bits per byte do not depend on the tokenizer, so the rows compare.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

LAPTOP = Path(__file__).resolve().parents[2] / "recipes" / "laptop.toml"
MODELS = ("base", "mean", "similar")


def table(name, **fields):
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())


def write_recipe(folder, pieces, budget):
    front = LAPTOP.read_text("utf8").partition("[tokens]\n")[0].replace('name = "laptop"', 'name = "new-rows"', 1)
    text = {"documents": "@clean", "mix": "@mix"}
    parts = [front, table("sample", stage="tokenizer.sample", **text, picks="@picks", bytes=20_000_000)]
    parts.append(table("grown", stage="tokenizer.extend", base="@base", sample="@sample", pieces=pieces))
    for name in MODELS[1:]:
        parts.append(table(name, stage="model.extend", model="@base", tokenizer="@grown", sample="@sample", rows=name))
    for name, model in (("old", "base"), ("new", "mean")):
        parts.append(table(f"{name}_tokens", stage="tokenizer.pack", **text, model=f"@{model}", limit_bytes=400_000))
    for name in MODELS:
        tokens = "@old_tokens" if name == "base" else "@new_tokens"
        given = {"length": 256, "batch": 1, "rate": 1e-3, "lora_rank": 32, "budget": budget}
        parts.append(table(f"{name}_trained", stage="training.train", base=f"@{name}", tokens=tokens, **given))
    for name in [each + part for each in MODELS for part in ("", "_trained")]:
        parts.append(table(f"{name}_nats", stage="evaluation.likelihood", model=f"@{name}", **text))
        if name != "base":
            parts.append(table(f"{name}_scores", stage="evaluation.compare", base="@base_nats", model=f"@{name}_nats"))
    path = folder / "new_rows.toml"
    path.write_text("\n".join(parts), "utf8")
    return path


def ayni(*words):
    done = subprocess.run([sys.executable, "-m", "ayni", *map(str, words), "--json"], check=True, capture_output=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=2000)
    parser.add_argument("--budget", type=int, default=12_288)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    store = args.folder / "store"
    recipe = write_recipe(args.folder, args.pieces, args.budget)
    subprocess.run([sys.executable, "-m", "ayni", "run", str(recipe), "--store", str(store)], check=True)
    found = {}
    for name in [each + part for each in MODELS for part in ("", "_trained")][1:]:
        scores = json.loads((Path(ayni("show", f"{name}_scores", "--store", store)["path"]) / "scores.json").read_text("utf8"))
        found[name] = {
            f"{kind} {row['name']}": [round(row[key], 4) for key in ("base_bpb", "delta", "low", "high") if row[key] is not None]
            for kind, rows in (("gain", scores["gain"][:6]), ("forgetting", scores["forgetting"][:1]))
            for row in rows
        }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
