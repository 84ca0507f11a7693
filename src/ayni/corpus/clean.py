"""Stage `corpus.clean`: repair texts, then take out what recurs over a source's documents; ids and order stay as they are.

    [clean]
    stage = "corpus.clean"
    documents = "@read"
    boilerplate = true          # lines that recur in `share` of a source's documents, where it has `documents` or more

boilerplate.jsonl in the artifact lists what was taken out: source, place, line (numbers masked), how often, from how many
documents. Two maps: one repairs a part and notes what may be boilerplate in it, one takes out what all parts together
show to be; a partner's new file costs its own part, and other parts only where it changes what they lose.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from ayni.core.digest import digest_file
from ayni.core.files import copy_or_link, write_atomic
from ayni.core.formats.documents import Documents, read_table, write_part
from ayni.corpus.boilerplate import EDGE, Codes, Furniture, find_furniture, peel, read_traces, strip_text
from ayni.corpus.parts import map_documents
from ayni.pipeline.job import Job, Part, PartResult
from ayni.pipeline.stage import StageParams, stage
from ayni.text.packs import marks_digest
from ayni.text.repair import repair_texts


class CleanParams(StageParams):
    """`boilerplate`: whether to look for it; in which `share` of a source's documents; in sources of how many `documents`."""

    boilerplate: bool = True
    share: float = Field(default=0.1, gt=0, le=1)
    documents: int = Field(default=20, ge=1)


def _outside(params: CleanParams) -> str:
    return marks_digest()


@dataclass(frozen=True)
class _Traces:
    """Of the documents of one source in one part: edges (documents, EDGE), and the blocks that each repeats, in one row."""

    top: Codes
    bottom: Codes
    blocks: Codes
    documents: int  # those too short for traces too


@dataclass(frozen=True)
class _Source:
    """What is furniture in a source, and how many documents were long enough to say so."""

    furniture: Furniture
    documents: int


