"""One document's whole way: from its source to mixes, models and releases, or to the rule that stopped it.

    for way in trace(store, "3f0c9a12b4d56e78"): print(way.recipe, way.verdict); print(way.steps)

Asked are the artifacts themselves, by id, so that nothing is said that is not on disk: no log of its own that could differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pyarrow.compute as pc
import pyarrow.parquet as pq

from ayni.core.errors import InputError
from ayni.core.formats.documents import Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.corpus.query import quote_paths
from ayni.pipeline.manifest import Manifest
from ayni.pipeline.store import Named, Store
from ayni.pipeline.withdrawals import Withdrawal, read_withdrawals

_ABOUT = "id, source, origin, title, language, country, domain, license, license_evidence, consent, terms, url, date, derivation"
_NAMED = "id = $1 OR origin = $1 OR starts_with(origin, $1 || '#') OR source || '/' || origin = $1"
_TOLD = ("duplicates", "rights", "personal_data", "contamination", "language")  # scorers whose notes decide about a document


@dataclass(frozen=True)
class Found:
    """A document in the store, and the text that it has in one artifact."""

    id: str
    source: str
    origin: str


@dataclass(frozen=True)
class TraceStep:
    """What one artifact says of the document."""

    artifact: str
    stage: str
    digest: str
    says: dict[str, Any]


@dataclass
class Way:
    """A document's way through one recipe; `verdict` in a few words, `into` what was made from a mix that it trains in."""

    recipe: str
    id: str
    verdict: str = "read"
    withdrawn: dict[str, str] | None = None
    steps: list[TraceStep] = field(default_factory=list)
    into: list[dict[str, str]] = field(default_factory=list)


def find_documents(store: Store, name: str) -> list[Found]:
    """Documents with this id or origin (`file`, `file#record`, `source/file`). Raises InputError where there is none."""
    for artifact in _list_documents(store):
        rows = _ask(artifact, f"SELECT id, source, origin FROM {{}} WHERE {_NAMED}", [name])
        if rows:
            return [Found(*row) for row in rows]
    raise InputError(
        f"the store has no document '{name}'",
        why="it is neither an id nor an origin of a document that was read",
        mend='`ayni sql "SELECT id, origin FROM documents LIMIT 20"` shows ids; what was not read: `ayni sql "SELECT * FROM quarantine"`',
    )


def trace(store: Store, name: str) -> list[Way]:
    """The way of the document through every recipe that read it; of a file with several records, of the first."""
    found = find_documents(store, name)[0]
    recipes = list(dict.fromkeys(each.recipe for each in store.names()))
    ways = [_follow(store, recipe, found) for recipe in recipes]
    return [way for way in ways if way.steps]


def _list_documents(store: Store) -> list[Documents]:
    keys = dict.fromkeys(each.key for each in store.names() if store.has(each.key) and store.manifest(each.key).kind == "documents")
    return [cast(Documents, store.open(key)) for key in keys]


def _follow(store: Store, recipe: str, found: Found) -> Way:
    way = Way(recipe, found.id)
    before = ""
    for each in store.names():
        if each.recipe != recipe or not store.has(each.key):
            continue
        manifest, artifact = store.manifest(each.key), store.open(each.key)
        says: dict[str, Any] | None = None
        if isinstance(artifact, Documents):
            says, before = _tell_text(artifact, found.id, before)
            way.withdrawn = way.withdrawn or (_name_withdrawal(read_withdrawals(store.root), says, found) if says else None)
        elif isinstance(artifact, Notes):
            says = _tell_notes(artifact, found.id)
        elif isinstance(artifact, Picks):
            says = _tell_picks(artifact, found.id, way)
        elif isinstance(artifact, Mix):
            says = _tell_mix(artifact, found.id, way)
            if says and says["role"] == "trains":
                way.into += list_descendants(store, recipe, each)
        if says:
            way.steps.append(TraceStep(each.name, manifest.stage, manifest.digest, says))
    return way


