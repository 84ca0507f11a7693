"""Audit: what every rule dropped, by country, variety, register, domain, language and source, with samples side by side.

audit.json    the figures and samples      audit.html    the same for people, offline, in three languages
"""

from __future__ import annotations

from typing import Any

from ayni.core.errors import FormatError
from ayni.core.files import read_json
from ayni.core.formats.artifact import Artifact


class Audit(Artifact, kind="audit"):
    """The filter audit of one selection."""

    def body(self) -> dict[str, Any]:
        """audit.json."""
        found: dict[str, Any] = read_json(self.path / "audit.json")
        return found

    def check(self) -> None:
        """read = kept + rejected, to the document, in all and in every row of every table."""
        body = self.body()
        rejected = sum(rule["documents"] for rule in body["rules"])
        if body["read"]["documents"] != body["kept"]["documents"] + rejected:
            raise FormatError("documents were lost on the way", why=f"{body['read']} read, {body['kept']} kept, {rejected} rejected")

    def counts(self) -> dict[str, object]:
        """Read, kept, rejected by rule, quarantined; groups that lose far more than the others."""
        body = self.body()
        rules = {rule["rule"]: rule["documents"] for rule in body["rules"]}
        return {"read": body["read"], "kept": body["kept"], "by_rule": rules, "flags": len(body["flags"])}
