"""Stage `model.initial`: a model with random weights, of a named size, for training from scratch.

[base]
stage = "model.initial"
tokenizer = "@tokenizer"
size = "3m"
"""

from __future__ import annotations

from ayni.core.errors import RecipeError
from ayni.core.files import read_json, write_json
from ayni.core.formats.model import Model, Tokenizer
from ayni.model.sizes import find_size
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class InitialParams(StageParams):
    """`size` names a shape of assets/sizes.toml; the vocabulary is the tokenizer's; `context` in tokens."""

    size: str = "3m"
    context: int = 2048
    rope_theta: float = 10000.0


@stage("model.initial", version=1, seeded=True)
def initialise(job: Job, tokenizer: Tokenizer, params: InitialParams) -> Model:  # type: ignore[return]
    """Draw weights from the artifact's seed (normal, 0.02; transformers' own initialisation)."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from ayni.model.folder import copy_tokenizer, write_weights

    size = find_size(params.size)
    vocabulary = read_json(tokenizer.path / "tokenizer.json")["model"]["vocab"]
    special = read_json(tokenizer.path / "generation_config.json")
    if len(vocabulary) > size.vocab_size:
        raise RecipeError(
            f"the tokenizer has {len(vocabulary)} tokens, size {params.size} has {size.vocab_size}", mend="train a smaller one"
        )
    shape = {**size.model_dump(), "vocab_size": len(vocabulary)}
    config = LlamaConfig(
        **shape,
        **special,
        max_position_embeddings=params.context,
        rope_parameters={"rope_type": "default", "rope_theta": params.rope_theta},
    )
    torch.manual_seed(job.seed)
    model = LlamaForCausalLM(config)
    weights = {name: tensor for name, tensor in model.state_dict().items() if not (config.tie_word_embeddings and name == "lm_head.weight")}
    body = {**config.to_dict(), "architectures": ["LlamaForCausalLM"], "dtype": "float32"}
    write_json(job.folder / "config.json", {key: body[key] for key in sorted(body) if key not in ("transformers_version", "_name_or_path")})
    write_weights(job.folder, weights)
    copy_tokenizer(tokenizer.path, job.folder)
    write_json(job.folder / "origin.json", {"name": f"random {params.size}", "license": "CC0-1.0", "source": "random weights"})
