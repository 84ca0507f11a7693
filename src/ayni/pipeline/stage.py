"""A stage: a pure function from parameters and input artifacts to one output artifact on disk.

    class Params(StageParams):
        minimum: int = 10

    @stage("corpus.select", version=1)
    def select(job: Job, documents: Documents, notes: list[Notes], params: Params) -> Picks: ...

The signature is the declaration: annotations that are artifact types are inputs (`list[...]` for several, `X | None`
for optional ones, `X | Y` for either), the parameter called `params` gives the recipe's keys, and the return type
is the kind that is written into `job.folder`. Stages are found through the entry points `ayni.stages`, the built-in
ones too.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from ayni.core.errors import RecipeError
from ayni.core.formats.artifact import Artifact
from ayni.core.suggest import did_you_mean


class StageParams(BaseModel):
    """What a recipe may set for a stage; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Input:
    """One input of a stage: which kinds it takes, whether a list, whether it may be left out."""

    kinds: tuple[str, ...]
    many: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Stage:
    """A stage as declared by its function's signature and the decorator's arguments."""

    name: str
    version: int
    function: Callable[..., None]
    params: type[StageParams]
    inputs: Mapping[str, Input]
    output: type[Artifact]
    costly: bool = False
    seeded: bool = False
    places: Mapping[str, Any] | None = None  # pydantic `exclude`: parameters that are places, never part of a key
    outside: Callable[[Any], Any] | None = None  # digest of what lies outside the store: files, packages, wheels
    obeys_withdrawals: bool = False  # the store's withdrawal list is in its job and in its key
    estimate: Callable[[Any, Any, Any], Any] | None = None  # (recipe, step, site) -> what it would cost, a dataclass

    def key_params(self, params: StageParams) -> dict[str, Any]:
        """Parameters that enter the key: all but the places."""
        return params.model_dump(mode="json", exclude=dict(self.places) if self.places else None)


Function = TypeVar("Function", bound=Callable[..., Any])


def stage(
    name: str,
    *,
    version: int,
    costly: bool = False,
    seeded: bool = False,
    places: Mapping[str, Any] | None = None,
    outside: Callable[[Any], Any] | None = None,
    obeys_withdrawals: bool = False,
    estimate: Callable[[Any, Any, Any], Any] | None = None,
) -> Callable[[Function], Function]:
    """Declare a function as a stage. Raise the version whenever its output changes for the same input."""

    def declare(function: Function) -> Function:
        hints = typing.get_type_hints(function)
        names = list(inspect.signature(function).parameters)
        inputs = {each: _read_input(hints[each]) for each in names if each not in ("job", "params")}
        function.stage = Stage(  # type: ignore[attr-defined]
            name,
            version,
            function,
            hints.get("params", StageParams),
            inputs,
            hints["return"],
            costly,
            seeded,
            places,
            outside,
            obeys_withdrawals,
            estimate,
        )
        return function

    return declare


def _read_input(hint: Any) -> Input:
    many = typing.get_origin(hint) is list
    inner = typing.get_args(hint)[0] if many else hint
    options = typing.get_args(inner) if isinstance(inner, types.UnionType) else (inner,)
    kinds = tuple(option.kind for option in options if option is not type(None))
    return Input(kinds, many, type(None) in options)


@cache
def list_stages() -> dict[str, EntryPoint]:
    """Stage name -> entry point, without importing any."""
    return {point.name: point for point in sorted(entry_points(group="ayni.stages"), key=lambda point: point.name)}


@cache
def find_stage(name: str) -> Stage:
    """Import and return a stage. Raises RecipeError with a suggestion for an unknown name."""
    known = list_stages()
    if name not in known:
        raise RecipeError(
            f"no stage is called '{name}'",
            why="no installed package offers it under the entry point ayni.stages",
            mend=did_you_mean(name, known) or "`ayni list stages` shows them all",
        )
    function = known[name].load()
    found = typing.cast(Stage, function.stage)
    if found.name != name:
        raise RecipeError(f"the entry point '{name}' leads to a stage called '{found.name}'", mend="rename one of them")
    return found
