"""Stage `corpus.repeats`: paragraphs that stand in many documents, taken out of all but the first; ids and order stay as they are.

    [unrepeated]
    stage = "corpus.repeats"
    documents = "@clean"
    documents_with_it = 20       # a paragraph of more documents than these is a repeat
    words = 16                   # a shorter one never is: verses, headings, who signs ("El Presidente del honorable Senado")
    unit = "paragraph"           # or line
    within = "all"               # documents of all sources together, or of each source apart

repeats.jsonl in the artifact lists what was taken: text (its first letters), documents, where the first stands, and how often it went.
Paragraphs are compared as fingerprints do, without case and punctuation. What stands at the edges of a source's documents only,
menus and letterheads, `corpus.clean` has taken already; here are the notices and quotations inside. A paragraph with a word of the
language packs' `formulae` stays. Maps with files between: the hashes of a part, the counts of a range of hashes, the part without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from ayni.core.digest import digest_bytes, digest_file, digest_json
from ayni.core.files import copy_or_link, write_atomic
from ayni.core.formats.documents import Documents, read_table, write_part
from ayni.corpus.copies.candidates import cut_ranges
from ayni.corpus.copies.traces import read_range
from ayni.pipeline.job import Job, Part, PartResult
from ayni.pipeline.stage import StageParams, stage
from ayni.text.fingerprint import fold_slowly
from ayni.text.packs import load_packs, marks_digest

# a paragraph's hash, with its source's where sources stand apart; the id of the first document of the part that has it; of how many
ROW = np.dtype([("key", np.uint64), ("first", np.uint64), ("documents", np.uint32)])
_SAMPLE = 200  # characters of a text in the list
_BREAKS = {"paragraph": re.compile(r"\n[^\S\n]*\n\s*"), "line": re.compile(r"\n+")}


class RepeatsParams(StageParams):
    """As at the head of this file; `memory` is what a worker's work may take, and changes no result."""

    documents_with_it: int = Field(default=20, ge=1)
    words: int = Field(default=16, ge=1)
    unit: Literal["paragraph", "line"] = "paragraph"
    within: Literal["all", "source"] = "all"
    memory: str = Field(default="512MB", pattern=r"^[1-9][0-9]*(MB|GB)$")

    def bytes_of_memory(self) -> int:
        """The ceiling in bytes, of powers of ten."""
        return int(self.memory[:-2]) * (10**9 if self.memory.endswith("GB") else 10**6)

    def stated(self) -> dict[str, Any]:
        """What a part's hashes depend on."""
        return {"words": self.words, "unit": self.unit, "within": self.within}


def _outside(params: RepeatsParams) -> str:
    return marks_digest()


