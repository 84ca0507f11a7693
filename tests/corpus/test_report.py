"""The corpus report: sums, the gap by hand, what was not measured, and a page that stands alone."""

import tomllib

import lxml.html
import pyarrow as pa
import pytest

from ayni.core.formats.benchmark import Example, Overlap, write_overlaps
from ayni.core.formats.documents import Document, Documents, Quarantined, write_part, write_quarantine
from ayni.core.formats.notes import Notes, make_schema
from ayni.core.formats.notes import write_part as write_notes
from ayni.core.formats.picks import Picks
from ayni.core.formats.release import Report
from ayni.core.places import asset
from ayni.corpus.gap import compare
from ayni.corpus.overlap.tally import COLUMNS
from ayni.corpus.report import ReportParams, report


@pytest.fixture
def made(tmp_path):
    """The report of three documents, one of them dropped, without notes and without a mix."""
    return make(tmp_path)


def make(tmp_path, **given):
    """The same, with what else is given."""
    for name in ("documents", "picks", "report"):
        (tmp_path / name).mkdir(parents=True)
    rows = [Document(id=str(at), text="<b>texto</b>" * (at + 1), language="es", country="BO", source="uno") for at in range(3)]
    write_part(tmp_path / "documents/documents/part-00000.parquet", rows)
    write_quarantine(tmp_path / "documents/quarantine.jsonl", [Quarantined("uno", "x.pdf", "broken")])
    Picks(tmp_path / "picks").write(["0", "1", "2"], ["", "short", ""], ["short", "other"])
    job = type("Job", (), {"folder": tmp_path / "report"})()
    inputs = {"documents": Documents(tmp_path / "documents"), "picks": Picks(tmp_path / "picks"), "notes": []}
    report(job=job, **inputs, params=ReportParams(), **given)
    return Report(tmp_path / "report")


def test_the_funnel_sums_in_documents_and_bytes(made):
    made.check()
    body = made.body()
    for key in ("documents", "bytes"):
        assert body["read"][key] == body["kept"][key] + sum(rule[key] for rule in body["rules"])
    assert body["read"]["bytes"] == 12 * 6 and body["kept"]["bytes"] == 12 * 4


def test_what_nothing_measured_is_null_and_said(made):
    body = made.body()
    assert set(body["measured"].values()) == {None} and body["mix"] is None
    assert (made.path / "report.html").read_text("utf-8").count("Not measured in this run.") == len(body["measured"])


def test_what_was_taken_back_is_said_by_source(made):
    assert made.body()["withdrawn"] is None
    root = made.path.parent
    (root / "again").mkdir()
    Picks(root / "picks").write(["0", "1", "2"], ["withdrawn", "", "withdrawn"], ["withdrawn"])
    job = type("Job", (), {"folder": root / "again"})()
    report(job=job, documents=Documents(root / "documents"), picks=Picks(root / "picks"), notes=[], params=ReportParams())
    assert Report(root / "again").body()["withdrawn"] == [["uno", 2, 12 * 4]]
    assert "Withdrawn on request" in (root / "again/report.html").read_text("utf-8")


def test_the_gap_by_hand():
    rows = [{"country": code, "bytes": size, "people": people} for code, size, people in (("AA", 90, 50), ("BB", 10, 40), ("CC", 0, 10))]
    assert [(row["country"], round(row["ratio"], 6)) for row in compare(rows)] == [("AA", 1.8), ("BB", 0.25), ("CC", 0.0)]


def test_the_page_stands_alone_and_escapes_texts(made):
    page = (made.path / "report.html").read_text("utf-8")
    tree = lxml.html.document_fromstring(page)
    assert not tree.xpath("//script | //link | //img | //@src | //@href | //b")
    assert all(svg.get("aria-label") for svg in tree.xpath("//svg"))
    assert tree.xpath("//div[@lang='es']//h1/text()") == ["Informe del corpus"]


def test_texts_are_complete_in_three_languages():
    words = tomllib.loads(asset("texts/corpus.toml").read_text("utf-8"))
    assert set(words) == {"es", "pt", "en"}
    assert words["es"].keys() == words["pt"].keys() == words["en"].keys()
    assert all(value.strip() for part in words.values() for value in part.values())


def test_contamination_is_shown_both_ways_and_no_sample_of_it(tmp_path):
    plain = make(tmp_path / "plain")
    assert [row["rule"] for row in plain.body()["samples"]] == ["short"]
    notes = Notes(tmp_path / "contamination")
    rows = [["0", "1", "2"], ["quiz", "quiz", None], ["q#1", "q#1", None], [4, 2, None], [0.5, 0.25, None], [1, 1, None]]
    write_notes(notes.part_path("contamination", 0), pa.table(rows, schema=make_schema(COLUMNS)), {"scorer": "contamination"})
    facts = {"items": 9, "short": 1, "clean": 5, "partial": 2, "full": 1, "common_only": 3}
    grams = {"ngrams": 80, "ngrams_found": 17, "ngrams_common": 6}
    overlap = Overlap("quiz", {"es": 9}, {"CC0-1.0": 9}, **facts, **grams, documents=2, examples=(Example("q#1", 0.75, 2, "0"),))
    write_overlaps(notes.path, [overlap])
    made = make(tmp_path, contamination=notes)
    body = made.body()
    assert body["measured"]["contamination"] == [["quiz", 2, 1]]
    assert body["benchmarks"][0]["full"] == 1 and body["samples"] == []
    tree = lxml.html.document_fromstring((made.path / "report.html").read_text("utf-8"))
    rows = [[cell.text for cell in row] for row in tree.xpath("//div[@lang='en']//tr") if row[0].text == "quiz"]
    assert rows == [["quiz", "2", "1", "1"], ["quiz", "9", "5", "2", "1", "1", "3", "21.2 %"], ["quiz", "q#1", "75.0 %", "2", "0"]]
