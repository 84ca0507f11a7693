"""Sites: where and with which machines a recipe runs. A site can never change the answer.

    [site]
    name = "laptop"
    engine = "local"       # or "ray"
    workers = 2            # processes that read and score documents
    store = "store"        # relative to where the command is typed
    [site.machines]        # what `ayni plan` counts with: see class Machines
    mirror = ""            # "s3://bucket/prefix": parts and artifacts are shared through it (pipeline/mirror.py)
    [site.parallel]        # over how many processes a model trains: see class Parallel

This is the only place, with core/log, that reads environment variables: AYNI_STORE names the store,
AYNI_NODE_STORE the folder of a Ray node that does not see the run's.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ayni.core.errors import InputError
from ayni.core.places import find_shipped


class Machines(BaseModel):
    """What training runs on and what it costs: for `ayni plan`. Nothing here can change an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    gpus: int = Field(ge=1)
    memory_gb: float = Field(gt=0)  # of one GPU, in 10^9 bytes
    peak_tflops: float = Field(gt=0)  # dense, in the compute type; from the data sheet, or measured
    utilisation: float = Field(default=0.4, gt=0, le=1)  # the share of it that training reaches
    usd_per_gpu_hour: float = Field(default=0.0, ge=0)
    watts: float = Field(default=0.0, ge=0)  # of one GPU with its share of the computer around it
    overhead: float = Field(default=1.0, ge=1)  # of the building: power usage effectiveness


class Parallel(BaseModel):
    """How a model that trains is spread over processes (training/parallel.py). The answer is the same but for the order of float sums."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    replicate: int = Field(default=1, ge=1)  # groups that each hold a whole model
    shard: int = Field(default=1, ge=1)  # ranks of a group that hold a part of every weight
    tensor: int = Field(default=1, ge=1)  # ranks that share each layer's heads and inner columns
    recompute: bool = False  # keep only what goes into a layer: less memory, a third more work

    def ranks(self) -> int:
        """How many processes that makes."""
        return self.replicate * self.shard * self.tensor


class Site(BaseModel):
    """Where things run."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = "laptop"
    engine: str = "local"
    workers: int = Field(default=2, ge=1)
    store: str = "store"
    address: str = ""  # of a Ray cluster; empty: start one here
    machines: Machines | None = None  # what `ayni plan` counts with
    mirror: str = ""  # object storage that machines share
    parallel: Parallel = Parallel()  # how training is spread

    def store_path(self, asked: str | None = None) -> Path:
        """The store: --store, else AYNI_STORE, else the site's."""
        return Path(asked or os.environ.get("AYNI_STORE") or self.store).expanduser()


def find_node_store(root: str) -> Path:
    """Where a node keeps what it builds: AYNI_NODE_STORE, else the run's own store."""
    return Path(os.environ.get("AYNI_NODE_STORE") or root)


def load_site(name: str | None = None) -> Site:
    """Read a site file, given as a path or as the name of a shipped one; the default is `laptop`."""
    path = find_shipped("sites", name or "laptop")
    try:
        return Site.model_validate(tomllib.loads(path.read_text("utf-8")).get("site", {}))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InputError(f"the site file '{path}' is wrong", why=str(error).replace("\n", " "), mend="mend it") from error
