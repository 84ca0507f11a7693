"""Paragraphs of many documents: taken out of all but the first, listed, formulae and short ones left, whatever the parts."""

import json
import random

import pytest

from ayni.core.digest import digest_folder
from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.corpus.repeats import RepeatsParams, drop_repeats
from ayni.pipeline.engines.local import LocalEngine
from ayni.pipeline.job import Job

NOTICE = "Este portal usa galletas propias y de terceros para mejorar la visita de las personas."


def run(root, parts, **params):
    """id -> text, the rows of repeats.jsonl, and the artifact's folder."""
    for number, rows in enumerate(parts):
        write_part(root / f"in/documents/part-{number:05}.parquet", rows)
    write_quarantine(root / "in/quarantine.jsonl", [])
    (root / "out").mkdir()
    job = Job("repeats", root / "out", root / "state", root / "store" / "parts", 0, ["test"], LocalEngine(1))
    drop_repeats(job, Documents(root / "in"), RepeatsParams(**{"documents_with_it": 3, "words": 8, **params}))
    listed = [json.loads(line) for line in (root / "out/repeats.jsonl").read_text("utf-8").splitlines()]
    Documents(root / "out").check()
    return {row.id: row.text for row in Documents(root / "out").rows()}, listed, root / "out"


def make(number, *paragraphs, source="s"):
    return Document(id=f"{number:016x}", text="\n\n".join(paragraphs), source=source)


def own(number):
    return f"La página {number} cuenta cómo llegó el agua al barrio número {number} aquel año."


def test_all_but_the_first_lose_it_and_it_is_listed(tmp_path):
    rows = [make(at, own(at), NOTICE if at % 2 else NOTICE.upper(), own(at + 100)) for at in range(1, 7)]
    texts, listed, _ = run(tmp_path, [rows[3:], rows[:3]])
    assert texts[f"{1:016x}"] == rows[0].text
    assert all(texts[f"{at:016x}"] == f"{own(at)}\n\n{own(at + 100)}" for at in range(2, 7))
    assert [(row["documents"], row["first"], row["taken"]) for row in listed] == [(6, f"{1:016x}", 5)]
    assert listed[0]["text"].casefold() == NOTICE.casefold()


def test_few_documents_short_paragraphs_and_formulae_stay(tmp_path):
    formula = "Comuníquese, publíquese, dése a la Dirección Nacional del Registro Oficial y archívese."
    rows = [make(at, own(at), "Siguen firmas", formula) for at in range(1, 9)]
    rows += [make(at, own(at), NOTICE) for at in range(9, 12)]
    texts, listed, _ = run(tmp_path, [rows])
    assert texts == {row.id: row.text for row in rows}
    assert listed == []


def test_sources_may_stand_apart(tmp_path):
    rows = [make(at, own(at), NOTICE, source="uno" if at < 5 else "dos") for at in range(1, 8)]
    texts, listed, _ = run(tmp_path, [rows], within="source")
    assert {name for name, text in texts.items() if NOTICE in text} == {f"{at:016x}" for at in (1, 5, 6, 7)}
    assert [row["documents"] for row in listed] == [4]


def test_a_text_that_is_nothing_else_stays(tmp_path):
    rows = [make(at, NOTICE) for at in range(1, 7)]
    texts, listed, _ = run(tmp_path, [rows])
    assert set(texts.values()) == {NOTICE} and listed == []


def test_lines(tmp_path):
    rows = [Document(id=f"{at:016x}", text=f"{own(at)}\n{NOTICE}\n{own(at + 50)}", source="s") for at in range(1, 6)]
    assert run(tmp_path / "one", [rows])[1] == []
    texts, _, _ = run(tmp_path / "two", [rows], unit="line")
    assert texts[f"{5:016x}"] == f"{own(5)}\n{own(55)}"


@pytest.mark.parametrize("memory", ["1MB", "1GB"])
def test_parts_and_memory_do_not_matter(tmp_path, memory):
    rows = [make(at, own(at), NOTICE) for at in range(1, 30)]
    expected, listed, _ = run(tmp_path / "whole", [rows])
    random.Random(1).shuffle(rows)
    assert run(tmp_path / "cut", [rows[:3], rows[3:]], memory=memory)[:2] == (expected, listed)
    assert digest_folder(run(tmp_path / "a", [rows])[2]) == digest_folder(run(tmp_path / "b", [rows], memory=memory)[2])
