"""Time to a given loss, from scratch on regional text: Muon with WSD against AdamW with cosine.

    python benchmarks/optimizers.py CORPUS STORE [--budget 491520]        CORPUS: the unpacked corpus; the recipe is written beside STORE

The reading, cleaning and choosing of recipes/tokenizer.toml, a tokenizer of 4,096 tokens, a model of 3M parameters. AdamW with cosine
has the whole budget at three rates; its best held-out loss is the mark. Muon with WSD has three rates at half of the budget; the best
of these then shorter and longer budgets, each with its own decay, until the mark is reached. All with the same start, order of data,
warmup and weight decay; evaluated on works held out. Rates are chosen by the same held-out texts for both. Prints JSON.
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

from ayni.core.formats.likelihoods import Likelihoods

TOKENIZER = Path(__file__).resolve().parents[1] / "recipes" / "tokenizer.toml"
RATES = {"adamw": (3e-3, 6e-3, 1.2e-2), "muon": (3e-3, 6e-3, 1.2e-2)}
SHARES = (0.25, 0.4, 0.6, 0.8, 1.0)
FRONT = """
[mix]
stage = "corpus.mix"
documents = "@clean"
picks = "@picks"
notes = "@notes"
duplicates = "@duplicates"
temperature = 3.3
heldout_bytes = 1500

[tokenizer]
stage = "tokenizer.train"
sample = "@sample"
vocabulary = 4096

[start]
stage = "model.initial"
tokenizer = "@tokenizer"
size = "3m"

[tokens]
stage = "tokenizer.pack"
documents = "@clean"
mix = "@mix"
model = "@start"
limit_bytes = 4_000_000
"""


class Trial:
    """One training with its held-out loss."""

    def __init__(self, kind: str, rate: float, budget: int) -> None:
        self.kind, self.rate, self.budget = kind, rate, budget
        self.name = f"{kind}_{round(rate * 1e4)}_{budget}"

    def tables(self) -> str:
        schedule, decay = ("wsd", 0.4) if self.kind == "muon" else ("cosine", 1.0)
        return f"""
[{self.name}]
stage = "training.train"
base = "@start"
tokens = "@tokens"
budget = {self.budget}
length = 256
batch = 16
rate = {self.rate}
optimizer = "{self.kind}"
schedule = "{schedule}"
warmup = 0.05
decay = {decay}
weight_decay = 0.1

[{self.name}_nats]
stage = "evaluation.likelihood"
model = "@{self.name}"
documents = "@clean"
mix = "@mix"
"""


class Bench:
    """A recipe that grows and the store of what it made."""

    def __init__(self, corpus: Path, store: Path) -> None:
        self.corpus, self.store, self.trials = corpus, store, []
        front = TOKENIZER.read_text("utf8").partition("[tokenizer]\n")[0].replace('name = "tokenizer"', 'name = "optimizers"', 1)
        self.front = front.replace("100_000_000", "20_000_000") + FRONT

    def ayni(self, *words):
        command = [sys.executable, "-m", "ayni", *map(str, words), "--store", str(self.store)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def run(self, trial):
        """Bits per byte on the held-out texts, and seconds of training."""
        self.trials.append(trial)
        recipe = self.store.with_name("optimizers.toml")
        recipe.write_text(self.front + "".join(each.tables() for each in self.trials), "utf8")
        self.ayni("run", recipe, "--set", f"read.path={self.corpus}", "--only", f"{trial.name}_nats")
        pages = Likelihoods(Path(self.show(f"{trial.name}_nats")["path"])).pages()
        bits = sum(page.nats for page in pages) / sum(page.bytes for page in pages) / math.log(2)
        row = {"rate": trial.rate, "tokens": trial.budget, "bits_per_byte": round(bits, 4), "seconds": self.show(trial.name)["seconds"]}
        print(trial.kind, json.dumps(row), file=sys.stderr, flush=True)
        return row

    def show(self, name):
        return json.loads(self.ayni("show", name, "--json"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("--budget", type=int, default=491_520)
    options = parser.parse_args()
    bench = Bench(options.corpus.resolve(), options.store.resolve())
    adamw = [bench.run(Trial("adamw", rate, options.budget)) for rate in RATES["adamw"]]
    mark = min(adamw, key=lambda row: row["bits_per_byte"])
    muon = [bench.run(Trial("muon", rate, options.budget // 2)) for rate in RATES["muon"]]
    best = min(muon, key=lambda row: row["bits_per_byte"])
    for share in SHARES:
        row = bench.run(Trial("muon", best["rate"], int(options.budget * share)))
        muon.append(row)
        if row["bits_per_byte"] <= mark["bits_per_byte"]:
            break
    reached = [row for row in muon if row["bits_per_byte"] <= mark["bits_per_byte"]]
    first = min(reached, key=lambda row: row["tokens"]) if reached else None
    ratios = {key: round(first[key] / mark[key], 3) for key in ("tokens", "seconds")} if first else None
    print(json.dumps({"adamw, cosine": adamw, "muon, wsd": muon, "mark": mark, "reached": first, "share": ratios}, indent=1))


if __name__ == "__main__":
    main()
