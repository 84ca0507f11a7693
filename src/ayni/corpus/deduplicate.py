"""Stage `corpus.deduplicate`: exact copies, near ones, and versions of a law; each names its cluster and the document that stays.

    [duplicates]
    stage = "corpus.deduplicate"
    documents = "@clean"
    fingerprints = "@notes"
    priority = ["starter"]          # sources whose copy stays, first to last
    similarity = 0.8                # Jaccard, over the sets of every five words in a row, from which two documents are copies
    versions = "newest"             # of a law, which one stays: newest, oldest or all
    memory = "512MB"                # what a worker's work may take; the result does not depend on it

Columns written, `duplicates.`: `copy_of`, the id of the document that stays, null for one that stays itself; `cluster`, the id of
the first of all that are linked, null for one that is alone; `kind`: exact (equal but for case, spaces and punctuation), near,
version (the same law of another date); `similarity` to the document that stays. Texts of fewer than `shortest` shingles (verses,
entries of dictionaries) have exact copies only. Versions of a law may differ more: they need its title, and that `containment` of
the shorter text's shingles stand in the longer one. How it is done: corpus/copies.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from ayni.core.digest import digest_bytes, digest_file, digest_json
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes, make_schema, write_part
from ayni.corpus.copies.candidates import PAIR, cut_documents, cut_ranges
from ayni.corpus.copies.clusters import Clusters, Preference, find_clusters
from ayni.corpus.copies.likeness import EDGE, find_rows
from ayni.pipeline.job import Job, Part, PartResult
from ayni.pipeline.stage import StageParams, stage

COLUMNS = {"copy_of": "string", "cluster": "string", "kind": "string", "similarity": "double"}
_HEADER = {"scorer": "duplicates", "version": "2", "assets": ""}
_HERE = "ayni.corpus.copies"


class DeduplicateParams(StageParams):
    """`priority`: names of sources whose copy stays, first to last; the rest as at the head of this file."""

    priority: tuple[str, ...] = ()
    similarity: float = Field(default=0.8, ge=0.5, le=1)
    shortest: int = Field(default=16, ge=1)
    versions: Literal["newest", "oldest", "all"] = "newest"
    containment: float = Field(default=0.8, ge=0.5, le=1)
    memory: str = Field(default="512MB", pattern=r"^[1-9][0-9]*(MB|GB)$")

    def bytes_of_memory(self) -> int:
        """The ceiling in bytes, of powers of ten."""
        return int(self.memory[:-2]) * (10**9 if self.memory.endswith("GB") else 10**6)


@stage("corpus.deduplicate", version=3, places={"memory": True})
def deduplicate(job: Job, documents: Documents, fingerprints: Notes, params: DeduplicateParams) -> Notes:  # type: ignore[return]
    """Traces by part, candidates by key, sets by part, likeness by pair, clusters of all."""
    traces = _trace(job, documents, fingerprints, params)
    first = job.notes["parts"]
    bases = [0, *accumulate(part.result["documents"] for part in traces)]
    candidates = _meet(job, traces, bases, params)
    edges = _compare(job, documents, candidates, bases, params)
    numbers = np.unique(np.concatenate([edges["one"], edges["other"]]))
    about = _read_about(traces, bases, numbers)
    one, other = (np.searchsorted(numbers, edges[side]) for side in ("one", "other"))
    found = find_clusters(one, other, edges, about, Preference(params.priority, params.versions))
    _write(job, documents, bases, numbers, about, found)
    kinds = {kind: found.kind.count(kind) for kind in ("exact", "near", "version")}
    job.notes["copies"] = {**kinds, "clusters": len(set(found.cluster.tolist()))}
    job.notes["parts"] = first  # of the documents


def _trace(job: Job, documents: Documents, fingerprints: Notes, params: DeduplicateParams) -> list[PartResult]:
    parts = []
    for part, prints in zip(documents.parts(), fingerprints.parts("fingerprint"), strict=True):
        about = {"shortest": params.shortest, "memory": params.bytes_of_memory()}
        item = {**about, "part": str(part), "fingerprints": str(prints)}
        parts.append(Part([digest_file(part), digest_file(prints), params.shortest], item))
    return job.map_parts(f"{_HERE}.traces:trace_part", parts, "traces")


def _meet(job: Job, traces: list[PartResult], bases: list[int], params: DeduplicateParams) -> list[PartResult]:
    folders = [str(part.folder) for part in traces]
    all_of_it = digest_json([part.folder.name for part in traces])
    ranges = cut_ranges(sum(part.result["bytes"] for part in traces), params.bytes_of_memory())
    parts = [Part([all_of_it, low, high], {"traces": folders, "bases": bases[:-1], "range": [low, high]}) for low, high in pairwise(ranges)]
    return job.map_parts(f"{_HERE}.candidates:pair_range", parts, "candidates")


def _compare(job: Job, documents: Documents, met: list[PartResult], bases: list[int], params: DeduplicateParams) -> Any:
    candidates, memory = [str(part.folder) for part in met], params.bytes_of_memory()
    parts = []
    for part, span in zip(documents.parts(), pairwise(bases), strict=True):
        wanted = find_rows(candidates, *span) - np.uint64(span[0])
        item = {"part": str(part), "candidates": candidates, "span": list(span), "memory": memory}
        parts.append(Part([digest_file(part), digest_bytes(wanted.tobytes())], item))
    sets = [str(part.folder) for part in job.map_parts(f"{_HERE}.likeness:gather_part", parts, "shingles")]
    stated = {"similarity": params.similarity, "containment": params.containment, "memory": memory}
    item = {**stated, "candidates": candidates, "sets": sets, "bases": bases}
    key = digest_json([Path(folder).name for folder in (*candidates, *sets)])
    ranges = cut_documents([f"{folder}/pairs.npy" for folder in candidates], bases, memory, PAIR.itemsize + EDGE.itemsize)
    tasks = [Part([key, *each], {**item, "range": list(each)}) for each in ranges]
    done = job.map_parts(f"{_HERE}.likeness:compare_range", tasks, "likeness")
    return np.concatenate([np.empty(0, EDGE), *(np.load(part.folder / "edges.npy", allow_pickle=False) for part in done)])


def _read_about(traces: list[PartResult], bases: list[int], numbers: Any) -> pa.Table:
    """What decides which copy stays, of the documents that stand in an edge, in the order of their numbers."""
    tables = []
    for part, (low, high) in zip(traces, pairwise(bases), strict=True):
        begin, end = np.searchsorted(numbers, np.array([low, high], np.uint64))
        table = pq.read_table(part.folder / "about.parquet")
        tables.append(table.take(pa.array(numbers[begin:end].astype(np.int64) - low)))
    return pa.concat_tables(tables).combine_chunks()


def _write(job: Job, documents: Documents, bases: list[int], numbers: Any, about: pa.Table, found: Clusters) -> None:
    """One row a document, part by part."""
    schema = make_schema(COLUMNS)
    names = about["id"].combine_chunks()
    columns = [_name(names, found.copy_of), _name(names, found.cluster), pa.array(found.kind, pa.string())]
    columns.append(pa.array(found.similarity, mask=np.isnan(found.similarity)))
    for number, (part, (low, high)) in enumerate(zip(documents.parts(), pairwise(bases), strict=True)):
        begin, end = np.searchsorted(numbers, np.array([low, high], np.uint64))
        places = np.full(high - low, -1, np.int64)
        places[numbers[begin:end].astype(np.int64) - low] = np.arange(begin, end)
        chosen = pa.array(places, mask=places < 0)
        ids = pq.read_table(part, columns=["id"])["id"].combine_chunks()
        table = pa.table([ids, *(column.take(chosen) for column in columns)], schema=schema)
        write_part(Notes(job.folder).part_path("duplicates", number), table, _HEADER)


def _name(names: pa.Array, places: Any) -> pa.Array:
    return names.take(pa.array(places, mask=places < 0))
