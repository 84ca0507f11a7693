"""Load a released folder with plain transformers and print its logits: run as a script, in a process without ayni.

    python plain_check.py FOLDER THREADS < texts.json > logits.json

Standard input: a JSON list of texts. Standard output: for each text, the last position's logits; then a short
generation. The release stage compares the numbers with its own.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Read texts, write logits."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = sys.argv[1]
    torch.set_num_threads(int(sys.argv[2]))
    texts = json.load(sys.stdin)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        rows = [model(**tokenizer(text, return_tensors="pt")).logits[0, -1].tolist() for text in texts]
        ids = tokenizer(texts[0], return_tensors="pt")
        written = model.generate(**ids, max_new_tokens=12, do_sample=False)
    assert not any(name == "ayni" or name.startswith("ayni.") for name in sys.modules)
    json.dump({"logits": rows, "generated": tokenizer.decode(written[0])}, sys.stdout)


if __name__ == "__main__":
    main()