@stage("corpus.clean", version=3, outside=_outside)
def clean(job: Job, documents: Documents, params: CleanParams) -> Documents:  # type: ignore[return]
    """Repair and strip every part; the manifest's notes count repairs by source (not the artifact: a repair that gives the
    same text must stop a rebuild here).
    """
    repaired = map_documents(job, documents, "ayni.corpus.clean:repair_part", {}, "repair", marks_digest())
    sources = _find_sources(repaired, params) if params.boilerplate else {}
    stripped = _strip_parts(job, repaired, sources)
    for number, part in enumerate(repaired):
        origin = stripped.get(number, part).folder / "part.parquet"
        copy_or_link(origin, job.folder / "documents" / f"part-{number:05}.parquet")
    for name in ("quarantine.jsonl", "sources.json"):
        copy_or_link(documents.path / name, job.folder / name)
    removed = _list_removed((part.result for part in stripped.values()), sources)
    write_atomic(job.folder / "boilerplate.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in removed))
    job.notes["repairs"] = _add_up(part.result for part in repaired)
    job.notes["boilerplate"] = _add_up({row["source"]: {row["place"]: row["lines"]}} for row in removed)


def _add_up(tables: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    total: dict[str, Counter[str]] = defaultdict(Counter)
    for table in tables:
        for source, counts in table.items():
            total[source].update(counts)
    return {source: dict(sorted(counts.items())) for source, counts in sorted(total.items())}


def repair_part(item: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Repair the documents of one part, note traces of boilerplate; returns in how many documents each repair was made, by source."""
    folder, table = Path(item["folder"]), read_table(Path(item["part"]))
    done = repair_texts(table["text"], table["language"])
    if done.changed:
        write_part(folder / "part.parquet", _set_text(table, done.texts))
    else:
        copy_or_link(Path(item["part"]), folder / "part.parquet")
    _write_traces(folder / "traces.npz", table["source"], done.texts)
    counts: dict[str, dict[str, int]] = {}
    for name, rows in done.changed.items():
        for row in pc.value_counts(table["source"].filter(pa.array(rows))).to_pylist():
            counts.setdefault(row["values"], {})[name] = row["counts"]
    return counts


def _set_text(table: pa.Table, texts: pa.ChunkedArray) -> pa.Table:
    place = table.schema.get_field_index("text")
    return table.set_column(place, table.schema.field(place), texts)


def _write_traces(path: Path, sources: pa.ChunkedArray, texts: pa.ChunkedArray) -> None:
    sizes = {row["values"]: row["counts"] for row in pc.value_counts(sources).to_pylist()}
    names = sorted(sizes)
    found: dict[str, list[Any]] = {"owner": [], "top": [], "bottom": [], "blocks": [], "block_owner": []}
    long_enough = np.flatnonzero(pc.match_substring(texts, "\n"))  # a text of one line leaves none
    for source, text in zip(*(column.take(pa.array(long_enough)).to_pylist() for column in (sources, texts)), strict=True):
        if traces := read_traces(text):
            owner = names.index(source)
            found["owner"].append(owner)
            found["top"].append(traces.top)
            found["bottom"].append(traces.bottom)
            found["blocks"] += traces.blocks
            found["block_owner"] += [owner] * len(traces.blocks)
    top, bottom, blocks = (np.array(found[name], np.uint64) for name in ("top", "bottom", "blocks"))
    owners, block_owners = (np.array(found[name], np.int32) for name in ("owner", "block_owner"))
    known = {"names": np.array(names, np.str_), "sizes": np.array([sizes[name] for name in names], np.int64)}
    arrays: dict[str, Any] = {**known, "top": top, "bottom": bottom, "blocks": blocks, "owner": owners, "block_owner": block_owners}
    np.savez_compressed(path, **arrays)


def _read_traces(path: Path) -> dict[str, _Traces]:
    with np.load(path, allow_pickle=False) as stored:
        rows = {name: stored[name] for name in stored.files}
    found = {}
    for place, name in enumerate(rows["names"]):
        top, bottom = (rows[edge].reshape(-1, EDGE)[rows["owner"] == place] for edge in ("top", "bottom"))
        found[str(name)] = _Traces(top, bottom, rows["blocks"][rows["block_owner"] == place], int(rows["sizes"][place]))
    return found


def _find_sources(parts: list[PartResult], params: CleanParams) -> dict[str, _Source]:
    """Source -> its furniture, for sources of enough documents, most of them long; 200 bytes of memory a document."""
    found: dict[str, list[_Traces]] = defaultdict(list)
    for part in parts:
        for name, traces in _read_traces(part.folder / "traces.npz").items():
            found[name].append(traces)
    sources = {}
    for name, several in sorted(found.items()):
        top, bottom, blocks = (np.concatenate([getattr(each, field) for each in several]) for field in ("top", "bottom", "blocks"))
        if len(top) >= max(params.documents, sum(each.documents for each in several) / 2):
            sources[name] = _Source(find_furniture(top, bottom, Counter(blocks.tolist()), params.share), len(top))
    return sources


def _strip_parts(job: Job, parts: list[PartResult], sources: Mapping[str, _Source]) -> dict[int, PartResult]:
    """Number of a part -> the part without furniture, for those that have any."""
    work: dict[int, Part] = {}
    for number, part in enumerate(parts):
        here = {}
        for name, traces in _read_traces(part.folder / "traces.npz").items() if sources else ():
            if name in sources:
                all_of_it = sources[name].furniture
                top, bottom = traces.top[peel(traces.top, all_of_it.top)], traces.bottom[peel(traces.bottom, all_of_it.bottom)]
                blocks = [code for code in traces.blocks.tolist() if code in all_of_it.blocks]
                chosen = [sorted(set(codes)) for codes in (top.tolist(), bottom.tolist(), blocks)]
                here.update({name: chosen} if any(chosen) else {})
        if here:
            path = part.folder / "part.parquet"
            work[number] = Part([digest_file(path), here], {"part": str(path), "furniture": here})
    if not work:
        return {}
    first = job.notes["parts"]
    done = job.map_parts("ayni.corpus.clean:strip_part", list(work.values()), "boilerplate")
    job.notes["parts"] = first  # of the documents; the manifest tells those
    return dict(zip(work, done, strict=True))


def strip_part(item: dict[str, Any]) -> list[list[Any]]:
    """Take furniture out of one part; returns source, place, code and masked line of what went, and how many lines it was."""
    table = read_table(Path(item["part"]))
    furniture = {name: Furniture(*(dict.fromkeys(codes, 0) for codes in each)) for name, each in item["furniture"].items()}
    texts = table["text"].to_pylist()
    removed: Counter[tuple[str, str, int, str]] = Counter()
    for row, source in enumerate(table["source"].to_pylist()):
        if source in furniture:
            texts[row], gone = strip_text(texts[row], furniture[source])
            removed.update({(source, *line): count for line, count in gone.items()})
    write_part(Path(item["folder"]) / "part.parquet", _set_text(table, pa.chunked_array([texts], pa.string())))
    return [[*line, count] for line, count in sorted(removed.items())]


def _list_removed(results: Iterable[list[list[Any]]], sources: Mapping[str, _Source]) -> list[dict[str, Any]]:
    """Rows for people: what was taken out of a source, and in how many of its documents it had been found."""
    total: Counter[tuple[str, str, int, str]] = Counter()
    for result in results:
        total.update({(source, place, code, line): count for source, place, code, line, count in result})
    rows = []
    for (name, place, code, line), count in sorted(total.items(), key=lambda each: (each[0][:2], -each[1], each[0][2:])):
        furniture = sources[name].furniture
        seen = {"top": furniture.top, "bottom": furniture.bottom, "inside": furniture.blocks}[place].get(code, 0)
        share = round(seen / sources[name].documents, 4)
        rows.append({"source": name, "place": place, "line": line, "lines": count, "documents": seen, "share": share})
    return rows
