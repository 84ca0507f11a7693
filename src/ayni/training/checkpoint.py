"""Checkpoints that survive kill -9: written whole or not at all, verified by hash, the last good one kept meanwhile.

    state/step-000120/weights.safetensors  moments.safetensors  state.json      written by one process
    state/step-000120/shard-00001-model-00001-of-00001.safetensors ...          written by many (sharded_checkpoint.py)

`state.json` is written last and holds the other files' SHA-256; a folder whose hashes do not agree is passed over.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from ayni.core.digest import digest_file
from ayni.core.files import publish_folder, read_json, write_json


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps done, the order's digest, what each step told (training/metrics.py, `Row`), blocks read of the order."""

    step: int
    order: str
    rows: list[list[float]]
    cursor: int = 0


def save_checkpoint(folder: Path, progress: Progress, weights: dict[str, torch.Tensor], moments: dict[str, torch.Tensor]) -> None:
    """Write a checkpoint, read its hashes back from the disk, and only then drop the older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".writing-*"):  # a kill in the middle of the last one
        shutil.rmtree(left, ignore_errors=True)
    scratch = folder / f".writing-{os.getpid()}"
    scratch.mkdir()
    save_file({name: tensor.detach().contiguous() for name, tensor in weights.items()}, scratch / "weights.safetensors")
    save_file({name: tensor.detach().contiguous() for name, tensor in moments.items()}, scratch / "moments.safetensors")
    hashes = {name: digest_file(scratch / name) for name in ("weights.safetensors", "moments.safetensors")}
    write_json(scratch / "state.json", {**asdict(progress), "hashes": hashes})
    final = folder / f"step-{progress.step:06d}"
    shutil.rmtree(final, ignore_errors=True)
    publish_folder(scratch, final)
    if not _is_whole(final, read_json(final / "state.json")["hashes"]):
        return  # the older one stays; the next save tries again
    for old in sorted(folder.glob("step-*"))[:-1]:
        shutil.rmtree(old)


def load_checkpoint(folder: Path, order: str) -> tuple[Progress, dict[str, torch.Tensor], dict[str, torch.Tensor]] | None:
    """The newest whole checkpoint made with the same order of data, by however many ranks, or None."""
    for path in sorted(folder.glob("step-*"), reverse=True):
        try:
            body = read_json(path / "state.json")
            whole = _is_whole(path, body.pop("hashes"))
            progress = Progress(**body)
        except (OSError, ValueError, TypeError, KeyError):
            continue
        if whole and progress.order == order:
            if (path / "weights.safetensors").exists():
                return progress, load_file(path / "weights.safetensors"), load_file(path / "moments.safetensors")
            return progress, *_join_shards(path)
    return None


def _is_whole(path: Path, hashes: dict[str, str]) -> bool:
    return all(digest_file(path / name) == value for name, value in hashes.items())


def _join_shards(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Weights and moments of a checkpoint that many ranks wrote."""
    from ayni.training.sharded_checkpoint import list_sizes, read_tensors

    tensors = {name: torch.zeros(size) for name, size in list_sizes(path).items()}
    read_tensors(path, tensors)
    moments = {name: each for name, each in tensors.items() if "/" in name}
    return {name: each for name, each in tensors.items() if "/" not in name}, moments
