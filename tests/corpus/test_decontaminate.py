"""Benchmarks out: items found verbatim, respelt and edited; formulae and clean documents left; both directions counted."""

import json
import random
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ayni.core.digest import digest_folder
from ayni.core.formats.benchmark import Example, read_overlaps
from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.core.formats.notes import Notes, make_schema, read_columns
from ayni.core.formats.notes import write_part as write_notes
from ayni.core.formats.release import Report
from ayni.corpus.decontaminate import DecontaminateParams, decontaminate
from ayni.pipeline.engines.engine import open_engine
from ayni.pipeline.engines.local import LocalEngine
from ayni.pipeline.job import Job
from ayni.text.fingerprint import fold_slowly
from ayni.text.overlap import Finder, Grams, gather_grams

ROOT = Path(__file__).resolve().parents[2]
FORMULA = "Comuníquese, publíquese, dése a la Dirección Nacional del Registro Oficial y archívese en la forma debida por quien corresponda"


def tell(seed, words):
    """A text of its own: no two seeds share a word."""
    dice = random.Random(seed)
    return " ".join(
        f"{dice.choice(('agua', 'cerro', 'río', 'maíz', 'niño'))}{spell(seed)}x{spell(dice.randrange(400))}" for _ in range(words)
    )


def spell(number):
    """A number in letters: words of digits would be no text."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


ITEMS = [tell(1, 30), tell(2, 30), tell(3, 30), tell(4, 9), tell(5, 5), FORMULA, tell(7, 30)]


def respell(text):
    """The same words with other case, marks and line ends."""
    return "¡" + ",\n ".join(word.upper() for word in text.split()) + "!"


def edit(text, place):
    words = text.split()
    words[place] = "otra"
    return " ".join(words)


def surround(seed, text):
    return f"{tell(seed, 40)}. {text} — {tell(seed + 500, 40)}"


def make(name, text, source="s"):
    return Document(id=f"{name:0>16}", text=text, source=source, origin=f"{source}.jsonl#{name}", language="es", license="CC0-1.0")


def list_items():
    """Two benchmarks: `law` has the formula and an item that no document holds, `quiz` the rest."""
    return [make(f"{at}", text, "law" if at > 4 else "quiz") for at, text in enumerate(ITEMS)]


def planted():
    """Documents by what they are."""
    hits = {
        "a1": surround(101, ITEMS[0]),
        "a2": surround(102, respell(ITEMS[1])),
        "a3": surround(103, edit(ITEMS[2], 14)),
        "a4": surround(104, respell(ITEMS[3])),
        "a5": f"{tell(105, 30)} {' '.join(ITEMS[0].split()[:13])} {tell(605, 30)}",
    }
    clean = {
        "c1": surround(201, " ".join(ITEMS[0].split()[:12])),  # a word too few
        "c2": surround(202, edit(ITEMS[3], 4)),  # short ones stand as a whole or not at all
        "c3": surround(203, ITEMS[4]),  # of five words nothing is asked
        "c4": tell(204, 200),
        "c5": "",
    }
    formulae = {f"f{at}": surround(300 + at, FORMULA) for at in range(12)}
    return [make(name, text) for name, text in (hits | clean | formulae).items()]


def write(folder, parts):
    for number, rows in enumerate(parts):
        write_part(folder / f"documents/part-{number:05}.parquet", rows)
    write_quarantine(folder / "quarantine.jsonl", [])
    return Documents(folder)


def run(root, parts, items=None, engine=None, copies=None, store=None, **params):
    """id -> (benchmark, item, shared, share, items); name -> Overlap; folder; job."""
    documents, benchmarks = write(root / "in", parts), write(root / "benchmarks", [list_items() if items is None else items])
    duplicates = None
    if copies is not None:
        duplicates = Notes(root / "duplicates")
        for number, rows in enumerate(parts):
            table = pa.table([[row.id for row in rows], [copies.get(row.id) for row in rows]], schema=make_schema({"copy_of": "string"}))
            write_notes(duplicates.part_path("duplicates", number), table, {"scorer": "duplicates"})
    (root / "out").mkdir(exist_ok=True)
    job = Job("contamination", root / "out", root / "state", (store or root / "store") / "parts", 0, ["t"], engine or LocalEngine(1))
    decontaminate(job, documents, benchmarks, DecontaminateParams(**params), duplicates)
    notes = Notes(root / "out")
    notes.check()
    notes.check_aligned(documents)
    found = {}
    for part in notes.parts():
        rows = read_columns(part, ["id", "benchmark", "item", "shared_ngrams", "share", "items"])
        found.update((row[0].lstrip("0"), row[1:]) for row in zip(*rows.values(), strict=True))
    return found, {each.name: each for each in read_overlaps(root / "out")}, root / "out", job


def test_items_are_found_verbatim_respelt_edited_and_short(tmp_path):
    found, _, _, _ = run(tmp_path, [planted()])
    assert found["a1"] == ("quiz", "quiz.jsonl#0", 18, 1.0, 1)
    assert found["a2"] == ("quiz", "quiz.jsonl#1", 18, 1.0, 1)
    # of 18 n-grams those without word 14 are left: starts 0, 1 and 15 to 17
    assert found["a3"] == ("quiz", "quiz.jsonl#2", 5, pytest.approx(5 / 18), 1)
    assert found["a4"] == ("quiz", "quiz.jsonl#3", 1, 1.0, 1)
    assert found["a5"] == ("quiz", "quiz.jsonl#0", 1, pytest.approx(1 / 18), 1)
    assert {name for name, row in found.items() if row[0]} == {"a1", "a2", "a3", "a4", "a5"}
    assert found["c4"] == (None, None, None, None, None)


def test_each_benchmark_says_how_much_of_it_was_there(tmp_path):
    _, overlaps, out, job = run(tmp_path, [planted()])
    quiz, law = overlaps["quiz"], overlaps["law"]
    assert (quiz.items, quiz.short, quiz.clean, quiz.partial, quiz.full) == (5, 1, 0, 1, 3)
    assert (quiz.ngrams, quiz.ngrams_found, quiz.ngrams_common, quiz.documents) == (55, 42, 0, 5)
    assert quiz.examples[0] == Example("quiz.jsonl#0", 1.0, 2, f"{'a1':0>16}")
    assert (law.items, law.clean, law.partial, law.full, law.common_only, law.documents) == (2, 2, 0, 0, 1, 0)
    grams = len(FORMULA.split()) - 12
    assert (law.ngrams, law.ngrams_found, law.ngrams_common) == (grams + 18, 0, grams)
    assert law.examples == () and law.languages == {"es": 2} and law.licenses == {"CC0-1.0": 2}
    assert job.notes["contamination"] == {"documents": 5, "items_partial_or_full": {"quiz": 4, "law": 0}}
    assert not any(word in (out / "benchmarks.json").read_text("utf-8") for word in ITEMS[0].split())  # it may be published


def test_thresholds_are_parameters_and_cost_no_reading(tmp_path):
    _, first, _, _ = run(tmp_path, [planted()])
    _, overlaps, _, job = run(tmp_path, [planted()], full=0.2, common=50)
    assert job.notes["parts"]["built"] == 0
    assert (first["quiz"].partial, overlaps["quiz"].partial, overlaps["quiz"].full) == (1, 0, 4)
    assert (overlaps["law"].full, overlaps["law"].documents) == (1, 12)
    _, mild, _, _ = run(tmp_path, [planted()], clean=0.5)
    assert (mild["quiz"].clean, mild["quiz"].partial) == (1, 0)
    for wrong in ({"shortest": 14}, {"clean": 0.9}):
        with pytest.raises(ValueError, match="must"):
            DecontaminateParams(**wrong)


@pytest.mark.parametrize("documents", [10, 11])
def test_an_ngram_of_more_than_so_many_documents_is_common(tmp_path, documents):
    rows = [make(f"f{at}", surround(at + 300, FORMULA)) for at in range(documents)]
    found, _, _, _ = run(tmp_path, [rows[:5], rows[5:]])
    assert {row[0] for row in found.values()} == ({"law"} if documents == 10 else {None})


def test_copies_of_one_document_do_not_make_an_item_common(tmp_path):
    rows = [make(f"d{at}", surround(101, ITEMS[0])) for at in range(20)]
    assert {row[0] for row in run(tmp_path / "one", [rows])[0].values()} == {None}
    copies = {row.id: rows[0].id for row in rows[1:]}
    found, overlaps, _, _ = run(tmp_path / "two", [rows[:7], rows[7:]], copies=copies)
    assert {row[0] for row in found.values()} == {"quiz"} and overlaps["quiz"].documents == 20


def test_the_largest_share_is_named_then_the_most_ngrams_then_the_first(tmp_path):
    both = f"{ITEMS[3]} {tell(9, 20)} {' '.join(ITEMS[0].split()[:20])}"
    twins = [*list_items(), make("x", ITEMS[0], "again")]
    found, overlaps, _, _ = run(tmp_path, [[make("d1", both), make("d2", f"{ITEMS[3]} {ITEMS[0]}")]], items=twins)
    assert found["d1"] == ("quiz", "quiz.jsonl#3", 1, 1.0, 3)
    assert found["d2"] == ("quiz", "quiz.jsonl#0", 18, 1.0, 3)
    assert overlaps["again"].documents == 2 and overlaps["again"].full == 1


def test_no_document_without_a_shared_ngram_is_named_and_all_with_one_are(tmp_path):
    """Against sets of strings, over texts of few words, so that there are near misses; some need the slow folding."""
    dice = random.Random(5)
    speak = lambda least, most: " ".join(dice.choice(("sí", "no", "ñu\u0303", "ya", "😀x")) for _ in range(dice.randint(least, most)))  # noqa: E731
    items, rows = ([make(f"{kind}{at}", speak(0, 14)) for at in range(150)] for kind in "id")
    found, _, _, _ = run(tmp_path, [rows[:70], rows[70:]], items=items, words=5, shortest=3, common=10_000)
    wanted = set()
    for item in items:
        words = fold_slowly(item.text).split()
        size = min(5, len(words))
        wanted |= {tuple(words[at : at + size]) for at in range(len(words) - size + 1)} if size >= 3 else set()
    for row in rows:
        words = fold_slowly(row.text).split()
        holds = any(tuple(words[at : at + size]) in wanted for size in (3, 4, 5) for at in range(len(words) - size + 1))
        assert (found[row.id.lstrip("0")][0] is not None) == holds, row.text
    assert 10 < sum(row[0] is not None for row in found.values()) < 140


def test_equal_hashes_are_no_hit():
    """The letters that a key leads to are others: nothing may be found."""
    grams, _, _ = gather_grams(pa.array([ITEMS[0]]), 13, 8)
    letters = np.frombuffer(bytes(grams.letters).replace(b"bx", b"cx"), np.uint8)
    assert len(Finder(grams).find(pa.array([ITEMS[0]]))[0]) == 18
    assert len(Finder(Grams(grams.keys, grams.begins, grams.ends, letters, grams.lengths)).find(pa.array([ITEMS[0]]))[0]) == 0


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_workers_and_engines_do_not_matter(tmp_path, engine):
    if engine == "ray":
        pytest.importorskip("ray")
    rows = planted()
    plain = run(tmp_path / "one", [rows[:9], rows[9:]])[2]
    workers = open_engine(engine, 2)
    try:
        other = run(tmp_path / "two", [rows[:9], rows[9:]], engine=workers)[2]
    finally:
        workers.close()
    assert digest_folder(plain) == digest_folder(other)


def test_parts_and_order_do_not_matter_to_what_is_said(tmp_path):
    rows = planted()
    expected, overlaps, _, _ = run(tmp_path / "whole", [rows])
    random.Random(3).shuffle(rows)
    found, again, _, _ = run(tmp_path / "cut", [rows[:4], [], rows[4:]])
    assert found == expected and again == overlaps


def test_what_was_done_before_a_kill_is_not_done_again(tmp_path, monkeypatch):
    from ayni.corpus.overlap import hits

    rows, whole = planted(), hits.find_hits
    parts = [rows[:5], rows[5:9], rows[9:]]
    with monkeypatch.context() as patch:
        patch.setattr(hits, "find_hits", lambda item: whole(item) if "part-00000" in item["part"] else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(tmp_path / "killed", parts, store=tmp_path / "kept")
    _, _, out, job = run(tmp_path / "again", parts, store=tmp_path / "kept")
    assert job.notes["parts"] == {"all": 3, "built": 2}
    assert digest_folder(out) == digest_folder(run(tmp_path / "fresh", parts)[2])


def test_without_items_that_can_be_asked_nothing_is_found(tmp_path):
    found, overlaps, _, _ = run(tmp_path, [planted()], items=[make("0", "dos palabras", "quiz"), make("1", "", "quiz")])
    assert {row[0] for row in found.values()} == {None}
    assert (overlaps["quiz"].short, overlaps["quiz"].clean) == (2, 0)


def test_the_lines_in_the_recipe_do_what_they_say(ayni, tmp_path, store):
    """The example of recipes/regional-corpus.toml, uncommented as it says."""
    text = (ROOT / "recipes/regional-corpus.toml").read_text("utf-8")
    head, _, rest = text.partition("# --- benchmarks out")
    block, _, tail = rest.partition("\n\n#")
    lines = "\n".join(line[2:] for line in block.split("\n") if re.match(r"# |#$", line))
    text = head + lines[lines.index("[benchmarks]") :] + "\n" + tail[tail.index("[published]") :]
    text = text.replace('notes = ["@notes", "@duplicates"]', 'notes = ["@notes", "@duplicates", "@contamination"]', 1)
    text = text.replace("[report]", '[report]\ncontamination = "@contamination"').replace(
        '"questions.jsonl"', f'"{tmp_path}/questions.jsonl"'
    )
    (tmp_path / "recipe.toml").write_text(text, "utf-8")
    rows = [{"question": ITEMS[0], "answer": ITEMS[3]}, {"question": ITEMS[1], "answer": ITEMS[4]}]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (tmp_path / "given").mkdir()
    for name, told in {"one": surround(1000, ITEMS[0]), "two": surround(2000, ITEMS[3]), "three": tell(3000, 90)}.items():
        (tmp_path / f"given/{name}.txt").write_text(told, "utf-8")
    done = ayni("run", tmp_path / "recipe.toml", "--store", store, "--only", "report", "--set", f"read.path={tmp_path}/given")
    assert done.code == 0, done.err
    path = next(row["path"] for row in ayni("ls", "--json", "--store", store).json() if row["name"] == "report")
    body = Report(Path(path)).body()
    assert {row["rule"]: row["documents"] for row in body["rules"]}["benchmark"] == 2
    assert body["measured"]["contamination"] == [["questions", 2, 2]]
    assert [body["benchmarks"][0][key] for key in ("items", "short", "clean", "full")] == [4, 1, 1, 2]
