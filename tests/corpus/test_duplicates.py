"""Copies: exact, near, versions of a law; clusters that name who stays; the same whatever the parts, workers, engine and memory."""

import random

import pyarrow.parquet as pq
import pytest

from ayni.core.digest import digest_folder
from ayni.core.formats.documents import Document, Documents, write_part, write_quarantine
from ayni.core.formats.notes import Notes, read_columns
from ayni.core.formats.notes import write_part as write_notes
from ayni.corpus.copies.candidates import PAIR, cut_ranges, merge_pairs
from ayni.corpus.copies.laws import date_version, is_division, name_law
from ayni.corpus.deduplicate import DeduplicateParams, deduplicate
from ayni.pipeline.engines.engine import open_engine
from ayni.pipeline.engines.local import LocalEngine
from ayni.pipeline.job import Job
from ayni.text.scorer import get_scorer
from ayni.text.shingles import gather_sets, hash_shingles, sign_texts

WORDS = [
    "agua",
    "cerro",
    "río",
    "casa",
    "maíz",
    "papa",
    "sol",
    "luna",
    "niño",
    "lluvia",
    "camino",
    "pueblo",
    "fiesta",
    "tierra",
    "viento",
    "piedra",
    "árbol",
    "flor",
    "nube",
    "fuego",
]


def tell(seed, words=200):
    """A text of its own."""
    dice = random.Random(seed)
    return " ".join(f"{dice.choice(WORDS)}{dice.randrange(40)}" for _ in range(words))


def edit(text, *places):
    """The text with words replaced: each replacement takes five of its shingles."""
    words = text.split()
    for place in places:
        words[place] = "otra"
    return " ".join(words)


def make(name, text, **stated):
    return Document(id=f"{name:0>16}", text=text, source=stated.pop("source", "s"), **stated)


def run(tmp_path, parts, engine=None, name="run", **params):
    """id -> (copy_of, cluster, kind, similarity), and the folder of the artifact."""
    root = tmp_path / name
    documents, notes, out = root / "documents", root / "notes", root / "out"
    scorer = get_scorer("fingerprint")
    for number, rows in enumerate(parts):
        path = documents / f"documents/part-{number:05}.parquet"
        write_part(path, rows)
        table = scorer.score_table(pq.read_table(path).combine_chunks(), {})
        write_notes(Notes(notes).part_path("fingerprint", number), table, {"scorer": "fingerprint"})
    write_quarantine(documents / "quarantine.jsonl", [])
    job = Job("duplicates", out, root / "state", tmp_path / "store" / "parts", 0, ["test"], engine or LocalEngine(1))
    out.mkdir(exist_ok=True)
    deduplicate(job, Documents(documents), Notes(notes), DeduplicateParams(**params))
    Notes(out).check_aligned(Documents(documents))
    found = {}
    for part in Notes(out).parts("duplicates"):
        rows = read_columns(part, ["id", "copy_of", "cluster", "kind", "similarity"])
        columns = zip(rows["copy_of"], rows["cluster"], rows["kind"], rows["similarity"], strict=True)
        found.update(zip((name.lstrip("0") for name in rows["id"]), columns, strict=True))
    return found, out, job


def name(text):
    return f"{text:0>16}"


def planted():
    """Forty texts alone; one with an exact and a near copy; one with a near copy in another source."""
    alone = [make(f"a{at}", tell(at)) for at in range(40)]
    first, second = tell("first"), tell("second")
    copies = [make("b1", first), make("b2", f"¡{first.upper()}!"), make("b3", edit(first, 50)), make("c1", second)]
    return [*alone, *copies, make("c2", edit(second, 9, 99), source="best")]


def test_copies_name_their_cluster_the_one_that_stays_and_their_similarity(tmp_path):
    found, _, _ = run(tmp_path, [planted()])
    assert all(found[f"a{at}"] == (None, None, None, None) for at in range(40))
    stays = [row for row in ("b1", "b2", "b3") if found[row][0] is None]
    assert stays == ["b2"]  # the longest
    assert found["b2"] == (None, name("b2"), None, None)
    assert found["b1"] == (name("b2"), name("b2"), "exact", 1.0)
    assert found["b3"][:3] == (name("b2"), name("b2"), "near")
    assert found["b3"][3] == pytest.approx(191 / 201)  # 196 shingles each, five of them others


def test_the_priority_of_sources_decides_which_copy_stays(tmp_path):
    assert run(tmp_path, [planted()], name="one")[0]["c1"][0] is None
    found, _, _ = run(tmp_path, [planted()], name="two", priority=("best",))
    assert (found["c1"][0], found["c2"][0]) == (name("c2"), None)


def test_each_that_goes_is_alike_to_the_one_that_stays_and_all_are_one_cluster(tmp_path):
    text = tell("chain")
    middle, far = edit(text, 20, 60, 100), edit(text, 20, 60, 100, 140, 160, 180)
    rows = [make("a", f"{text} z y x"), make("b", f"{middle} z y"), make("c", far)]
    found, _, _ = run(tmp_path, [rows])
    assert found["b"][0] == name("a")
    assert found["c"][0] is None  # alike to b, which goes, but not to a
    assert {row[1] for row in found.values()} == {name("a")}


