"""Stage `corpus.select`: SQL rules over documents and notes; the first rule that holds drops the document and is named.

    [picks]
    stage = "corpus.select"
    documents = "@clean"
    notes = ["@notes", "@duplicates"]
    [[picks.rules]]
    name = "short"
    drop = "quality.characters < 3"

Each scorer's notes are a table under the scorer's name, `documents` is a table too. A rule that comes out NULL, because
a scorer abstained, drops nothing. `filters = ["gopher", "c4", "fineweb"]` asks the rules of published filters first.
Dialect: DuckDB.

Before all rules stands one that no recipe can leave out: what the store's withdrawal list names is dropped as `withdrawn`, and its
exact copies with it where the notes tell of copies. It is in the order of rules where the list is not empty.
"""

from __future__ import annotations

import tomllib

from pydantic import Field

from ayni.core.errors import RecipeError
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.core.places import asset
from ayni.core.suggest import did_you_mean
from ayni.corpus.query import join_notes, open_tables
from ayni.corpus.withdrawn import WITHDRAWN, list_withdrawn
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class Rule(StageParams):
    """A name for people, and a condition in SQL under which a document is dropped."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_ -]*$")
    drop: str
    why: str = ""


class SelectParams(StageParams):
    """`rules` in order; before them those of the published `filters` named: c4, fineweb, gopher (assets/rules)."""

    filters: tuple[str, ...] = ()
    rules: tuple[Rule, ...]

    def all_rules(self) -> list[Rule]:
        """Every rule in the order in which it is asked. Raises RecipeError for an unknown filter."""
        return [rule for name in self.filters for rule in read_filter(name)] + list(self.rules)


def read_filter(name: str) -> list[Rule]:
    """The rules of a published filter."""
    known = sorted(path.stem for path in asset("rules").glob("*.toml"))
    if name not in known:
        raise RecipeError(f"no filter is called '{name}'", why=f"there are: {', '.join(known)}", mend=did_you_mean(name, known))
    rows = tomllib.loads(asset(f"rules/{name}.toml").read_text("utf-8"))["rules"]
    return [Rule(**{key: row[key] for key in ("name", "drop", "why") if key in row}) for row in rows]


def _outside(params: SelectParams) -> list[dict[str, str]]:
    """The rules of the published filters."""
    return [rule.model_dump() for name in params.filters for rule in read_filter(name)]


@stage("corpus.select", version=1, outside=_outside, obeys_withdrawals=True)
def select(job: Job, documents: Documents, notes: list[Notes], params: SelectParams) -> Picks:  # type: ignore[return]
    """Evaluate all rules in one query."""
    import duckdb

    rules = params.all_rules()
    order = [*([WITHDRAWN] if job.withdrawals else []), *(rule.name for rule in rules)]
    scorers = [name for artifact in notes for name in artifact.scorers()]
    cases = " ".join(f"WHEN coalesce(({rule.drop}), false) THEN '{rule.name}'" for rule in rules)
    verdict = f"CASE WHEN documents.id IN (SELECT id FROM withdrawn) THEN '{WITHDRAWN}' {cases} ELSE '' END"
    with open_tables(documents, notes, spill=job.folder.parent / "spill") as connection:
        list_withdrawn(connection, job.withdrawals, scorers)
        try:
            found = dict(connection.execute(f"SELECT documents.id, {verdict} {join_notes(scorers)}").fetchall())
        except duckdb.Error as error:
            raise RecipeError(
                "a rule is not valid SQL over the documents and notes",
                why=str(error).splitlines()[0],
                mend=f"tables: documents, {', '.join(scorers)}",
            ) from error
    ids = documents.table(["id"])["id"].to_pylist()
    Picks(job.folder).write(ids, [found[name] for name in ids], order)