@stage("corpus.repeats", version=1, outside=_outside, places={"memory": True})
def drop_repeats(job: Job, documents: Documents, params: RepeatsParams) -> Documents:  # type: ignore[return]
    """Hash, count, take out."""
    item, key = params.stated(), [params.stated(), marks_digest()]
    paths = documents.parts()
    hashed = job.map_parts(
        "ayni.corpus.repeats:hash_part", [Part([digest_file(path), key], {**item, "part": str(path)}) for path in paths], "hashes"
    )
    first = job.notes["parts"]
    repeats = _count(job, hashed, params)
    parts = []
    for path, part in zip(paths, hashed, strict=True):
        here = np.load(part.folder / "hashes.npy", allow_pickle=False)["key"]
        mine = repeats[np.isin(repeats["key"], here)]
        found = {str(row["key"]): [int(row["first"]), int(row["documents"])] for row in mine}
        parts.append(Part([digest_file(path), digest_bytes(mine.tobytes()), key], {**item, "part": str(path), "repeats": found}))
    done = job.map_parts("ayni.corpus.repeats:strip_part", parts, "repeats")
    for number, part in enumerate(done):
        copy_or_link(part.folder / "part.parquet", job.folder / "documents" / f"part-{number:05}.parquet")
    for path in sorted(documents.path.iterdir()):
        if path.is_file():  # quarantine, sources, what was taken before
            copy_or_link(path, job.folder / path.name)
    rows = _list_taken(part.result for part in done)
    write_atomic(job.folder / "repeats.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    job.notes.update({"parts": first, "repeats": {"texts": len(rows), "taken": sum(row["taken"] for row in rows)}})


def _count(job: Job, hashed: list[PartResult], params: RepeatsParams) -> Any:
    folders = [str(part.folder) for part in hashed]
    ranges = cut_ranges(sum(part.result for part in hashed), params.bytes_of_memory())
    all_of_it = digest_json([part.folder.name for part in hashed])
    parts = [
        Part([all_of_it, low, high], {"hashes": folders, "range": [low, high], "more_than": params.documents_with_it})
        for low, high in pairwise(ranges)
    ]
    done = job.map_parts("ayni.corpus.repeats:count_range", parts, "counts")
    return np.concatenate([np.load(part.folder / "repeats.npy", allow_pickle=False) for part in done])


def hash_part(item: dict[str, Any]) -> int:
    """Write the hashes of a part's paragraphs, sorted; returns their bytes."""
    table = pq.read_table(item["part"], columns=["id", "source", "text"])
    pairs: set[tuple[int, int]] = set()
    for name, source, text in zip(*(table[column].to_pylist() for column in table.column_names), strict=True):
        pairs.update((code, int(name, 16)) for _, code in _list_paragraphs(text, source, item) if code)
    rows = np.array(sorted(pairs), np.uint64).reshape(-1, 2)
    keys, starts, counts = np.unique(rows[:, 0], return_index=True, return_counts=True)
    found = np.empty(len(keys), ROW)
    found["key"], found["first"], found["documents"] = keys, rows[starts, 1], counts
    np.save(Path(item["folder"]) / "hashes.npy", found, allow_pickle=False)
    return int(found.nbytes)


def _list_paragraphs(text: str, source: str, item: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Pieces of a text, breaks too, that together are the text again; each with its hash, or 0 where it can be no repeat."""
    at = 0
    for found in _BREAKS[item["unit"]].finditer(text):
        yield text[at : found.start()], _hash(text[at : found.start()], source, item)
        yield found[0], 0
        at = found.end()
    yield text[at:], _hash(text[at:], source, item)


def _hash(paragraph: str, source: str, item: dict[str, Any]) -> int:
    if paragraph.count(" ") + paragraph.count("\n") < item["words"] // 2:  # most are far too short; words part at marks too
        return 0
    plain = fold_slowly(paragraph)
    words = plain.split(" ")
    if len(words) < item["words"] or not _formulae().isdisjoint(words):
        return 0
    return int(digest_bytes(f"{source if item['within'] == 'source' else ''}\0{plain}".encode())[:16], 16)


@cache
def _formulae() -> frozenset[str]:
    return frozenset(word for pack in load_packs().values() for word in pack.formulae)


def count_range(item: dict[str, Any]) -> int:
    """Write which hashes of a range stand in more than so many documents; returns their number."""
    rows = np.concatenate([np.empty(0, ROW), *(read_range(Path(folder) / "hashes.npy", *item["range"]) for folder in item["hashes"])])
    rows = rows[np.lexsort((rows["first"], rows["key"]))]
    _, starts = np.unique(rows["key"], return_index=True)
    found = rows[starts]
    if len(found):
        found["documents"] = np.add.reduceat(rows["documents"], starts)
    found = found[found["documents"] > item["more_than"]]
    np.save(Path(item["folder"]) / "repeats.npy", found, allow_pickle=False)
    return len(found)


def strip_part(item: dict[str, Any]) -> list[list[Any]]:
    """Take repeats out of a part; of each hash: the id that keeps it, the documents that had it, how often it went here, its text."""
    path, repeats = Path(item["part"]), {int(key): value for key, value in item["repeats"].items()}
    if not repeats:
        copy_or_link(path, Path(item["folder"]) / "part.parquet")
        return []
    table = read_table(path)
    taken: dict[int, list[Any]] = {}
    texts = []
    for name, source, text in zip(*(table[column].to_pylist() for column in ("id", "source", "text")), strict=True):
        pieces = list(_list_paragraphs(text, source, item))
        gone: dict[int, int] = {}
        seen: set[int] = set()
        for at, (_, code) in enumerate(pieces):
            if code in repeats and (repeats[code][0] != int(name, 16) or code in seen):
                gone[at] = code
            seen.add(code)
        left = "".join(piece for at, (piece, _) in enumerate(pieces) if at not in gone and at - 1 not in gone).rstrip()
        if not gone or not left:  # a text that is nothing else is a copy, which is for corpus.deduplicate
            texts.append(text)
            continue
        texts.append(left)
        for at, code in gone.items():
            keeper, documents = repeats[code]
            taken.setdefault(code, [code, f"{keeper:016x}", documents, 0, pieces[at][0].strip()[:_SAMPLE]])[3] += 1
    place = table.schema.get_field_index("text")
    table = table.set_column(place, table.schema.field(place), pa.chunked_array([texts], pa.string()))
    write_part(Path(item["folder"]) / "part.parquet", table)
    return [taken[code] for code in sorted(taken)]


def _list_taken(results: Iterable[list[list[Any]]]) -> list[dict[str, Any]]:
    total: dict[int, dict[str, Any]] = {}
    for result in results:
        for code, first, documents, taken, text in result:
            row = total.setdefault(code, {"text": text, "documents": documents, "first": first, "taken": 0})
            row["taken"] += taken
            row["text"] = min(row["text"], text)  # of spellings that differ in case, the same one whatever the parts
    return sorted(total.values(), key=lambda row: (-row["documents"], row["text"]))
