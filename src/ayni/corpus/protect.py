"""Stage `corpus.protect`: the documents without personal data, by a policy for each domain; row by row the same documents.

    [protected]
    stage = "corpus.protect"
    documents = "@clean"
    notes = "@notes"                      # with the scorer personal_data
    policies = { "actas*" = "court" }     # beside those of assets/policies.toml; patterns over domains
    key_file = "keys/archivo.key"         # optional: what was replaced is sealed in `vault/` for who holds it
    ner = "models/ner-es"                 # optional: a token classifier of yours, whose people are added (pip install ayni[ner])

A value that was replaced in the text is replaced in the title too; other fields (origin, url, a title that says what the text does
not) stay as the source has them. Writes documents, protected.json (counts by type, country and domain, never a value) and, with a
key, vault/. Without a key nothing that this stage writes can give a value back. What comes before, `read` and `clean`, still holds
the texts: `ayni gc` removes artifacts that no recipe needs, and a store of them belongs where the originals belong.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ayni.core.digest import digest_file
from ayni.core.errors import RecipeError
from ayni.core.files import copy_or_link, read_json, write_json
from ayni.core.formats.documents import Documents, read_table, write_part
from ayni.core.formats.notes import Notes
from ayni.core.places import asset
from ayni.corpus.protection.ner import add_people, find_people, name_model
from ayni.corpus.protection.policy import check_policies, choose_policy
from ayni.corpus.protection.replace import hide_values, replace_spans
from ayni.corpus.protection.vault import name_key, read_key, seal
from ayni.pipeline.job import Job, Part
from ayni.pipeline.stage import StageParams, stage

_SCORER = "personal_data"


class ProtectParams(StageParams):
    """`policies`: pattern of a domain -> policy; `key_file`: where the key of the vault lies; `ner`: a model's folder; "" for none."""

    policies: dict[str, str] = {}
    key_file: str = ""
    ner: str = ""


def _outside(params: ProtectParams) -> dict[str, str]:
    """The table of policies, and which key, by a digest."""
    check_policies(params.policies)
    key = name_key(Path(params.key_file).expanduser()) if params.key_file else ""
    body = {"policies": digest_file(asset("policies.toml")), "key": key}
    return {**body, "ner": name_model(Path(params.ner).expanduser())} if params.ner else body


@stage("corpus.protect", version=2, places={"key_file": True, "ner": True}, outside=_outside)
def protect(job: Job, documents: Documents, notes: Notes, params: ProtectParams) -> Documents:  # type: ignore[return]
    """Replace part by part, then add up the counts."""
    if _SCORER not in notes.scorers():
        raise RecipeError(f"the notes say nothing of {_SCORER}", why=f"they hold {', '.join(notes.scorers())}", mend="add it to `scorers`")
    outside = _outside(params)
    where = {
        name: str(Path(path).expanduser().absolute()) if path else "" for name, path in (("key_file", params.key_file), ("ner", params.ner))
    }
    stated = {"policies": params.policies, **where}
    pairs = list(zip(documents.parts(), notes.parts(_SCORER), strict=True))
    parts = [Part([digest_file(one), digest_file(two), outside], {**stated, "part": str(one), "notes": str(two)}) for one, two in pairs]
    done = job.map_parts("ayni.corpus.protect:protect_part", parts, "protect")
    for number, part in enumerate(done):
        copy_or_link(part.folder / "part.parquet", job.folder / "documents" / f"part-{number:05}.parquet")
        if params.key_file:
            copy_or_link(part.folder / "vault.parquet", job.folder / "vault" / f"part-{number:05}.parquet")
    quarantine = documents.path / "quarantine.jsonl"
    if quarantine.exists():
        copy_or_link(quarantine, job.folder / "quarantine.jsonl")
    body = _add_up([part.result for part in done])
    write_json(job.folder / "protected.json", body)
    job.notes["replaced"] = body["by_type"]


def protect_part(item: dict[str, Any]) -> list[list[Any]]:
    """Replace in one part; rows of (type, country, domain, replaced, of them with a wrong check digit)."""
    table = read_table(Path(item["part"])).combine_chunks()
    spans = pq.read_table(item["notes"], columns=["spans"])["spans"].combine_chunks()
    about = {name: table[name].to_pylist() for name in ("id", "title", "language", "country", "domain")}
    texts: dict[int, str] = {}
    titles: dict[int, str] = {}
    sealed: list[tuple[str, str, str]] = []
    counts: Counter[tuple[str, str, str]] = Counter()
    invalid: Counter[tuple[str, str, str]] = Counter()
    for row in range(table.num_rows) if item["ner"] else _list_marked(spans):
        policy = choose_policy(about["domain"][row], item["policies"])
        text, marked = table["text"][row].as_py(), spans[row].as_py() or []
        if item["ner"]:
            marked = add_people(marked, find_people(Path(item["ner"]), [text])[0])
        done = replace_spans(text, marked, policy, about["language"][row])
        if done.counts:
            texts[row] = done.text
            titles[row] = hide_values(about["title"][row], done.values)
            sealed += [(about["id"][row], token, value) for token, value in done.values.items()]
            place = (about["country"][row], about["domain"][row])
            counts.update({(kind, *place): number for kind, number in done.counts.items()})
            invalid.update({(kind, *place): number for kind, number in done.invalid.items()})
    folder = Path(item["folder"])
    write_part(folder / "part.parquet", _put_strings(_put_strings(table, "text", texts), "title", titles))
    if item["key_file"]:
        seal(folder / "vault.parquet", read_key(Path(item["key_file"])), sealed)
    return [[*key, number, invalid[key]] for key, number in sorted(counts.items())]


def _list_marked(spans: pa.Array) -> list[int]:
    """Rows that have spans."""
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(spans), 0)
    return [int(row) for row in pc.indices_nonzero(lengths).to_pylist()]


def _put_strings(table: pa.Table, name: str, values: dict[int, str]) -> pa.Table:
    """The table with a column changed in some rows."""
    import pyarrow.compute as pc

    if not values:
        return table
    place = table.schema.get_field_index(name)
    mask = pa.array([row in values for row in range(table.num_rows)])
    column = pc.replace_with_mask(table[name].combine_chunks(), mask, pa.array([values[row] for row in sorted(values)], pa.string()))
    return table.set_column(place, table.schema.field(name), column)


def _add_up(results: list[Any]) -> dict[str, Any]:
    totals: dict[str, Counter[str]] = {"by_type": Counter(), "by_country": Counter(), "by_domain": Counter(), "invalid": Counter()}
    for kind, country, domain, number, wrong in (row for rows in results for row in rows):
        totals["by_type"][kind] += number
        totals["by_country"][country] += number
        totals["by_domain"][domain] += number
        totals["invalid"][kind] += wrong
    tables = {name: {key: number for key, number in sorted(counts.items()) if number} for name, counts in totals.items()}
    return {"replaced": sum(totals["by_type"].values()), **tables}


def read_protected(documents: Documents) -> dict[str, Any] | None:
    """The counts of protected documents, or None where these are not."""
    path = documents.path / "protected.json"
    return dict(read_json(path)) if path.exists() else None
