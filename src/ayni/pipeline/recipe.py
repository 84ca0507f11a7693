"""Recipes: TOML files that name artifacts and say how each is made from others.

    [recipe]
    name = "tiny"
    seed = 7

    [clean]                       # the artifact `clean` ...
    stage = "corpus.clean"        # ... is made by this stage ...
    documents = "@read"           # ... from the artifact `read` (a typed reference) ...
    minimum = 10                  # ... with this parameter.

`load_recipe(path, sets)` refuses unknown keys, stages and references, wrong types and cycles before anything runs.
"""

from __future__ import annotations

import graphlib
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ayni.core.errors import RecipeError
from ayni.core.suggest import did_you_mean
from ayni.pipeline.stage import Stage, StageParams, find_stage

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"  # names become folders and files of the store


class Header(BaseModel):
    """The `[recipe]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=NAME)
    seed: int = 0
    about: str = ""
    site: str = ""  # whose machines `ayni plan` counts with where none is named; never part of a key


@dataclass(frozen=True)
class Step:
    """One artifact of a recipe: its stage, parameters and references."""

    name: str
    stage: Stage
    params: StageParams
    inputs: Mapping[str, tuple[str, ...]]  # input name -> artifact names

    def needs(self) -> set[str]:
        """The artifacts that it is made from."""
        return {name for names in self.inputs.values() for name in names}


@dataclass(frozen=True)
class Recipe:
    """A checked recipe; `steps` are in an order in which they can be built."""

    header: Header
    steps: tuple[Step, ...]
    sets: tuple[str, ...] = ()
    path: Path | None = field(default=None, compare=False)

    def step(self, name: str) -> Step:
        """The step that makes an artifact."""
        for each in self.steps:
            if each.name == name:
                return each
        raise RecipeError(f"the recipe '{self.header.name}' makes no '{name}'", mend=did_you_mean(name, [s.name for s in self.steps]))

    def only(self, targets: Sequence[str]) -> tuple[Step, ...]:
        """The steps needed for some artifacts, in order; all steps where none is named."""
        if not targets:
            return self.steps
        wanted: set[str] = set()
        queue = [self.step(name).name for name in targets]
        while queue:
            name = queue.pop()
            if name not in wanted:
                wanted.add(name)
                queue.extend(self.step(name).needs())
        return tuple(step for step in self.steps if step.name in wanted)


def seed_for(seed: int, artifact: str) -> int:
    """The seed of one artifact: 31 bits of SHA-256 over the recipe's seed and the artifact's name."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{artifact}".encode()).digest()[:4], "big") >> 1


