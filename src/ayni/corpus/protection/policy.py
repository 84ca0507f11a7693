"""Policies: which personal data a text of some kind loses. The table is assets/policies.toml.

policy = choose_policy("legal", {})          -> the policy "court"
policy.replaces("name", "…la jueza ")        -> False: the text says that it is an official's
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ayni.core.errors import RecipeError
from ayni.core.places import asset
from ayni.core.suggest import did_you_mean

_OFFICIAL = re.compile(  # words that make the name which follows within a few words that of somebody acting in office
    r"(?i)\b(?:ju[ei]z[a]?|juíza?|ministr[oa]s?|magistrad[oa]s?|conjuez|relator[a]?|desembargador(?:a|es)?|procurador[a]?|fiscal(?:es)?|"
    r"promotor[a]?|defensor[a]? públic[oa]|vocal(?:es)?|presidente|presidenta|vicepresident[ea]|vice-presidente|gobernador[a]?|"
    r"governador[a]?|senador[a]?|diputad[oa]|deputad[oa]|alcalde(?:sa)?|intendente|prefeit[oa]|"
    r"secretari[oa] (?:general|de estado|judicial)|"
    r"canciller|embajador[a]?|embaixador[a]?|rector[a]?|reitor[a]?|contralor[a]?|superintendente|director[a]? general)\b[^.;:\n\d]{0,40}$"
)
_REACH = 70  # code points before a name that are looked at


@dataclass(frozen=True)
class Policy:
    """What is replaced, what stays, whether officials keep their names."""

    name: str
    replace: tuple[str, ...]
    keep: tuple[str, ...]
    officials: bool

    def replaces(self, type: str, before: str) -> bool:
        """Whether a span of a type goes; `before` is the text in front of it."""
        if type in self.keep or not ("*" in self.replace or type in self.replace):
            return False
        return not (type == "name" and self.officials and _OFFICIAL.search(before[-_REACH:]))


@cache
def load_table() -> dict[str, Any]:
    """assets/policies.toml."""
    return tomllib.loads(asset("policies.toml").read_text("utf-8"))


@cache
def load_policies() -> dict[str, Policy]:
    """Policies by name."""
    rows = {name: body for name, body in load_table().items() if name not in ("domains", "labels")}
    return {name: Policy(name, tuple(body["replace"]), tuple(body["keep"]), bool(body["officials"])) for name, body in rows.items()}


def check_policies(stated: Mapping[str, str]) -> None:
    """Raise RecipeError for a policy that is not there."""
    for pattern, name in stated.items():
        if name not in load_policies():
            known = list(load_policies())
            raise RecipeError(
                f"'{pattern}' names no policy: '{name}'", why=f"there are: {', '.join(known)}", mend=did_you_mean(name, known)
            )


def choose_policy(domain: str, stated: Mapping[str, str]) -> Policy:
    """The recipe's policy for a domain, else the table's, else `general`."""
    for pattern, name in (*stated.items(), *load_table()["domains"].items()):
        if fnmatch.fnmatchcase(domain, pattern):
            return load_policies()[name]
    return load_policies()["general"]


def name_type(type: str, language: str) -> str:
    """The word that stands in a text for a type: in Portuguese for Portuguese texts, else in Spanish."""
    words = load_table()["labels"]["pt" if language.partition("-")[0] == "pt" else "es"]
    return str(words.get(type, type.upper()))
