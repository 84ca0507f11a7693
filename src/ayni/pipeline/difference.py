"""What differs between two artifacts, down to the parameter or the input: for `why`, `diff` and the costly guard.

explain(old_manifest, new_identity)   -> ["params.tokens: 20000 -> 30000", "input documents: other content"]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ayni.pipeline.manifest import Manifest
from ayni.pipeline.plan import Identity
from ayni.pipeline.recipe import Step


def compare_values(old: Any, new: Any, where: str) -> Iterator[str]:
    """One line for each leaf that differs between two JSON values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from compare_values(old.get(key), new.get(key), f"{where}.{key}" if where else str(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from compare_values(left, right, f"{where}[{index}]")
    elif old != new:
        yield f"{where}: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def explain(old: Manifest, step: Step, new: Identity) -> list[str]:
    """Why a step has another key than the artifact that was built for it before."""
    lines: list[str] = []
    if old.stage != step.stage.name:
        lines.append(f"stage: {old.stage} -> {step.stage.name}")
    if old.version != step.stage.version:
        lines.append(f"version of {step.stage.name}: {old.version} -> {step.stage.version}")
    lines += compare_values(old.params, new.params, "params")
    lines += compare_values(old.outside, new.outside, "outside")
    lines += compare_values(old.seed, new.seed, "seed")
    if old.withdrawals != new.withdrawals:
        lines.append("the withdrawal list: other entries")
    before = {key: [each.digest for each in rows] for key, rows in old.inputs.items()}
    for key in sorted({*before, *new.inputs}):
        if before.get(key) != new.inputs.get(key):
            names = ", ".join(f"@{name}" for name in step.inputs.get(key, ()))
            lines.append(f"input {key} ({names}): other content")
    return lines


def compare_manifests(old: Manifest, new: Manifest) -> list[str]:
    """What differs between two artifacts: their making, their counts, their files."""
    lines = [f"{name}: {a} -> {b}" for name, a, b in (("stage", old.stage, new.stage), ("version", old.version, new.version)) if a != b]
    lines += compare_values(old.params, new.params, "params")
    lines += compare_values(old.outside, new.outside, "outside")
    inputs = [{key: [each.digest[:12] for each in rows] for key, rows in m.inputs.items()} for m in (old, new)]
    lines += compare_values(inputs[0], inputs[1], "inputs")
    lines += compare_values(old.counts, new.counts, "counts")
    changed = [name for name in sorted({*old.files, *new.files}) if old.files.get(name) != new.files.get(name)]
    lines += [f"file {name}: {_file_change(old, new, name)}" for name in changed[:20]]
    if len(changed) > 20:
        lines.append(f"and {len(changed) - 20} more files")
    return lines


def _file_change(old: Manifest, new: Manifest, name: str) -> str:
    if name not in old.files:
        return "only in the second"
    return "only in the first" if name not in new.files else "other content"
