"""Training a tokenizer on a gigabyte of text: seconds and peak memory of a process of its own.

    python benchmarks/tokenizer_memory.py SAMPLE [--bytes 1000000000] [--vocabulary 65536] [--pre-tokenizer llama-bpe]

SAMPLE is an artifact of tokenizer.sample. Its training text is written again and again, each time with the letters a to z exchanged by
another rule, until there are so many bytes: every round brings new words, which is the hard case for a table of words.
"""

import argparse
import json
import random
import resource
import string
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from ayni.core.files import read_json
from ayni.core.formats.sample import Sample


def exchange_letters(turn):
    """A table for str.translate; the first round is the text as it is."""
    letters = list(string.ascii_lowercase)
    if turn:
        random.Random(turn).shuffle(letters)
    return str.maketrans(string.ascii_lowercase + string.ascii_uppercase, "".join(letters) + "".join(letters).upper())


def grow(sample, size):
    done, turn = 0, 0
    while done < size:
        table = exchange_letters(turn)
        for row in sample.rows("train"):
            text = row.text.translate(table)
            done += len(text.encode())
            yield replace(row, text=text)
            if done >= size:
                return
        turn += 1


def work(folder, options):
    from ayni.tokenizer.train import TokenizerParams, train

    begin, processor = time.monotonic(), time.process_time()
    (folder / "made").mkdir()
    params = TokenizerParams(vocabulary=options.vocabulary, pre_tokenizer=options.pre_tokenizer)
    train(SimpleNamespace(folder=folder / "made"), Sample(folder / "grown"), params)
    spent = {"seconds": round(time.monotonic() - begin, 1), "processor_seconds": round(time.process_time() - processor, 1)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps(spent | {"peak_mb": peak, "tokens": len(read_json(folder / "made/tokenizer.json")["model"]["vocab"])}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sample", type=Path)
    parser.add_argument("--bytes", type=int, default=10**9)
    parser.add_argument("--vocabulary", type=int, default=65_536)
    parser.add_argument("--pre-tokenizer", default="llama-bpe")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return work(options.work, options)
    with tempfile.TemporaryDirectory() as root:
        grown = Path(root) / "grown"
        grown.mkdir()
        Sample(grown).write({"train": grow(Sample(options.sample), options.bytes), "heldout": []}, {})
        size = sum(Sample(grown).bytes()["train"].values())
        print(f"{size / 1e6:.0f} MB of text", flush=True)
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--work", root], check=True)


if __name__ == "__main__":
    main()
