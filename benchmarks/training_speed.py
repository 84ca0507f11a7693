"""Tokens a second of training on the CPU: our step against transformers, a plain compiled loop and litgpt; same shapes, same data.

    python benchmarks/training_speed.py [--sizes 13M 60M] [--compute bfloat16] [--blocks 1] [--threads 2] [--litgpt PYTHON]

Shapes of 13M and 60M parameters (vocabulary 32,000, blocks of 512 tokens, one document a block, tied embeddings), float32 weights and
AdamW, fused; `--compute` is the type of the products. Every way is a process of its own, so that none has another's memory or threads;
they wait for their turn, round after round, and so does one that measures how fast the products alone are: those of a step, forward
and backward, in the same type, written over the same tensors. Medians of the rounds are printed as JSON: tokens a second, the share of
the products' rate that a step's floating-point operations come to (6 a weight and token, attention by its triangle), and how many
times as fast as the fastest of the others we are. litgpt pins what we do not: `--litgpt` names the Python of an environment that has it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import torch

SHAPES = {
    "13M": {"hidden_size": 256, "num_hidden_layers": 6, "num_attention_heads": 4, "intermediate_size": 704},
    "60M": {"hidden_size": 640, "num_hidden_layers": 8, "num_attention_heads": 10, "intermediate_size": 1728},
}
VOCABULARY, LENGTH = 32_000, 512
ADAM = {"lr": 1e-4, "betas": (0.9, 0.95), "weight_decay": 0.1, "fused": True}


def list_products(shape):
    """In, out and how many maps of that kind a model has."""
    width, inner, layers = shape["hidden_size"], shape["intermediate_size"], shape["num_hidden_layers"]
    return [(width, width, 4 * layers), (width, inner, 2 * layers), (inner, width, layers), (width, VOCABULARY, 1)]


def count_flops(shape):
    """Of a token, forward and backward: three times the forward's."""
    attention = shape["num_hidden_layers"] * 2 * shape["hidden_size"] * LENGTH / 2
    return 6 * (sum(one * other * times for one, other, times in list_products(shape)) + attention)


def build(shape):
    """transformers' Llama."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(vocab_size=VOCABULARY, max_position_embeddings=LENGTH, tie_word_embeddings=True, use_cache=False, **shape)
    return LlamaForCausalLM(config)


def ayni(shape, compute, *, compiled=False):
    from ayni.training.attention import widen_attention
    from ayni.training.compilation import compile_layers
    from ayni.training.losses import Batch, sum_loss
    from ayni.training.optimizer import make_optimizers
    from ayni.training.step import take_step

    model = build(shape).train()
    if compute == "bfloat16":
        widen_attention(model)
    if compiled:
        compile_layers(model)
    optimizers = make_optimizers(model, kind="adamw", rate=1e-4, decay=0.1, betas=(0.9, 0.95))

    def step(ids):
        batch = Batch(ids, ids, None, torch.zeros(len(ids), dtype=torch.bool))
        return take_step(model, optimizers, batch, size=len(ids), rate=1e-4, clip=1.0, ask=sum_loss)[0]

    return step


def others(model, ask):
    """The loop that everybody writes; `ask`: from ids to their mean loss."""
    optimizer = torch.optim.AdamW(model.parameters(), **ADAM)

    def step(ids):
        loss = ask(ids)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())

    return step


def transformers(shape, *, compiled=False):
    model = build(shape).train()
    called = torch.compile(model) if compiled else model
    return others(model, lambda ids: called(input_ids=ids, labels=ids).loss)


def plain(shape):
    model = build(shape).train()

    def ask(ids):
        logits = model(input_ids=ids).logits[:, :-1].flatten(0, 1)
        return torch.nn.functional.cross_entropy(logits, ids[:, 1:].flatten())

    return others(model, torch.compile(ask))


def litgpt(shape, *, compiled=False):
    """As in its pretrain.py."""
    from litgpt import GPT, Config
    from litgpt.utils import chunked_cross_entropy

    sizes = {"block_size": LENGTH, "vocab_size": VOCABULARY, "padded_vocab_size": VOCABULARY, "n_layer": shape["num_hidden_layers"]}
    sizes |= {"n_embd": shape["hidden_size"], "n_head": shape["num_attention_heads"], "intermediate_size": shape["intermediate_size"]}
    kinds = {"norm_class_name": "RMSNorm", "mlp_class_name": "LLaMAMLP", "bias": False, "parallel_residual": False}
    model = GPT(Config(**sizes, **kinds, rotary_percentage=1.0))
    model.apply(lambda each: torch.nn.init.normal_(each.weight, std=0.02) if hasattr(each, "weight") and each.weight.ndim == 2 else None)
    model.transformer.wte.weight = model.lm_head.weight
    called = torch.compile(model) if compiled else model
    return others(model, lambda ids: chunked_cross_entropy(called(ids)[:, :-1], ids[:, 1:], chunk_size=0))


WAYS = {
    "ayni": ayni,
    "ayni, compiled": lambda shape, compute: ayni(shape, compute, compiled=True),
    "transformers": transformers,
    "transformers, compiled": lambda shape: transformers(shape, compiled=True),
    "plain loop, compiled": plain,
    "litgpt": litgpt,
    "litgpt, compiled": lambda shape: litgpt(shape, compiled=True),
}


def products(shape, kind, rows):
    """A step's matrix products, each as often and in the order in which layouts meet in one: forward, and the two of the way back."""
    maps = []
    for one, other, times in list_products(shape):
        given_RI, weight_OI, slope_RO = (torch.randn(*size, dtype=kind) for size in ((rows, one), (other, one), (rows, other)))
        maps += [(given_RI, weight_OI, slope_RO, [torch.empty_like(each) for each in (slope_RO, given_RI, weight_OI)])] * times

    def step(ids):
        for given_RI, weight_OI, slope_RO, (to_RO, to_RI, to_OI) in maps:
            torch.mm(given_RI, weight_OI.T, out=to_RO)
            torch.mm(slope_RO, weight_OI, out=to_RI)
            torch.mm(slope_RO.T, given_RI, out=to_OI)
        return 0.0

    return step


