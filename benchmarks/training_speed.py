"""Tokens a second of training on the CPU: our step against transformers' own loss, eager and compiled, same weights, same data.

    python benchmarks/training_speed.py [--rounds 7] [--compute float32]

Shapes of 13M and 60M parameters (vocabulary 32,000, blocks of 512 tokens, one block a step, two threads), AdamW fused, one document a
block. Every way takes its turn in each round; medians are printed, and what share of the measured rate of the matrix products of that
very shape the floating-point operations of the step (6 a parameter and token, embeddings left out, attention by its triangle) come to.
"""

import argparse
import json
import statistics
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from ayni.training.losses import Batch, sum_loss
from ayni.training.optimizer import make_optimizers
from ayni.training.step import take_step

SHAPES = {
    "13M": {"hidden_size": 256, "num_hidden_layers": 6, "num_attention_heads": 4, "num_key_value_heads": 4, "intermediate_size": 704},
    "60M": {"hidden_size": 640, "num_hidden_layers": 8, "num_attention_heads": 10, "num_key_value_heads": 10, "intermediate_size": 1728},
}
VOCABULARY, LENGTH = 32_000, 512


def build(shape):
    torch.manual_seed(1)
    config = LlamaConfig(vocab_size=VOCABULARY, max_position_embeddings=LENGTH, tie_word_embeddings=True, use_cache=False, **shape)
    return LlamaForCausalLM(config)


def count_flops(shape):
    """Of a token, forward and backward: three times the forward's products."""
    width, inner, layers = shape["hidden_size"], shape["intermediate_size"], shape["num_hidden_layers"]
    products = layers * (4 * width * width + 3 * width * inner) + VOCABULARY * width
    attention = layers * 2 * width * LENGTH / 2
    return 6 * (products + attention)


def measure_products(shape, seconds=3.0):
    """Floating-point operations a second of a layer's and the head's products, each as often as a step has them."""
    width, inner = shape["hidden_size"], shape["intermediate_size"]
    sizes = [(width, width, 4 * shape["num_hidden_layers"]), (width, inner, 3 * shape["num_hidden_layers"]), (width, VOCABULARY, 1)]
    rows = [(torch.randn(LENGTH, one), torch.randn(one, other), times) for one, other, times in sizes]
    begin, done = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        for left, right, times in rows:
            for _ in range(times):
                left @ right
        done += sum(2 * LENGTH * one * other * times for one, other, times in sizes)
    return done / (time.perf_counter() - begin)


def list_ways(shape, compute):
    """Name -> a function that takes one step on given ids."""

    def ours():
        model = build(shape)
        optimizers = make_optimizers(model, kind="adamw", rate=1e-4, decay=0.1, betas=(0.9, 0.95))

        def step(ids):
            batch = Batch(ids, ids, None, torch.zeros(1, dtype=torch.bool))
            take_step(model, optimizers, batch, size=1, rate=1e-4, clip=1.0, ask=sum_loss)

        return step

    def theirs(*, compiled):
        model = build(shape)
        called = torch.compile(model) if compiled else model
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)

        def step(ids):
            called(input_ids=ids, labels=ids).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

        return step

    found = {"ayni": ours(), "transformers": theirs(compiled=False), "transformers, compiled": theirs(compiled=True)}
    cast = lambda step: lambda ids: _cast(step, ids, compute)  # noqa: E731
    return {name: cast(step) for name, step in found.items()}


def _cast(step, ids, compute):
    with torch.autocast("cpu", torch.bfloat16, enabled=compute == "bfloat16"):
        step(ids)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--compute", default="float32", choices=["float32", "bfloat16"])
    options = parser.parse_args()
    torch.set_num_threads(2)
    found = {}
    for name, shape in SHAPES.items():
        ways = list_ways(shape, options.compute)
        ids = torch.randint(0, VOCABULARY, (1, LENGTH), generator=torch.Generator().manual_seed(2))
        times = {way: [] for way in ways}
        for step in ways.values():
            step(ids)
            step(ids)
        rates = []
        for _ in range(options.rounds):
            rates.append(measure_products(shape, 1.0))
            for way, step in ways.items():
                begin = time.perf_counter()
                for _ in range(options.steps):
                    step(ids)
                times[way].append((time.perf_counter() - begin) / options.steps)
        products, flops = statistics.median(rates), count_flops(shape)
        found[name] = {"products_gflops": round(products / 1e9, 1)}
        for way, seconds in times.items():
            speed = LENGTH / statistics.median(seconds)
            found[name][way] = {"tokens_per_second": round(speed), "share_of_products": round(speed * flops / products, 3)}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