@pytest.mark.parametrize("seed", [1, 2])
def test_parts_and_order_do_not_matter(tmp_path, seed):
    rows = planted()
    expected, _, _ = run(tmp_path, [rows], name="whole")
    random.Random(seed).shuffle(rows)
    assert run(tmp_path, [rows[:7], rows[7:20], [], rows[20:]], name="cut")[0] == expected


def test_short_texts_have_exact_copies_only(tmp_path):
    verse = "el agua es de todos y de nadie es el agua"
    rows = [make("a", verse), make("b", f"{verse} amén"), make("c", verse.upper()), make("d", ""), make("e", "¿?")]
    found, _, _ = run(tmp_path, [rows])
    assert found["b"] == (None, None, None, None)
    assert (found["c"][0], found["c"][2]) == (name("a"), "exact")
    assert (found["d"][0], found["d"][2]) == (name("e"), "exact")


def law(row, date, text):
    return make(row, f"LEY DE AGUAS\n{text}", title="LEY DE AGUAS", country="MX", domain="legal", date=date)


def test_versions_of_a_law_are_a_policy(tmp_path):
    text = tell("law", 400)
    longer = f"{edit(text, *range(10, 20))} {tell('reform', 180)}"  # under 0.8 alike: title and containment make it a version
    rows = [law("a", "2001", text), law("b", "2015", longer), law("c", "2015", f"{longer} fin")]
    newest, _, _ = run(tmp_path, [rows], name="newest")
    assert [row for row in newest if newest[row][0] is None] == ["c"]
    assert (newest["a"][2], newest["b"][2]) == ("version", "near")
    assert newest["a"][3] < 0.8
    oldest, _, _ = run(tmp_path, [rows], name="oldest", versions="oldest")
    assert [row for row in oldest if oldest[row][0] is None] == ["a"]
    every, _, _ = run(tmp_path, [rows], name="all", versions="all")
    assert [row for row in every if every[row][0] is None] == ["a", "c"]
    assert len({row[1] for row in every.values()}) == 1


def test_a_division_of_a_law_is_no_law_and_an_address_is_one():
    assert is_division(name_law("NI", "TÍTULO IV", "", "")) and not is_division(name_law("MX", "Ley Agraria", "", ""))
    assert name_law("MX", "", "", "# Ley Agraria\nart. 1") == name_law("MX", "LEY AGRARIA", "", "")
    assert name_law("AR", "ACUERDOS", "https://x.ar/1", "") != name_law("AR", "ACUERDOS", "https://x.ar/2", "")
    assert date_version("CÁMARA DE DIPUTADOS Última Reforma DOF 14-11-2025", "1992-02-26") == "2025-11-14"
    assert date_version("sin fecha", "1992-02-26") == "1992-02-26"


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_engines_memory_and_workers_do_not_matter(tmp_path, engine):
    if engine == "ray":
        pytest.importorskip("ray")
    rows = planted()
    _, plain, _ = run(tmp_path, [rows[:20], rows[20:]], name="plain")
    workers = open_engine(engine, 2)
    try:
        _, other, _ = run(tmp_path / "other", [rows[:20], rows[20:]], engine=workers, name="other", memory="1MB")
    finally:
        workers.close()
    assert digest_folder(plain) == digest_folder(other)


def test_what_was_done_before_a_kill_is_not_done_again(tmp_path, monkeypatch):
    rows = planted()
    with monkeypatch.context() as patch:
        patch.setattr("ayni.corpus.copies.candidates.pair_range", lambda item: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(tmp_path, [rows[:20], rows[20:]], name="killed")
    _, out, job = run(tmp_path, [rows[:20], rows[20:]], name="again")
    assert job.notes["parts"] == {"all": 2, "built": 0}
    assert digest_folder(out) == digest_folder(run(tmp_path / "fresh", [rows[:20], rows[20:]])[1])


def test_a_smaller_memory_cuts_more_ranges():
    bounds = cut_ranges(100_000_000, 64_000_000)
    assert bounds[0] == 0 and bounds[-1] == 1 << 64 and bounds == sorted(bounds)
    assert len(bounds) - 1 == 32  # twenty times the keys, over the ceiling


def test_pairs_merge_with_the_flags_of_all():
    import numpy as np

    one = np.array([(1, 2, 0), (3, 4, 1)], PAIR)
    merged = merge_pairs([one, np.array([(1, 2, 2)], PAIR)])
    assert merged.tolist() == [(1, 2, 2), (3, 4, 1)]


def test_shingles_see_words_only_and_the_slow_way_sees_the_same():
    import pyarrow as pa

    text = "El río ya no es el mismo río que era ayer"
    assert hash_shingles(text).tolist() == hash_shingles(f"«{text.upper()}»  ...").tolist()
    assert hash_shingles(text).tolist() == hash_shingles(text.replace("í", "i\u0301")).tolist()  # a combining mark
    assert len(hash_shingles(text)) == 7 and len(hash_shingles("uno dos tres cuatro")) == 0
    first, second = gather_sets(pa.array([text, f"{text} {text}"]))
    assert len(first) == 7 and len(second) == 11


def test_signatures_estimate_similarity():
    import pyarrow as pa

    text = tell("estimate", 600)
    pair = pa.array([text, edit(text, *range(30, 600, 60))])
    one, other = (set(each.tolist()) for each in gather_sets(pair))
    bins = sign_texts(pair).bins
    assert (bins[0] == bins[1]).mean() == pytest.approx(len(one & other) / len(one | other), abs=0.12)