def _ask(artifact: Documents, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        view = f"read_parquet([{quote_paths(artifact.parts())}], union_by_name = true)"
        rows: list[tuple[Any, ...]] = connection.execute(query.format(view), values).fetchall()
        return rows


def _tell_text(artifact: Documents, id: str, before: str) -> tuple[dict[str, Any] | None, str]:
    rows = _ask(artifact, f"SELECT {_ABOUT}, octet_length(encode(text)), sha256(text) FROM {{}} WHERE id = $1", [id])
    if not rows:
        return None, before
    *about, size, digest = rows[0]
    facts = {key: value for key, value in zip(_ABOUT.split(", "), about, strict=True) if value} if not before else {}
    changed = {} if not before else {"text": "unchanged" if digest == before else "changed"}
    return {**facts, **changed, "bytes": size, "sha256": digest}, digest


def _tell_notes(artifact: Notes, id: str) -> dict[str, Any] | None:
    told: dict[str, Any] = {}
    for scorer in artifact.scorers():
        if scorer in _TOLD:
            for part in artifact.parts(scorer):
                rows = pq.read_table(part, filters=[("id", "=", id)]).to_pylist()
                if rows:
                    told[scorer] = {key: _short(value) for key, value in rows[0].items() if key != "id" and value is not None}
                    break
    return told or None


def _short(value: Any) -> Any:
    """Spans become counts: a trace is shown to people, and personal data are not repeated in it."""
    if isinstance(value, list):
        kinds = [str(each.get("type", each.get("language", ""))) if isinstance(each, dict) else "" for each in value]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    return round(value, 4) if isinstance(value, float) else value


def _tell_picks(artifact: Picks, id: str, way: Way) -> dict[str, Any] | None:
    rows = pq.read_table(artifact.path / "picks.parquet", filters=[("id", "=", id)]).to_pylist()
    if not rows:
        return None
    way.verdict = "kept" if rows[0]["keep"] else f"stopped by the rule '{rows[0]['rule']}'"
    return {"kept": rows[0]["keep"], **({"rule": rows[0]["rule"]} if rows[0]["rule"] else {})}


def _tell_mix(artifact: Mix, id: str, way: Way) -> dict[str, Any] | None:
    roles = {
        "train": ("trains", "trains"),
        "heldout": ("held out", "is held out, to measure"),
        "excluded": ("out", "stays out of the mix"),
    }
    for name, (role, verdict) in roles.items():
        rows = artifact.table(name).filter(pc.field("id") == id).to_pylist()
        if rows:
            facts = {key: value for key, value in rows[0].items() if key != "id"}
            way.verdict = verdict + (f": {facts['reason']}" if "reason" in facts else "")
            return {"role": role, **facts}
    return None  # not among the kept


def list_descendants(store: Store, recipe: str, mix: Named) -> list[dict[str, str]]:
    """Tokens, models and releases of the recipe that were made from the mix, with digests."""
    made = {each.key: each for each in store.names() if each.recipe == recipe and store.has(each.key)}
    manifests = {key: manifest for key in made if _carries(manifest := store.manifest(key))}
    reached, found = {mix.key}, []
    while after := [key for key in manifests if key not in reached and reached & _list_inputs(manifests[key])]:
        reached |= set(after)
        found += after
    facts = [(made[key].name, manifests[key]) for key in found]
    return [{"name": name, "kind": each.kind, "digest": each.digest, "built": each.started} for name, each in facts]


def _list_inputs(manifest: Manifest) -> set[str]:
    return {record.key for records in manifest.inputs.values() for record in records}


def _carries(manifest: Manifest) -> bool:
    """Whether an artifact of this kind holds something of the texts that it was made from; scores and reports only count."""
    return manifest.kind in ("tokens", "tokenizer", "model", "gguf", "bundle")


def _name_withdrawal(rows: tuple[Withdrawal, ...], says: dict[str, Any], found: Found) -> dict[str, str] | None:
    """The oldest entry that names the document."""
    for row in rows:
        named = {
            "document": row.value == found.id,
            "source": row.value == says.get("source", found.source),
            "file": row.value == found.origin or found.origin.startswith(f"{row.value}#"),
            "text": row.value == says["sha256"],
        }
        if named[row.kind]:
            return {"kind": row.kind, "value": row.value, "why": row.why, "date": row.date}
    return None
