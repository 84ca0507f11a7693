"""What trains and what measures: whole works apart, in every language; spread over works; licences obeyed."""

from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.core.formats.mix import Mix
from ayni.core.formats.picks import Picks
from ayni.corpus.mix import MixParams, mix


def make(tmp_path, rows, **params):
    """The mix of some rows, and what was left out."""
    folders = {name: tmp_path / name for name in ("documents", "picks", "mix")}
    for folder in folders.values():
        folder.mkdir()
    write_part(folders["documents"] / "documents/part-00000.parquet", rows)
    write_quarantine(folders["documents"] / "quarantine.jsonl", [])
    Picks(folders["picks"]).write([row.id for row in rows], [""] * len(rows), [])
    job = type("Job", (), {"folder": folders["mix"]})()
    mix(job=job, documents=Documents(folders["documents"]), picks=Picks(folders["picks"]), params=MixParams(**params))
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