def work(way, options):
    """One way's process: a line in, so many steps, their seconds out."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    shape, kind = SHAPES[options.sizes[0]], getattr(torch, options.compute)
    ids = torch.randint(0, VOCABULARY, (options.blocks, LENGTH), generator=torch.Generator().manual_seed(2))
    step = (
        products(shape, kind, options.blocks * LENGTH)
        if way == "products"
        else WAYS[way](shape, *([options.compute] if way.startswith("ayni") else []))
    )
    with torch.autocast("cpu", torch.bfloat16, enabled=options.compute == "bfloat16"):
        losses = [step(ids) for _ in range(3)]
        print(json.dumps(losses[0]), flush=True)
        for _ in sys.stdin:
            begin = time.perf_counter()
            for _ in range(options.steps):
                step(ids)
            print((time.perf_counter() - begin) / options.steps, flush=True)


def start(way, size, options):
    """The process, once it has taken its first steps, and the loss of the very first; None where it cannot."""
    python = options.litgpt if way.startswith("litgpt") else sys.executable
    words = ["--way", way, "--sizes", size, *(f"--{name}={getattr(options, name)}" for name in ("compute", "blocks", "threads", "steps"))]
    errors = None if options.verbose else subprocess.DEVNULL
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors, "text": True, "bufsize": 1}
    process = subprocess.Popen([python, os.path.abspath(__file__), *words], **pipes)
    line = process.stdout.readline()
    return (process, json.loads(line)) if line else None


def measure(size, options):
    """Way -> what is known of it."""
    begun = {way: start(way, size, options) for way in ("products", *options.ways)}
    times = {way: [] for way, found in begun.items() if found}
    for _ in range(options.rounds):
        for way in times:
            process = begun[way][0]
            process.stdin.write("\n")
            times[way].append(float(process.stdout.readline()))
    for way in times:
        begun[way][0].stdin.close()
        begun[way][0].wait()
    tokens, flops = options.blocks * LENGTH, count_flops(SHAPES[size])
    done = tokens * 6 * sum(one * other * count for one, other, count in list_products(SHAPES[size]))
    rate = done / statistics.median(times.pop("products"))
    report = {"products_gflops": round(rate / 1e9, 1), "not_here": [way for way, found in begun.items() if not found], "ways": {}}
    for way, seconds in times.items():
        speed = tokens / statistics.median(seconds)
        row = {"tokens_per_second": round(speed), "best": round(tokens / min(seconds)), "worst": round(tokens / max(seconds))}
        report["ways"][way] = {**row, "share_of_products": round(speed * flops / rate, 3), "first_loss": round(begun[way][1], 4)}
    fastest = {
        ours: max(row["tokens_per_second"] for way, row in report["ways"].items() if way.startswith("ayni") is ours)
        for ours in (True, False)
    }
    return {**report, "times_the_fastest_other": round(fastest[True] / fastest[False], 3)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=2, help="of a way's turn")
    parser.add_argument("--sizes", nargs="+", default=list(SHAPES), choices=list(SHAPES))
    parser.add_argument("--compute", default="bfloat16", choices=["float32", "bfloat16"])
    parser.add_argument("--blocks", type=int, default=1, help="of 512 tokens, a step")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--litgpt", default=sys.executable, help="the Python that has it")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--way", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        return work(options.way, options)
    given = {name: getattr(options, name) for name in ("compute", "blocks", "threads", "rounds", "steps")}
    print(json.dumps({**given, **{size: measure(size, options) for size in options.sizes}}, indent=1))


if __name__ == "__main__":
    main()
