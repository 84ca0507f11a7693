"""Stage `corpus.decontaminate`: benchmarks out of training; which documents hold items of them, and how much of each is held.

    [benchmarks]                     # one source a benchmark, one document an item: every reader, licence and index holds
    stage = "corpus.read"
    [contamination]
    stage = "corpus.decontaminate"
    documents = "@clean"
    benchmarks = "@benchmarks"
    duplicates = "@duplicates"       # may be left out: documents that go as copies then count too in `common`
    words = 13                       # of an n-gram
    shortest = 8                     # words of an item that is matched as a whole; of a shorter one nothing is asked
    common = 10                      # an n-gram of more documents than these tells nothing of a benchmark: formulae, quotations

and in `picks`, with "@contamination" among its notes:  drop = "contamination.benchmark IS NOT NULL"

Columns, `contamination.`: `benchmark` and `item` (its file and record), of the item of which the document holds the largest share,
null where it holds none; `shared_ngrams` and `share`, of that item's n-grams; `items` of which it holds any. benchmarks.json says of
each benchmark how many items are clean, partial and full, over all documents together (core/formats/benchmark.py).

Sources: n-grams of 13 words, none counted that collides with more than 10 documents, and a lower bound of 8 words: GPT-3 (Brown et
al. 2020, appendix C). There any overlap makes an item dirty: `clean` = 0. `full` = 0.8 is the share from which Llama 2 (Touvron et
al. 2023, appendix on contamination) calls a sample dirty. Unlike GPT-3, a short item must stand as a whole, and the whole document
is named, not a window around it. Text changed in every 13 words, translated or told anew is not found.
`words = 8` finds most passages with every tenth word changed, and names more that only share a phrase: benchmarks/decontamination.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, model_validator

from ayni.core.digest import digest_file, digest_json
from ayni.core.formats.benchmark import write_overlaps
from ayni.core.formats.documents import Documents
from ayni.core.formats.notes import Notes, make_schema, write_part
from ayni.corpus.overlap.index import Index
from ayni.corpus.overlap.tally import COLUMNS, Tally, count_documents
from ayni.pipeline.job import Job, Part, PartResult
from ayni.pipeline.stage import StageParams, stage

_HERE = "ayni.corpus.overlap"
_NAME, _VERSION = "corpus.decontaminate", 1


class DecontaminateParams(StageParams):
    """As at the head of this file; `clean` and `full`: shares of an item's n-grams up to which, and from which, it is so called."""

    words: int = Field(default=13, ge=2)
    shortest: int = Field(default=8, ge=2)
    common: int = Field(default=10, ge=1)
    clean: float = Field(default=0.0, ge=0, lt=1)
    full: float = Field(default=0.8, gt=0, le=1)

    @model_validator(mode="after")
    def _check(self) -> DecontaminateParams:
        if self.shortest > self.words or self.clean >= self.full:
            raise ValueError("shortest must not be above words, and clean must be below full")
        return self


@stage(_NAME, version=_VERSION)
def decontaminate(  # type: ignore[return]
    job: Job, documents: Documents, benchmarks: Documents, params: DecontaminateParams, duplicates: Notes | None = None
) -> Notes:
    """Index the benchmarks, find their n-grams part by part, count documents, say of each what it holds."""
    alone = replace(job, identity=[_NAME, _VERSION])  # parts depend on what their keys say: another threshold costs no reading
    digests = [digest_file(part) for part in benchmarks.parts()]
    index, parts = _find(alone, documents, benchmarks, [digests, params.words, params.shortest], params)
    common = count_documents(index.grams, _list_counted(parts, duplicates)) > params.common
    tally = Tally(index, common)
    schema, header = make_schema(COLUMNS), {"scorer": "contamination", "version": str(_VERSION), "assets": digest_json(digests)}
    hit = 0
    for number, (path, part) in enumerate(zip(documents.parts(), parts, strict=True)):
        ids = pq.read_table(path, columns=["id"])["id"].combine_chunks()
        columns = tally.add(np.load(part.folder / "hits.npy", allow_pickle=False), ids)
        hit += len(ids) - columns[0].null_count
        write_part(Notes(job.folder).part_path("contamination", number), pa.table([ids, *columns], schema=schema), header)
    overlaps = tally.conclude(params.clean, params.full)
    write_overlaps(job.folder, overlaps)
    job.notes["contamination"] = {"documents": hit, "items_partial_or_full": {each.name: each.partial + each.full for each in overlaps}}


def _find(
    job: Job, documents: Documents, benchmarks: Documents, key: list[Any], params: DecontaminateParams
) -> tuple[Index, list[PartResult]]:
    item = {"parts": [str(part) for part in benchmarks.parts()], "words": params.words, "shortest": params.shortest}
    folder = job.map_parts(f"{_HERE}.index:index_benchmarks", [Part(key, item)], "benchmarks")[0].folder
    tasks = [Part([digest_file(part), key], {"part": str(part), "index": str(folder)}) for part in documents.parts()]
    return Index.load(folder), job.map_parts(f"{_HERE}.hits:find_hits", tasks, "hits")


def _list_counted(parts: list[PartResult], duplicates: Notes | None) -> Iterator[tuple[Any, npt.NDArray[np.bool_]]]:
    """Of each part its hits, and which documents count: those that are not copies of another."""
    copies = duplicates.parts("duplicates") if duplicates else [None] * len(parts)
    for part, marks in zip(parts, copies, strict=True):
        if marks is None:
            counted = np.ones(part.result["documents"], np.bool_)
        else:
            counted = pq.read_table(marks, columns=["copy_of"])["copy_of"].is_null().to_numpy()
        yield np.load(part.folder / "hits.npy", mmap_mode="r", allow_pickle=False), counted
