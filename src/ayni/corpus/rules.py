"""Rules of reading: what a recipe says of files by their names, over all sources, and of members of archives too.

    [[read.rules]]
    match = "*/extra.tsv"
    format = "tables"
    options = { rows = [...], drop_where = [{ column = 0, equals = ["Flores"], why = "evaluation data" }] }

    [[read.rules]]
    match = "**/README.md"
    skip = "describes the data"              # the file goes into the quarantine: "left out by rule ..."

A file takes from every rule that matches it, in their order; of several that state a field, the last one counts.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

_DESCRIBING = ("language", "country", "domain", "license", "license_evidence", "consent", "terms")


class Rule(BaseModel):
    """What holds for the files that `match`, in the sources that `source` matches; fields that are not stated change nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    match: str | tuple[str, ...]
    source: str = "*"
    name: str = ""
    skip: str = ""  # why such files are not read
    format: str = ""
    options: dict[str, Any] = {}
    language: str = ""
    country: str = ""
    domain: str = ""
    license: str = ""
    license_evidence: str = ""
    consent: str = ""
    terms: str = ""

    def fits(self, source: str, relative: str) -> bool:
        """Whether the rule holds for a file of a source."""
        return fnmatch.fnmatchcase(source, self.source) and fits_any(relative, [self.match] if isinstance(self.match, str) else self.match)

    def reason(self) -> str:
        """What the quarantine says of a file that the rule leaves out."""
        return f"left out by rule '{self.name or self.match}': {self.skip}"


NO_RULE = Rule.model_construct(match="")


def fits_any(relative: str, patterns: Iterable[str]) -> bool:
    """Whether a relative path fits one of the patterns; `*` crosses folders, and `**/` may stand for none."""
    return any(
        pattern in ("**/*", "*") or fnmatch.fnmatchcase(relative, pattern) or fnmatch.fnmatchcase(relative, pattern.removeprefix("**/"))
        for pattern in patterns
    )


def settle(rules: Iterable[Rule], source: str, relative: str, container: Rule | None = None) -> Rule:
    """What the rules together say of one file; a member takes from its container's what describes documents."""
    stated: dict[str, Any] = {name: getattr(container, name) for name in _DESCRIBING} if container else {}
    for rule in rules:
        if rule.fits(source, relative):
            stated |= {name: getattr(rule, name) for name in rule.model_fields_set - {"match", "source", "name"}}
            if rule.skip:
                stated["name"] = rule.name or str(rule.match)
    return Rule.model_construct(match=relative, **stated)
