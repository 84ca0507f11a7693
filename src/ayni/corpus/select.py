"""Stage `corpus.select`: SQL rules over documents and notes; the first rule that holds drops the document and is named.

    [picks]
    stage = "corpus.select"
    documents = "@clean"
    notes = ["@language", "@quality", "@duplicates"]
    [[picks.rules]]
    name = "short"
    drop = "quality.characters < 3"

Each notes artifact is a table under its scorer's name, `documents` is a table too. A rule that comes out NULL, because
a scorer abstained, drops nothing. Dialect: DuckDB.
"""

from __future__ import annotations

import re

from pydantic import Field

from ayni.core.errors import RecipeError
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.pipeline.job import Job
from ayni.pipeline.stage import StageParams, stage


class Rule(StageParams):
    """A name for people, and a condition in SQL under which a document is dropped."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_ -]*$")
    drop: str
    why: str = ""


class SelectParams(StageParams):
    """Rules, in order."""

    rules: tuple[Rule, ...]


@stage("corpus.select", version=1)
def select(job: Job, documents: Documents, notes: list[Notes], params: SelectParams) -> Picks:  # type: ignore[return]
    """Evaluate all rules in one query."""
    import duckdb

    scorers = [artifact.header()["scorer"] for artifact in notes]
    cases = " ".join(f"WHEN coalesce(({rule.drop}), false) THEN '{rule.name}'" for rule in params.rules)
    verdict = f"CASE {cases} ELSE '' END" if cases else "''"
    joins = " ".join(
        f"JOIN {_table(artifact)} AS {_quote(scorer)} ON {_quote(scorer)}.id = documents.id"
        for artifact, scorer in zip(notes, scorers, strict=True)
    )
    query = f"SELECT documents.id, {verdict} FROM {_read(documents)} AS documents {joins}"
    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        try:
            found = dict(connection.execute(query).fetchall())
        except duckdb.Error as error:
            raise RecipeError(
                "a rule is not valid SQL over the documents and notes",
                why=str(error).splitlines()[0],
                mend=f"tables: documents, {', '.join(scorers)}",
            ) from error
    ids = [row.id for row in documents.rows()]
    Picks(job.folder).write(ids, [found[name] for name in ids], [rule.name for rule in params.rules])


def _quote(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise RecipeError(f"the scorer name '{name}' cannot be an SQL table", mend="use lower-case letters, digits and _")
    return f'"{name}"'


def _read(documents: Documents) -> str:
    return f"read_parquet({[str(path) for path in documents.parts()]})"


def _table(notes: Notes) -> str:
    return f"read_parquet({[str(path) for path in notes.parts()]})"
