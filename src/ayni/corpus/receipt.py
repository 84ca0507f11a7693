"""What became of a source's documents: a receipt that who gave them can keep, and that can be checked later.

    body = write_receipt(store, "archivo", recipe="regional-corpus")     JSON
    check_receipt(store, body)                                           [] where the store still says the same

Everything is derived from artifacts and manifests when it is asked for: a ledger of its own would be a second truth.
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

from ayni.core.digest import digest_json
from ayni.core.errors import InputError
from ayni.core.formats.documents import Documents
from ayni.core.formats.mix import Mix
from ayni.core.formats.picks import Picks
from ayni.core.suggest import did_you_mean
from ayni.corpus.query import open_tables
from ayni.corpus.trace import list_descendants
from ayni.pipeline.store import Named, Store
from ayni.pipeline.withdrawals import read_withdrawals


def write_receipt(store: Store, source: str, recipe: str = "") -> dict[str, Any]:
    """Files, documents, what was kept, what stopped the others, where they went. Raises InputError for an unknown source."""
    names = [each for each in store.names() if store.has(each.key)]
    chosen = recipe or (names[0].recipe if names else "")
    mine = [each for each in names if each.recipe == chosen]
    read = _first(store, mine, "documents")
    if read is None:
        raise InputError("the store has read no documents", mend="`ayni run RECIPE` first")
    body: dict[str, Any] = {"source": source, "recipe": chosen, "made_by": "ayni", **_count_read(store, read, source)}
    body |= _count_verdicts(store, mine, source)
    body["withdrawn"] = [vars(row) for row in read_withdrawals(store.root) if row.kind == "source" and row.value == source]
    body["to_withdraw"] = f'ayni withdraw --source {source} --why "..."'
    return body | {"digest": digest_json(body)}


def check_receipt(store: Store, receipt: dict[str, Any]) -> list[str]:
    """What differs between a receipt and what the store says now; first of all whether the receipt is as it was written."""
    stated = dict(receipt)
    digest = stated.pop("digest", "")
    if digest != digest_json(stated):
        return ["the receipt was changed after it was written: its digest is not that of its content"]
    now = write_receipt(store, str(receipt["source"]), str(receipt["recipe"]))
    return [
        f"{key}: {receipt.get(key)} -> {now.get(key)}" for key in sorted({*receipt, *now} - {"digest"}) if receipt.get(key) != now.get(key)
    ]


def _first(store: Store, names: list[Named], kind: str) -> Named | None:
    return next((each for each in names if store.manifest(each.key).kind == kind), None)


def _count_read(store: Store, read: Named, source: str) -> dict[str, Any]:
    documents = cast(Documents, store.open(read.key))
    table = documents.table(["id", "source", "origin", "license", "license_evidence", "consent", "terms"])
    rows = [row for row in table.to_pylist() if row["source"] == source]
    left = [{"origin": row.origin, "reason": row.reason} for row in documents.quarantine() if row.source == source]
    if not rows and not left:
        known = sorted(set(table["source"].to_pylist()))
        raise InputError(
            f"no document came from a source '{source}'", why=f"sources: {', '.join(known[:12])}", mend=did_you_mean(source, known)
        )
    rights = sorted({(row["license"], row["license_evidence"], row["consent"], row["terms"]) for row in rows})
    ids = hashlib.sha256("".join(sorted(row["id"] for row in rows)).encode()).hexdigest()
    return {
        "read": {
            "files": len({row["origin"].partition("#")[0] for row in rows}),
            "documents": len(rows),
            "ids_sha256": ids,
            "artifact": store.manifest(read.key).digest,
        },
        "quarantined": left,
        "rights": [dict(zip(("license", "evidence", "consent", "terms"), each, strict=True)) for each in rights],
    }


def _count_verdicts(store: Store, mine: list[Named], source: str) -> dict[str, Any]:
    """Kept and stopped, by the last picks of the recipe; the mixes that the kept ones are in, and what came of those."""
    body: dict[str, Any] = {"kept": None, "stopped": {}, "went_into": []}
    chosen = next(
        (each for each in mine if store.manifest(each.key).kind == "picks" and each.name == "picks"), _first(store, mine, "picks")
    )
    if chosen is None:
        return body
    documents = cast(Documents, store.open(store.manifest(chosen.key).inputs["documents"][0].key))
    with open_tables(documents, (), cast(Picks, store.open(chosen.key))) as connection:
        query = "SELECT rule, count(*), list(id) FROM documents JOIN picks USING (id) WHERE source = $1 GROUP BY 1 ORDER BY 1"
        found = {rule: (number, ids) for rule, number, ids in connection.execute(query, [source]).fetchall()}
    kept = set(found.pop("", (0, []))[1])
    body |= {"kept": len(kept), "stopped": {rule: number for rule, (number, _) in found.items()}}
    for each in mine:
        if store.manifest(each.key).kind == "mix":
            mix = cast(Mix, store.open(each.key))
            trains = sum(line.id in kept for line in mix.train())
            held = sum(line.id in kept for line in mix.heldout())
            made = list_descendants(store, each.recipe, each) if trains else []
            body["went_into"].append(
                {"mix": each.name, "digest": store.manifest(each.key).digest, "trains": trains, "held_out": held, "made": made}
            )
    return body
