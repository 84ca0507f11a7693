"""What trains and what measures: whole works apart, in every language; spread over works; licences obeyed."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ayni.core.formats import notes as notes_format
from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.core.formats.mix import Mix, Phase
from ayni.core.formats.notes import Notes
from ayni.core.formats.picks import Picks
from ayni.corpus.mix import MixParams, mix
from ayni.corpus.shares import PhasePlan, plan_phases
from ayni.training.data import schedule_phases


def make(tmp_path, rows, duplicates=None, **params):
    """The mix of some rows, and what was left out."""
    folders = {name: tmp_path / name for name in ("documents", "picks", "mix")}
    for folder in folders.values():
        folder.mkdir()
    write_part(folders["documents"] / "documents/part-00000.parquet", rows)
    write_quarantine(folders["documents"] / "quarantine.jsonl", [])
    Picks(folders["picks"]).write([row.id for row in rows], [""] * len(rows), [])
    job = type("Job", (), {"folder": folders["mix"]})()
    copies = Notes(tmp_path / "duplicates") if duplicates else None
    if copies:
        table = pa.table({"id": [row.id for row in rows], **duplicates})
        notes_format.write_part(copies.part_path("duplicates", 0), table, {"scorer": "duplicates"})
    inputs = {"documents": Documents(folders["documents"]), "picks": Picks(folders["picks"]), "duplicates": copies}
    mix(job=job, **inputs, params=MixParams(**params))
    return Mix(folders["mix"])


def parallel(works, lines):
    """A parallel corpus: every work has lines in Nahuatl and in Spanish."""
    return [
        Document(
            id=f"{work:04}{line:04}{tag}",
            text=f"linea {work} {line} " * 4,
            language=tag,
            source="paralelo",
            group=f"obra {work}",
            license="MIT",
        )
        for work in range(works)
        for line in range(lines)
        for tag in ("nah", "es")
    ]


def test_no_piece_of_a_measured_work_trains_in_any_language(tmp_path):
    rows = parallel(20, 10)
    made = make(tmp_path, rows, shares={"nah": 0.5, "es": 0.5}, heldout_bytes=1600, heldout_piece_bytes=400)
    work = {row.id: row.group for row in rows}
    measured = {work[line.id] for line in made.heldout()}
    assert measured
    assert not measured & {work[line.id] for line in made.train()}
    assert len(rows) == len(made.train()) + len(made.heldout()) + made.head().excluded["measured_work"]


def test_several_works_are_measured_a_little(tmp_path):
    rows = parallel(20, 50)
    made = make(tmp_path, rows, shares={"nah": 0.5, "es": 0.5}, heldout_bytes=1600, heldout_piece_bytes=400)
    work = {row.id: row.group for row in rows}
    nahuatl = [work[line.id] for line in made.heldout() if line.id.endswith("nah")]
    assert len(set(nahuatl)) >= 4
    assert max(map(nahuatl.count, set(nahuatl))) - min(map(nahuatl.count, set(nahuatl))) <= 1


def test_without_an_allowed_licence_nothing_trains_or_measures(tmp_path):
    rows = [*parallel(4, 4), Document(id="x", text="sin licencia", language="es", source="otro", group="a")]
    made = make(tmp_path, rows, shares={"nah": 0.5, "es": 0.5}, licenses=["MIT"])
    assert "x" not in {line.id for line in [*made.train(), *made.heldout()]}
    assert made.head().excluded["license"] == 1


def test_unlabelled_text_is_not_replay(tmp_path):
    rows = [*parallel(4, 4), *(Document(id=f"u{at}", text="?", source="otro", group=str(at), license="MIT") for at in range(4))]
    made = make(tmp_path, rows, shares={"nah": 0.5, "es": 0.5})
    assert {line.set for line in made.heldout()} == {"gain"}


def spread(**sizes):
    """Documents of some bytes a language, each a work of its own."""
    return [
        Document(id=f"{tag}{at:04}", text="x" * 100, language=tag, source="s", group=f"{tag}{at}", license="MIT")
        for tag, number in sizes.items()
        for at in range(number)
    ]


def accounted(made):
    """train + held out + excluded = kept; no document twice."""
    made.check()
    head = made.head()
    assert len(made.train()) + len(made.heldout()) + sum(head.excluded.values()) == head.kept
    assert head.excluded == {name: list(made.excluded().values()).count(name) for name in head.excluded}
    return head


def test_a_language_without_a_stream_measures_all_the_same(tmp_path):
    made = make(tmp_path, spread(es=20, en=20), shares={"es": 1.0}, replay_language="en", heldout_bytes=400)
    accounted(made)
    assert {line.set for line in made.heldout()} == {"gain", "forgetting"}
    assert not {line.id for line in made.train() if line.id.startswith("en")}


def test_temperature_lifts_small_languages(tmp_path):
    head = accounted(make(tmp_path, spread(es=800, gn=100, ay=50), temperature=3.3, heldout_bytes=0))
    sizes = {line.stream: line.bytes for line in head.streams}
    expected = {name: size ** (1 / 3.3) for name, size in sizes.items()}
    assert head.shares == pytest.approx({name: weight / sum(expected.values()) for name, weight in expected.items()})


def test_no_stream_passes_the_cap_and_the_rest_goes_to_the_others(tmp_path):
    head = accounted(make(tmp_path, spread(es=800, gn=100, ay=10), temperature=1000, max_epochs=2, heldout_bytes=0))
    epochs = {line.stream: line.epochs for line in head.streams}
    assert max(epochs.values()) <= 2.0001
    assert {line.stream for line in head.streams if line.capped} == {"gn", "ay"}
    assert sum(line.epochs * line.bytes for line in head.streams) == pytest.approx(head.budget_bytes, rel=1e-3)


def test_the_cap_holds_over_all_phases(tmp_path):
    phases = [{"name": "main", "part": 9}, {"name": "annealing", "part": 1, "shares": {"ay": 0.5, "es": 0.5}}]
    head = accounted(make(tmp_path, spread(es=800, gn=100, ay=10), temperature=2, max_epochs=3, phases=phases, heldout_bytes=0))
    assert [phase.name for phase in head.phases] == ["main", "annealing"]
    assert sum(phase.part for phase in head.phases) == pytest.approx(1)
    assert "gn" not in head.phases[1].shares
    assert next(line.epochs for line in head.streams if line.stream == "ay") <= 3.0001


@pytest.mark.parametrize("column", ["cluster", "copy_of"])
def test_no_near_copy_of_a_measured_document_trains(tmp_path, column):
    rows = spread(es=40)
    twins = [f"es{at - at % 2:04}" for at in range(40)]  # pairs, in different works
    made = make(tmp_path, rows, duplicates={column: twins}, temperature=1, heldout_bytes=500, heldout_piece_bytes=100)
    accounted(made)
    cluster = dict(zip((row.id for row in rows), twins, strict=True))
    measured = {cluster[line.id] for line in made.heldout()}
    assert measured and not measured & {cluster[line.id] for line in made.train()}
    assert made.head().excluded["copy_of_heldout"] > 0


def test_a_whole_source_is_held_out(tmp_path):
    rows = [*spread(es=20), *(replace(row, id="q" + row.id, source="quieta") for row in spread(es=20))]
    made = make(tmp_path, rows, temperature=1, heldout_sources=["quieta"], heldout_bytes=500)
    head = accounted(made)
    assert not [line.id for line in made.train() if line.id.startswith("q")]
    assert head.excluded["heldout_source"] == 20 - sum(line.id.startswith("q") for line in made.heldout())


def test_a_stream_over_its_bytes_gives_whole_works(tmp_path):
    made = make(tmp_path, parallel(20, 10), temperature=1, max_bytes=3000, heldout_bytes=0, heldout_sources=[])
    head = accounted(made)
    assert head.excluded["over_cap"] > 0
    assert all(0 < line.bytes <= 3000 for line in head.streams)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "temperature"),
        ({"shares": {"es": 1.0}, "temperature": 3.0}, "nothing to the temperature"),
        ({"shares": {"es": -1.0}}, "below 0"),
    ],
)
def test_a_mix_that_cannot_be_is_refused(params, words):
    with pytest.raises(ValueError, match=words):
        MixParams(**params)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 10**9), min_size=1), st.floats(1, 50), st.floats(0.1, 8))
def test_pouring_loses_nothing_and_passes_no_cap(sizes, temperature, most):
    budget = float(sum(sizes.values()))
    plan = plan_phases(sizes, [PhasePlan("main", 1.0, {}, temperature)], budget=budget, most=most)
    assert sum(plan.shares.values()) == pytest.approx(1)
    assert plan.budget == pytest.approx(min(budget, most * budget))
    assert all(plan.shares[name] * plan.budget <= most * size * (1 + 1e-6) for name, size in sizes.items())


def test_training_obeys_the_phases():
    order = schedule_phases([Phase("main", 0.75, {"a": 1.0}), Phase("annealing", 0.25, {"b": 1.0})], ["a", "b"], 40)
    assert order.tolist() == [0] * 30 + [1] * 10
