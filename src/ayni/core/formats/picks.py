"""Picks: which documents stay, and for the others the first rule that rejected them. Rejects are kept, never lost.

picks.parquet     id, keep, rule ("" for kept ones), in the order of the documents
rules.json        the rules' names, in the order in which they were asked
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.errors import FormatError
from ayni.core.files import read_json, write_json
from ayni.core.formats.artifact import Artifact

SCHEMA = pa.schema([("id", pa.string()), ("keep", pa.bool_()), ("rule", pa.string())])


class Picks(Artifact, kind="picks"):
    """One verdict a document."""

    def write(self, ids: Sequence[str], rules: Sequence[str], order: Sequence[str]) -> None:
        """Write verdicts (an empty rule keeps the document) and the names of all rules that were asked, in order."""
        write_json(self.path / "rules.json", list(order))
        table = pa.table({"id": list(ids), "keep": [not rule for rule in rules], "rule": list(rules)}, schema=SCHEMA)
        pq.write_table(table, self.path / "picks.parquet", compression="zstd", write_statistics=False)

    def rules(self) -> dict[str, str]:
        """Document id -> the rule that rejected it, '' where it was kept."""
        table = pq.read_table(self.path / "picks.parquet")
        return dict(zip(table["id"].to_pylist(), table["rule"].to_pylist(), strict=True))

    def order(self) -> list[str]:
        """The names of all rules, in the order in which they were asked."""
        return [str(name) for name in read_json(self.path / "rules.json")]

    def check(self) -> None:
        """The columns are there, and keep says the same as rule."""
        table = pq.read_table(self.path / "picks.parquet")
        if table.schema.remove_metadata() != SCHEMA:
            raise FormatError("picks.parquet has other columns than picks have")
        for keep, rule in zip(table["keep"].to_pylist(), table["rule"].to_pylist(), strict=True):
            if keep == bool(rule):
                raise FormatError("a pick is kept and rejected at once", why=f"keep={keep}, rule={rule!r}")
        unknown = set(self.rules().values()) - {"", *self.order()}
        if unknown:
            raise FormatError(f"a document was rejected by '{unknown.pop()}', which is no rule")

    def counts(self) -> dict[str, object]:
        """Kept, and rejected by rule."""
        rejected: dict[str, int] = {}
        kept = 0
        for rule in self.rules().values():
            kept += not rule
            if rule:
                rejected[rule] = rejected.get(rule, 0) + 1
        return {"kept": kept, "rejected": sum(rejected.values()), "by_rule": dict(sorted(rejected.items()))}