def load_recipe(path: Path, sets: Sequence[str] = ()) -> Recipe:
    """Read and check a recipe file, with `--set table.key=value` changes applied."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RecipeError(f"no recipe at '{path}'", mend="`ayni list recipes` shows those that came with ayni") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"'{path}' is not valid TOML", why=str(error), mend="mend the line named above") from error
    return build_recipe(tables, sets, path)


def build_recipe(tables: dict[str, Any], sets: Sequence[str] = (), path: Path | None = None) -> Recipe:
    """Check the tables of a recipe and put its steps in order."""
    for change in sets:
        _apply_set(tables, change)
    header = _validate(Header, tables.get("recipe", {}), "recipe")
    bodies = {name: body for name, body in tables.items() if name != "recipe"}
    steps = {name: _read_step(name, body, bodies) for name, body in bodies.items()}
    for step in steps.values():
        _check_references(step, steps)
    try:
        order = list(graphlib.TopologicalSorter({name: sorted(step.needs()) for name, step in steps.items()}).static_order())
    except graphlib.CycleError as error:
        raise RecipeError("the recipe runs in a circle", why=" -> ".join(error.args[1]), mend="cut one reference") from error
    return Recipe(header, tuple(steps[name] for name in order), tuple(sets), path)


def _apply_set(tables: dict[str, Any], change: str) -> None:
    target, equals, text = change.partition("=")
    *parents, key = target.strip().split(".")
    if not equals or not parents:
        raise RecipeError(f"--set {change} is not of the form table.key=value", mend="for example --set train.tokens=20000")
    place: Any = tables
    for name in parents:
        if not isinstance(place.get(name), dict):
            raise RecipeError(f"--set {change}: no table '{name}'", mend=did_you_mean(name, place))
        place = place[name]
    try:
        place[key] = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        place[key] = text


def _validate(model: type[Any], values: Mapping[str, Any], table: str) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([table, *(str(part) for part in first["loc"])])
        if first["type"] == "extra_forbidden":
            known = _known_keys(model, first["loc"])
            raise RecipeError(
                f"unknown key '{where}'",
                why=f"known keys: {', '.join(sorted(known)) or 'none'}",
                mend=did_you_mean(str(first["loc"][-1]), known) or "remove it",
            ) from error
        raise RecipeError(f"'{where}': {first['msg']}", why=f"the value is {first['input']!r:.80}", mend="mend it") from error


def _known_keys(model: type[Any], place: Sequence[int | str]) -> list[str]:
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            annotation = model.model_fields[part].annotation
            inner = [a for a in (annotation, *getattr(annotation, "__args__", ())) if hasattr(a, "model_fields")]
            if not inner:
                return []
            model = inner[0]
    return list(model.model_fields)


def _read_step(name: str, body: Any, tables: Mapping[str, Any]) -> Step:
    if not re.match(NAME, name):
        raise RecipeError(f"'{name}' cannot name an artifact", why="it becomes a file's name", mend="use letters, digits, _ - and .")
    if not isinstance(body, dict) or "stage" not in body:
        raise RecipeError(
            f"the table '{name}' has no stage",
            why="every table but [recipe] is an artifact and says which stage makes it",
            mend=did_you_mean(name, ["recipe"]) or 'add stage = "..."; `ayni list stages` shows them',
        )
    stage = find_stage(str(body["stage"]))
    inputs: dict[str, tuple[str, ...]] = {}
    for key, spec in stage.inputs.items():
        if key in body:
            inputs[key] = _read_references(f"{name}.{key}", body[key], spec.many, tables)
        elif not spec.optional:
            raise RecipeError(f"'{name}.{key}' is missing", why=f"{stage.name} needs it", mend=f'{key} = "@NAME"')
    rest = {key: value for key, value in body.items() if key not in stage.inputs and key != "stage"}
    unknown = next((key for key in rest if key not in stage.params.model_fields), None)
    if unknown is not None:
        known = [*stage.params.model_fields, *stage.inputs]
        raise RecipeError(
            f"unknown key '{name}.{unknown}'",
            why=f"{stage.name} takes: {', '.join(sorted(known)) or 'no keys'}",
            mend=did_you_mean(unknown, known) or "remove it",
        )
    return Step(name, stage, _validate(stage.params, rest, name), inputs)


def _read_references(where: str, value: Any, many: bool, tables: Mapping[str, Any]) -> tuple[str, ...]:
    values = value if many and isinstance(value, list) else [value]
    names: list[str] = []
    for each in values:
        if not isinstance(each, str) or not each.startswith("@"):
            raise RecipeError(f"'{where}' must be a reference", why=f"it is {each!r}", mend='write "@NAME"')
        if each[1:] not in tables:
            raise RecipeError(
                f"'{where}' refers to '{each}', which the recipe does not make",
                why=f"it makes: {', '.join(tables)}",
                mend=did_you_mean(each[1:], tables) or "add a table of this name",
            )
        names.append(each[1:])
    return tuple(names)


def _check_references(step: Step, steps: Mapping[str, Step]) -> None:
    for key, names in step.inputs.items():
        wanted = step.stage.inputs[key].kinds
        for name in names:
            kind = steps[name].stage.output.kind
            if kind not in wanted:
                raise RecipeError(
                    f"'{step.name}.{key}' takes {' or '.join(wanted)}, but '@{name}' is {kind}",
                    why=f"{steps[name].stage.name} writes {kind}",
                    mend="refer to another artifact",
                )
