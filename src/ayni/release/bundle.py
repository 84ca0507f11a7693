"""Stage `release.bundle`: the folder that leaves the house, complete and checked; it opens without ayni.

    [release]
    stage = "release.bundle"
    model = "@model"
    base = "@base"
    gguf = "@gguf"
    scores = "@scores"
    report = "@report"

Holds the Hugging Face folder, the GGUF files, scores.json, report.html, README.md (the model card in three languages),
recipe.lock, LICENSES.csv and SHA256SUMS; with `verdict = "@gate"`, which passed or there is no release, verdict.json.
Nothing in it depends on when or where it was made.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ayni.core.digest import list_file_digests
from ayni.core.errors import FormatError, StageFailed
from ayni.core.files import copy_or_link, write_atomic, write_json
from ayni.core.formats.model import Model
from ayni.core.formats.release import Bundle, Gguf, Report
from ayni.core.formats.scores import Scores
from ayni.core.formats.verdict import Verdict
from ayni.core.page.evidence import evidence_page
from ayni.pipeline.job import Job
from ayni.pipeline.manifest import read_requirements
from ayni.pipeline.stage import StageParams, stage
from ayni.release.card import describe_model, render_card
from ayni.release.probes import PROBES

_TOLERANCE = 1e-4  # of a logit, between the store's model and the released folder in plain transformers


class BundleParams(StageParams):
    """`name` of the model, for its card."""

    name: str = "ayni"


@stage("release.bundle", version=1)
def bundle(  # type: ignore[return]
    job: Job, model: Model, base: Model, gguf: Gguf, scores: Scores, report: Report, params: BundleParams, verdict: Verdict | None = None
) -> Bundle:
    """Put everything together, then check that it opens and answers the same."""
    for source in (model.path, gguf.path):
        for path in sorted(source.iterdir()):
            copy_or_link(path, job.folder / path.name)
    card = describe_model(params.name, model, base, scores, report, job.recipe, job.lineage)
    if verdict:
        write_json(job.folder / "verdict.json", verdict.body())
    write_json(job.folder / "scores.json", scores.table())
    write_atomic(job.folder / "report.html", evidence_page(report.body(), scores.table(), card, "es"))
    write_atomic(job.folder / "README.md", render_card(card, scores.table(), report.body()))
    write_atomic(job.folder / "LICENSES.csv", _list_licenses(base, report))
    write_json(job.folder / "recipe.lock", _lock(job))
    difference = check_plain(job.folder, model.path)
    job.notes["largest_logit_difference"] = difference
    sums = "".join(f"{digest}  {name}\n" for name, digest in list_file_digests(job.folder).items())
    write_atomic(job.folder / "SHA256SUMS", sums)


def _list_licenses(base: Model, report: Report) -> str:
    """One line for the base model and one a source: licence, evidence, documents, bytes."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(["what", "license", "evidence", "documents", "bytes"])
    origin = base.origin()
    writer.writerow([f"base model: {origin.get('name', '')}", origin.get("license", ""), origin.get("source", ""), "", ""])
    for row in report.body()["by_license"]:
        writer.writerow([row["source"], row["license"], row["evidence"], row["documents"], row["bytes"]])
    return sink.getvalue()


def _lock(job: Job) -> dict[str, Any]:
    artifacts = {
        each.name: {"stage": each.stage, "version": each.version, "key": each.key, "digest": each.digest, "params": each.params}
        for each in job.lineage
    }
    return {"recipe": job.recipe, "artifacts": artifacts, "packages": read_requirements()}


def check_plain(folder: Path, model: Path) -> float:
    """Load the folder with plain transformers in a process that does not know ayni; the largest difference of a logit.

    Raises FormatError where it is above 1e-4.
    """
    import torch

    from ayni.model.likelihood import load_reader
    from ayni.model.weights import THREADS

    script = Path(__file__).with_name("plain_check.py")
    done = subprocess.run([sys.executable, "-I", script, folder, str(THREADS)], input=json.dumps(PROBES), capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise StageFailed("the released folder does not load in plain transformers", why=last)
    theirs = json.loads(done.stdout)["logits"]
    reader = load_reader(model)
    largest = 0.0
    with torch.inference_mode():
        for text, row in zip(PROBES, theirs, strict=True):
            logits = reader.model(torch.tensor([reader.tokenizer.encode(text).ids])).logits[0, -1]
            largest = max(largest, float((logits - torch.tensor(row)).abs().max()))
    if largest > _TOLERANCE:
        raise FormatError("the released folder answers otherwise than the model", why=f"a logit differs by {largest:.2g}")
    return largest
