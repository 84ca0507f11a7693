"""What `ayni plan` says of trainings whose cost is on public record, and by how much it is wrong; prints JSON.

    python benchmarks/plan.py

Nothing is fitted: 40% of the peak for all. The record counts what was used, restarts and slow starts included; the plan counts one
straight run.
"""

import json

from ayni.model.cost import Workload, estimate_training
from ayni.model.sizes import Size, find_size
from ayni.pipeline.site import Machines

H100 = {"memory_gb": 80, "peak_tflops": 989}  # dense bf16, data sheet; GH200 and H200 have the same cores
NANOCHAT = Size(hidden_size=1536, num_hidden_layers=24, num_attention_heads=12, num_key_value_heads=12, intermediate_size=4096,
                vocab_size=32768, tie_word_embeddings=False)  # fmt: skip
# name, shape, tokens, sequence, GPUs, GPU hours on record, where
RECORDS = [
    ("Llama-SEA-LION-v3-70B", find_size("70b"), 200e9, 8192, 128, 76_160, "model card: 200B tokens; GPU hours as the issue states them"),
    ("Llama-3.1-8B", find_size("8b"), 15e12, 8192, 8192, 1_460_000, "model card: 1.46M H100 hours, 15T tokens"),
    ("Llama-3.1-70B", find_size("70b"), 15e12, 8192, 8192, 7_000_000, "model card: 7.0M H100 hours, 15T tokens"),
    (
        "Apertus-70B",
        find_size("70b"),
        15e12,
        4096,
        4096,
        6_000_000,
        "technical report: about 6M GH200 hours, 15T tokens, shape near ours",
    ),
    ("nanochat d24", NANOCHAT, 5.84e9, 2048, 8, 16, "README: about 2 hours on 8 H100; FP8 and extra embeddings are not in the plan"),
]


def main():
    rows = []
    for name, size, tokens, length, gpus, hours, source in RECORDS:
        cost = estimate_training(Workload(size, int(tokens), length), Machines(name="H100", gpus=gpus, utilisation=0.4, **H100))
        error = cost.gpu_hours / hours - 1
        reached = cost.gpu_hours * 0.4 / hours
        rows.append({"model": name, "planned": cost.gpu_hours, "recorded": hours, "error": round(error, 3),
                     "share_of_peak_reached": round(reached, 3), "source": source})  # fmt: skip
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
