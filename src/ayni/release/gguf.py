"""Stage `release.gguf`: the model as GGUF files, each read back and compared before it may leave.

    [gguf]
    stage = "release.gguf"
    model = "@model"

gguf.json states, for each file, the largest difference of a logit and the share of positions where the likeliest next
token stays the same, measured on the probe texts of release/probes.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ayni.core.errors import FormatError
from ayni.core.files import write_json
from ayni.core.formats.model import Model
from ayni.core.formats.release import Gguf
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage
from ayni.release.probes import PROBES

# A float16 weight is within 2**-11 of its value. Measured on 127 positions of a 135M model, the logits (standard deviation 6)
# moved by 0.03 at most, but for one position in which they moved by 2.3, without changing the likeliest token.
# Eight-bit blocks keep the likeliest token in nine positions of ten at least, or something is wrong with the layout.
_LIMITS = {"f16": 0.99, "q8_0": 0.9}


class GgufParams(StageParams):
    """`forms` to write, of f16 and q8_0; `name` of the files."""

    forms: tuple[str, ...] = ("f16", "q8_0")
    name: str = "ayni"


@stage("release.gguf", version=1)
def convert(job: Job, model: Model, params: GgufParams) -> Gguf:  # type: ignore[return]
    """Write every form, read it back, compare."""
    from ayni.model.gguf_writer import write_gguf

    checks: dict[str, Any] = {}
    expected = _read_logits(model.path)
    for form in params.forms:
        target = job.folder / f"{params.name}-{form}.gguf"
        write_gguf(model.path, target, form, name=params.name, license=str(model.origin().get("license", "")))
        checks[form] = _compare(target, model, expected)
        if checks[form]["same_next_token"] < _LIMITS[form]:
            raise FormatError(f"{target.name} does not answer like the model", why=f"{checks[form]}", mend="report this as a fault of ayni")
    write_json(job.folder / "gguf.json", checks)


def _read_logits(folder: Path) -> list[Any]:
    import torch

    from ayni.model.likelihood import load_reader

    reader = load_reader(folder)
    with torch.inference_mode():
        return [reader.model(torch.tensor([reader.tokenizer.encode(text).ids])).logits[0] for text in PROBES]


def _compare(target: Path, model: Model, expected: list[Any]) -> dict[str, float]:
    """Load the GGUF file's weights into the same architecture and compare logits."""
    import torch

    from ayni.model.gguf_reader import read_gguf
    from ayni.model.likelihood import load_reader

    reader = load_reader(model.path)
    found = read_gguf(target)
    missing, unexpected = reader.model.load_state_dict(found.weights, strict=False)
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise FormatError(f"{target.name} has other tensors than the model", why=f"{missing[:3]} {unexpected[:3]}")
    largest, same, positions = 0.0, 0, 0
    with torch.inference_mode():
        for text, reference in zip(PROBES, expected, strict=True):
            logits = reader.model(torch.tensor([reader.tokenizer.encode(text).ids])).logits[0]
            largest = max(largest, float((logits - reference).abs().max()))
            same += int((logits.argmax(-1) == reference.argmax(-1)).sum())
            positions += logits.shape[0]
    return {"largest_logit_difference": round(largest, 5), "same_next_token": round(same / positions, 4), "positions": positions}
