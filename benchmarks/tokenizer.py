"""Tokenizers side by side on works held out: what every language pays, what extending buys, how fast text is packed.

    python benchmarks/tokenizer.py SAMPLE llama=FOLDER gemma=FOLDER ... --base llama [--strings 1000000] [--disturb 0.01]

SAMPLE is the artifact of tokenizer.sample in recipes/tokenizer.toml; each FOLDER holds a peer's tokenizer.json, the first `--base`
is extended by 16,000 pieces, and 65,536 tokens are trained from scratch. Tokens are counted on the sample's held-out works, which
neither has seen. Prints a table by language, tokens against the base, then JSON: the groups, packing in MB/s of one thread against
`tokenizers`, training seconds and memory, and how many fuzzed strings came back as they went in.
"""

import argparse
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from ayni.core.formats.model import Tokenizer
from ayni.core.formats.sample import Sample
from ayni.model.encoder import decode, open_encoder
from ayni.tokenizer.extend import ExtendParams, extend
from ayni.tokenizer.parity import measure
from ayni.tokenizer.train import TokenizerParams, train

EUROPEAN = ("es", "pt", "en", "fr", "gl", "ca", "la", "it", "de")
BOUND = 1_000_000  # bytes of text that make a language one of the "languages with 1 MB"


def make(root, sample, options, folders):
    """The two tokenizers of ours, and what they cost to make."""
    costs = {}
    for name, build in {
        f"{options.base}+{options.pieces // 1000}k": lambda job: extend(
            job,
            Tokenizer(folders[options.base]),
            sample,
            ExtendParams(pieces=options.pieces, exponent=options.exponent, disturb=options.disturb, premium=options.premium),
        ),
        "ayni-65k": lambda job: train(job, sample, TokenizerParams(vocabulary=65_536, pre_tokenizer=options.pre_tokenizer)),
    }.items():
        if name in options.skip:
            continue
        folder = root / name
        folder.mkdir()
        begin = time.process_time()
        build(SimpleNamespace(folder=folder))
        costs[name] = {
            "seconds": round(time.process_time() - begin, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        }
        folders[name] = folder
    return costs


def tabulate(folders, sample):
    """Tokenizer -> language -> its row of the parity table."""
    rows = list(sample.rows("heldout"))
    found = {}
    for name, folder in folders.items():
        found[name] = {row.name: row for row in measure(open_encoder(folder), name, rows) if row.by == "language"}
        print(f"measured {name}", file=sys.stderr, flush=True)
    return found


def group(language):
    return language if language in ("es", "pt", "en") else "other European" if language in EUROPEAN else "Indigenous"


def compare(table, base, trained):
    """Tokens against the base by group: all tokens together, and the mean over languages of their ratio."""
    summary = {}
    for name, rows in table.items():
        ratios = defaultdict(list)
        for language, row in rows.items():
            if trained.get(language):
                ratios[group(language)].append((row.tokens, table[base][language].tokens))
        summary[name] = {
            key: {
                "languages": len(pairs),
                "tokens": round(sum(own for own, _ in pairs) / sum(old for _, old in pairs) - 1, 4),
                "mean_of_languages": round(statistics.mean(own / old for own, old in pairs) - 1, 4),
            }
            for key, pairs in sorted(ratios.items())
        }
        large = {row.name: row.cost_per_byte for row in rows.values() if row.cost_per_byte and trained.get(row.name, 0) >= BOUND}
        if large:
            dearest = max(large, key=large.get)
            summary[name]["dearest"] = {"language": dearest, "cost_per_byte": large[dearest], "languages": len(large)}
    return summary


def pack(folders, sample, names):
    """MB/s of one thread on the same held-out documents, median of three, and whether all ids are equal."""
    texts = [row.text for row in sample.rows("heldout")]
    size, texts, taken = 4_000_000, texts[::7], []
    for text in texts:
        taken.append(text)
        size -= len(text.encode())
        if size < 0:
            break
    size = sum(len(text.encode()) for text in taken)
    found = {}
    for name in names:
        speeds, ids = {}, {}
        for way in ("tokenizers", "fast"):
            encoder, times = open_encoder(folders[name], fast=way == "fast"), []
            for _ in range(3):
                begin = time.process_time()
                ids[way] = encoder.encode(taken)[0]
                times.append(time.process_time() - begin)
            speeds[way] = size / statistics.median(times) / 1e6
        equal = ids["fast"].tolist() == ids["tokenizers"].tolist()
        found[name] = {key: round(value, 2) for key, value in speeds.items()} | {"ratio": round(speeds["fast"] / speeds["tokenizers"], 1)}
        found[name] |= {"encoder": encoder.name, "documents": len(taken), "equal": equal}
    return found


def fuzz(folder, number):
    """Strings over all of Unicode, both normal forms, emoji: how many do not come back as they went in."""
    rng, encoder, wrong = random.Random(5), open_encoder(folder), 0
    ranges = ((32, 126), (160, 591), (768, 879), (0x1E00, 0x1EFF), (0x4E00, 0x4FFF), (0x1F300, 0x1FAFF), (0, 31), (0x2000, 0x206F))
    for _ in range(number):
        low, high = rng.choice(ranges) if rng.random() < 0.8 else (0, 0x10FFFF)
        text = "".join(chr(code) for _ in range(rng.randint(1, 12)) if not 0xD800 <= (code := rng.randint(low, high)) <= 0xDFFF)
        wrong += decode(encoder.tokenizer, encoder.encode([text])[0].tolist()) != text
    return {"strings": number, "differ": wrong}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sample", type=Path)
    parser.add_argument("peers", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--base", default="llama")
    parser.add_argument("--pieces", type=int, default=16_000)
    parser.add_argument("--exponent", type=float, default=ExtendParams().exponent)
    parser.add_argument("--premium", type=float, default=ExtendParams().premium)
    parser.add_argument("--disturb", type=float, default=ExtendParams().disturb)
    parser.add_argument("--pre-tokenizer", default="llama-bpe")
    parser.add_argument("--skip", action="append", default=[], metavar="NAME", help="do not make this one of ours")
    parser.add_argument("--strings", type=int, default=0)
    options = parser.parse_args()
    folders = {name: Path(folder) for name, _, folder in (each.partition("=") for each in options.peers)}
    sample = Sample(options.sample)
    trained = sample.bytes()["train"]
    with tempfile.TemporaryDirectory() as root:
        costs = make(Path(root), sample, options, folders)
        table = tabulate(folders, sample)
        print(f"{'language':<10} {'train':>11} {'held out':>9} " + " ".join(f"{name:>12}" for name in folders))
        for language, row in sorted(table[options.base].items(), key=lambda item: -item[1].bytes):
            cells = " ".join(f"{table[name][language].tokens / row.tokens - 1:>+12.1%}" for name in folders)
            print(f"{language:<10} {trained.get(language, 0):>11,} {row.bytes:>9,} {cells}")
        ours = list(costs)
        body = {"settings": vars(options) | {"sample": options.sample.name, "peers": list(folders)}, "made": costs}
        body |= {"against_base": compare(table, options.base, trained), "packing": pack(folders, sample, [options.base, *ours])}
        if options.strings:
            body["fuzzed"] = {name: fuzz(folders[name], options.strings) for name in ours}
    print(json.dumps(body, indent=1, default=str))


if __name__ == "__main__":
    main()
