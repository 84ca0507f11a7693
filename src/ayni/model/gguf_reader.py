"""Read a Llama model out of a GGUF file: configuration, float32 weights, tokenizer, chat template.

    found = read_gguf(Path("SmolLM2-135M-Instruct.Q4_1.gguf"))
    found.config, found.weights["model.embed_tokens.weight"]       # names and layouts of Hugging Face

llama.cpp stores the rows of q and k in pairs for its rotary embedding; `_unpair` undoes that. The tokenizer is built
from the vocabulary and merges with the pre-tokenizer that the file names, so that ids equal llama.cpp's (transformers'
own GGUF reader leaves the pre-tokenizer's digit rule out). Source: the GGUF specification of ggml-org.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ayni.core.errors import InputError, MissingExtra
from ayni.model.pre_tokenizer import KNOWN, make_pre_tokenizer
from ayni.model.rope import recognise

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
ROPE_FACTORS = "rope_freqs.weight"
TOP_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


@dataclass(frozen=True)
class GgufModel:
    """What a GGUF file of a Llama model holds, in Hugging Face's names. Weights are float32."""

    config: dict[str, Any]
    weights: dict[str, torch.Tensor]
    tokenizer: dict[str, Any]  # the content of tokenizer.json
    special: dict[str, str]  # bos_token, eos_token, unk_token, pad_token
    chat_template: str
    license: str
    name: str


def read_gguf(path: Path) -> GgufModel:
    """Read and dequantise. Raises InputError for another architecture or a vocabulary of another kind."""
    try:
        from gguf import GGUFReader
    except ImportError as error:
        raise MissingExtra("gguf is not installed", why=str(error), mend="pip install 'ayni[train]'") from error
    try:
        reader = GGUFReader(path)
    except (ValueError, OSError) as error:
        raise InputError(f"'{path.name}' is not a readable GGUF file", why=str(error), mend="fetch it again") from error
    fields = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    if fields.get("general.architecture") != "llama":
        raise InputError(f"'{path.name}' is not a Llama model", why=f"architecture {fields.get('general.architecture')!r}")
    config = _read_config(fields, {tensor.name for tensor in reader.tensors})
    config["rope_parameters"] = _read_rope(reader.tensors, config["rope_parameters"])
    return GgufModel(
        config=config,
        weights=_read_weights([tensor for tensor in reader.tensors if tensor.name != ROPE_FACTORS], config),
        tokenizer=_read_tokenizer(fields),
        special=_read_special(fields),
        chat_template=fields.get("tokenizer.chat_template", ""),
        license=fields.get("general.license", ""),
        name=fields.get("general.name", path.stem),
    )


def _read_config(fields: dict[str, Any], tensors: set[str]) -> dict[str, Any]:
    heads = int(fields["llama.attention.head_count"])
    width = int(fields["llama.embedding_length"])
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(fields["tokenizer.ggml.tokens"]),
        "hidden_size": width,
        "intermediate_size": int(fields["llama.feed_forward_length"]),
        "num_hidden_layers": int(fields["llama.block_count"]),
        "num_attention_heads": heads,
        "num_key_value_heads": int(fields.get("llama.attention.head_count_kv", heads)),
        "head_dim": int(fields.get("llama.attention.key_length", width // heads)),
        "hidden_act": "silu",
        "max_position_embeddings": int(fields["llama.context_length"]),
        # the file holds float32; the nearest short decimal is what the model was trained with
        "rms_norm_eps": float(f"{fields['llama.attention.layer_norm_rms_epsilon']:.6g}"),
        "rope_parameters": {"rope_type": "default", "rope_theta": float(fields.get("llama.rope.freq_base", 10000.0))},
        "tie_word_embeddings": "output.weight" not in tensors,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": int(fields["tokenizer.ggml.bos_token_id"]),
        "eos_token_id": int(fields["tokenizer.ggml.eos_token_id"]),
        "pad_token_id": int(fields.get("tokenizer.ggml.padding_token_id", fields["tokenizer.ggml.eos_token_id"])),
        "dtype": "float32",
    }


def _read_rope(tensors: Any, plain: dict[str, Any]) -> dict[str, Any]:
    """The plain rotary parameters, or those of the scaling whose factors the file holds."""
    factors = next((np.asarray(tensor.data).ravel() for tensor in tensors if tensor.name == ROPE_FACTORS), None)
    if factors is None:
        return plain
    found = recognise(factors, plain["rope_theta"])
    if found is None:
        raise InputError(
            "the GGUF file stretches its rotary frequencies in a way not known here", mend="adopt the Hugging Face folder instead"
        )
    return found


def _read_weights(tensors: Any, config: dict[str, Any]) -> dict[str, torch.Tensor]:
    from gguf import dequantize

    weights: dict[str, torch.Tensor] = {}
    for tensor in tensors:
        values = np.ascontiguousarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        part = tensor.name.split(".")
        if part[0] == "blk" and part[2] in LAYER_NAMES:
            name = f"model.layers.{part[1]}.{LAYER_NAMES[part[2]]}.weight"
            if part[2] == "attn_q":
                values = _unpair(values, config["num_attention_heads"])
            elif part[2] == "attn_k":
                values = _unpair(values, config["num_key_value_heads"])
        elif part[0] in TOP_NAMES:
            name = f"{TOP_NAMES[part[0]]}.weight"
        else:
            raise InputError(f"the GGUF file has a tensor '{tensor.name}' that a Llama model does not have")
        weights[name] = torch.from_numpy(values.copy())
    return weights


def _unpair(rows: np.ndarray[Any, Any], heads: int) -> np.ndarray[Any, Any]:
    """(heads * head_dim, width): from interleaved rotary pairs to the two halves that Hugging Face uses."""
    out, width = rows.shape
    return rows.reshape(heads, out // heads // 2, 2, width).swapaxes(1, 2).reshape(out, width)


def _read_tokenizer(fields: dict[str, Any]) -> dict[str, Any]:
    if fields.get("tokenizer.ggml.model") != "gpt2":
        raise InputError("the GGUF file's tokenizer is not byte-level BPE", mend="adopt the Hugging Face folder instead")
    tokens, types = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    special = [index for index, kind in enumerate(types) if kind == 3]  # 3: control token in ggml's enum
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": index, "content": tokens[index], **flags} for index in special],
        "normalizer": None,
        "pre_tokenizer": _pre_tokenizer(fields.get("tokenizer.ggml.pre", "")),
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": fields.get("tokenizer.ggml.pre") == "llama-bpe",
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": [merge.split(" ", 1) for merge in fields["tokenizer.ggml.merges"]],
        },
    }


def _pre_tokenizer(name: str) -> dict[str, Any]:
    if name in ("default", ""):
        name = "gpt-2"
    if name in ("refact", "command-r", "starcoder", "codeshell", "exaone"):  # digits apart, then GPT-2's words
        name = "smollm"
    if name in KNOWN:
        return make_pre_tokenizer(name)
    raise InputError(f"the GGUF file's pre-tokenizer '{name}' is not known here", mend="adopt the Hugging Face folder instead")


def _read_special(fields: dict[str, Any]) -> dict[str, str]:
    tokens = fields["tokenizer.ggml.tokens"]
    keys = {"bos_token": "bos", "eos_token": "eos", "unk_token": "unknown", "pad_token": "padding"}
    found = {key: fields.get(f"tokenizer.ggml.{name}_token_id") for key, name in keys.items()}
    return {key: tokens[index] for key, index in found.items() if index is not None}
