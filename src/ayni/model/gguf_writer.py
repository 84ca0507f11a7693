"""Write a Llama model folder as GGUF, the file that llama.cpp, Ollama and LM Studio open.

    write_gguf(folder, Path("model-q8_0.gguf"), "q8_0")

The inverse of gguf_reader: names and the pairing of q and k rows, vocabulary, merges, pre-tokenizer and chat template.
Only a pre-tokenizer that llama.cpp knows is written; anything else is refused here, not found out by a user.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

from ayni.core.errors import FormatError, MissingExtra
from ayni.core.files import read_json
from ayni.model.gguf_reader import LAYER_NAMES, ROPE_FACTORS, TOP_NAMES
from ayni.model.pre_tokenizer import find_name
from ayni.model.rope import stretch

TYPES = ("f16", "q8_0")


def write_gguf(folder: Path, target: Path, form: str, *, name: str, license: str = "") -> None:
    """Write one file. `form` is f16 or q8_0; norms stay float32 in both."""
    try:
        import gguf
    except ImportError as error:
        raise MissingExtra("gguf is not installed", why=str(error), mend="pip install 'ayni[train]'") from error
    config = read_json(folder / "config.json")
    writer = gguf.GGUFWriter(target, "llama")
    _write_header(writer, config, form, name, license)
    _write_vocabulary(writer, folder, config)
    rope = config.get("rope_parameters") or {}
    if rope.get("rope_type") == "llama3":
        head = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
        writer.add_tensor(ROPE_FACTORS, stretch(rope, head), raw_dtype=gguf.GGMLQuantizationType.F32)
    kinds = {"f16": gguf.GGMLQuantizationType.F16, "q8_0": gguf.GGMLQuantizationType.Q8_0}
    with safe_open(folder / "model.safetensors", framework="numpy") as weights:
        for source in weights.keys():  # noqa: SIM118  not a dict
            values = weights.get_tensor(source).astype(np.float32)
            tensor, values = _rename(source, values, config)
            kind = kinds[form] if values.ndim == 2 else gguf.GGMLQuantizationType.F32
            writer.add_tensor(tensor, gguf.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_header(writer: Any, config: dict[str, Any], form: str, name: str, license: str) -> None:
    import gguf

    writer.add_name(name)
    if license:
        writer.add_license(license)
    writer.add_file_type({"f16": gguf.LlamaFileType.MOSTLY_F16, "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}[form])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    rope = config.get("rope_parameters") or {"rope_theta": config.get("rope_theta", 10000.0)}
    if rope.get("rope_type", "default") not in ("default", "llama3"):
        raise FormatError(f"rope scaling '{rope['rope_type']}' is not written to GGUF yet", mend="release without GGUF")
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_rope_dimension_count(config["hidden_size"] // config["num_attention_heads"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _write_vocabulary(writer: Any, folder: Path, config: dict[str, Any]) -> None:
    import gguf

    tokenizer = read_json(folder / "tokenizer.json")
    tokens = [f"[PAD{index}]" for index in range(config["vocab_size"])]
    kinds = [gguf.TokenType.UNUSED] * len(tokens)
    for token, index in tokenizer["model"]["vocab"].items():
        tokens[index], kinds[index] = token, gguf.TokenType.NORMAL
    for added in tokenizer["added_tokens"]:
        tokens[added["id"]] = added["content"]
        kinds[added["id"]] = gguf.TokenType.CONTROL if added["special"] else gguf.TokenType.USER_DEFINED
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(find_name(tokenizer))
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    writer.add_token_merges(merges)
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    if config.get("pad_token_id") is not None:
        writer.add_pad_token_id(config["pad_token_id"])
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    template = folder / "chat_template.jinja"
    if template.exists():
        writer.add_chat_template(template.read_text("utf-8"))


def _rename(source: str, values: np.ndarray[Any, Any], config: dict[str, Any]) -> tuple[str, np.ndarray[Any, Any]]:
    parts = source.removesuffix(".weight").split(".")
    if parts[:2] == ["model", "layers"]:
        inner = ".".join(parts[3:])
        name = next(key for key, value in LAYER_NAMES.items() if value == inner)
        heads = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}.get(name)
        return f"blk.{parts[2]}.{name}.weight", pair(values, config[heads]) if heads else values
    whole = ".".join(parts)
    return next(key for key, value in TOP_NAMES.items() if value == whole) + ".weight", values


def pair(rows: np.ndarray[Any, Any], heads: int) -> np.ndarray[Any, Any]:
    """(heads * head_dim, width): from Hugging Face's two rotary halves to llama.cpp's interleaved pairs."""
    out, width = rows.shape
    return np.ascontiguousarray(rows.reshape(heads, 2, out // heads // 2, width).swapaxes(1, 2).reshape(out, width))
