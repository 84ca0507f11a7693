"""Checkpoints that many ranks write together, through torch.distributed.checkpoint, and that any other number of ranks reads.

    state/step-000120/shard-00001-model-00001-of-00001.safetensors ...     one file a rank
    state/step-000120/state.json                                            step, order, cursor, rows, SHA-256 of every file

safetensors rather than torch's own form, which is a pickle: each file's header says which part of which tensor it holds. Written into
a folder beside, synced, renamed; hashes are read back from the disk before the older checkpoint goes. Hashing is dealt out over the
ranks. A plain checkpoint (checkpoint.py) and a model's own folder are read in the same way.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint import HuggingFaceStorageReader, HuggingFaceStorageWriter

from ayni.core.digest import digest_file
from ayni.core.files import publish_folder, read_json, write_json
from ayni.training.checkpoint import Progress


def save_sharded(folder: Path, progress: Progress, tensors: dict[str, torch.Tensor]) -> None:
    """Write a checkpoint; all ranks call it with the parts that they hold."""
    first, scratch = dist.get_rank() == 0, folder / f".writing-{progress.step:06d}"
    final = folder / f"step-{progress.step:06d}"
    if first:
        for left in folder.glob(".writing-*"):  # a kill in the middle of the last one
            shutil.rmtree(left, ignore_errors=True)
        scratch.mkdir(parents=True)
    dist.barrier()
    dcp.save(tensors, storage_writer=HuggingFaceStorageWriter(str(scratch), save_distributed=True))
    hashes = _hash_files(scratch)
    if first:
        write_json(scratch / "state.json", {**asdict(progress), "hashes": hashes})
        shutil.rmtree(final, ignore_errors=True)
        publish_folder(scratch, final)
    dist.barrier()
    if _hash_files(final) == hashes and first:  # else the older one stays; the next save tries again
        for old in sorted(folder.glob("step-*"))[:-1]:
            shutil.rmtree(old)
    dist.barrier()


def find_whole(folder: Path, order: str) -> tuple[Path, Progress] | None:
    """The newest checkpoint whose hashes agree, made with the same order of data; every rank finds the same one."""
    for name in _tell(sorted((path.name for path in folder.glob("step-*")), reverse=True)):
        body = _tell(_read_state(folder / name, order))
        if body is None:
            continue
        hashes = body.pop("hashes")
        if _hash_files(folder / name) == hashes:
            return folder / name, Progress(**body)
    return None


def read_tensors(folder: Path, wanted: dict[str, torch.Tensor]) -> None:
    """Fill tensors, whole ones or this rank's parts, from the safetensors files of a folder, however those were cut."""
    kept = {name: each.detach() for name, each in wanted.items() if each.ndim}
    scalars = {name: each for name, each in wanted.items() if not each.ndim}
    alone = not dist.is_initialized()
    if kept:
        dcp.load(kept, storage_reader=HuggingFaceStorageReader(str(folder)), no_dist=alone)
    _read_scalars(folder, scalars)


def list_sizes(folder: Path) -> dict[str, torch.Size]:
    """Name -> size of every tensor in the safetensors files of a folder, as if it were whole."""
    found: Mapping[str, Any] = HuggingFaceStorageReader(str(folder)).read_metadata().state_dict_metadata
    return {name: each.size for name, each in found.items()}


def lay_out_moments(folder: Path, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Empty tensors for the moments that a checkpoint has: cut as their weight is, or whole where they are of another size."""
    made: dict[str, torch.Tensor] = {}
    for name, size in list_sizes(folder).items():
        weight, slash, _ = name.rpartition("/")
        if slash:
            like = weights[weight].detach()
            made[name] = torch.zeros_like(like) if size == like.shape else torch.zeros(size)
    return made


def _read_scalars(folder: Path, wanted: dict[str, torch.Tensor]) -> None:
    """Numbers without a dimension, such as the steps of AdamW: in a slice of nothing the reader above finds nothing."""
    from safetensors import safe_open

    for path in sorted(folder.glob("*.safetensors")) if wanted else ():
        with safe_open(path, framework="pt") as tensors:
            for name in wanted.keys() & set(tensors.keys()):
                wanted[name].copy_(tensors.get_tensor(name))


def _read_state(path: Path, order: str) -> dict[str, Any] | None:
    try:
        body: dict[str, Any] = read_json(path / "state.json")
        names = {each.name for each in path.glob("*.safetensors")}
        Progress(**{key: value for key, value in body.items() if key != "hashes"})
        return body if body["order"] == order and names == set(body["hashes"]) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _hash_files(folder: Path) -> dict[str, str]:
    """Name -> SHA-256 of every safetensors file; each rank reads some of them."""
    names, rank, world = sorted(path.name for path in folder.glob("*.safetensors")), 0, 1
    if dist.is_initialized():
        rank, world = dist.get_rank(), dist.get_world_size()
    mine = {name: digest_file(folder / name) for name in names[rank::world]}
    if world == 1:
        return mine
    parts: list[Any] = [None] * world
    dist.all_gather_object(parts, mine)
    return {name: value for part in parts for name, value in part.items()}


def _tell(value: Any) -> Any:
    """What the first rank has, on every rank."""
    if not dist.is_initialized():
        return value
    box = [value]
    dist.broadcast_object_list(box, 0)
    return box[0]
