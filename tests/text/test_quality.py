"""The scorer `quality`: equal to a plain reference on any text, right on texts that a person can check, silent where it should be."""

import importlib
import json
import threading
import time
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from quality_reference import measure, split_words

from ayni.core.formats.documents import Document, make_table
from ayni.core.places import asset
from ayni.text.fingerprint import fingerprint
from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.quality_measures import measure_rows
from ayni.text.kernels.quality_tables import _common, _english
from ayni.text.kernels.quality_totals import MEASURES
from ayni.text.kernels.quality_words import LONGEST_FACE, LONGEST_SPECIAL
from ayni.text.quality import COLUMNS, score
from ayni.text.scorer import get_scorer

ES = "La comunidad se reúne cada domingo para hablar del agua y de los caminos. Nadie falta, y todos escuchan a los mayores."
PT = "A comunidade se reúne todo domingo para falar da água e dos caminhos. Ninguém falta, e todos escutam os mais velhos."


def run(*texts, language="es", seen="und"):
    table = make_table([Document(id=f"{row:016}", text=text, language=language) for row, text in enumerate(texts)])
    columns = score(table, {"language": pa.table({"language": [seen] * len(texts)})})
    return [{name: values[row].as_py() for name, values in columns.items()} for row in range(len(texts))]


SOME = [
    "a",
    "e",
    "de",
    "que",
    "La",
    "U.S.",
    "don't",
    "5km",
    "(así)",
    "...",
    "…",
    ".",
    ",",
    "#",
    "-",
    "•",
    "[1]",
    "{x}",
    "\n",
    "\r\n",
    "\n\n",
]
SOME += ["\t", "\x85", "ñ", "É", "𝒳", "😀", "ʼ", "ꞌ", "\u2028", "\u00a0", "\x1c", "javascript", "文", "cookie", "policy", "\ufffd"]
PIECES = st.lists(st.sampled_from([*SOME, " ", " ", "\n", "\n\n"]), max_size=120).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(st.one_of(PIECES, ANY))
@example("")
@example("\n")
@example("\n\n a \n\n a\n\n")
@example("a\n\na\n\na")
@example("Uno dos tres [1]. Cuatro cinco [edit] seis.[2] Siete.\n" * 3)
@example('He said "no."  -- And left? (Yes.) Ok!\x1cTwo, three and four.')
@example("Lorem ipsum dolor sit amet. {x}\nuse cookies or use of cookies here.\nA b c. D e f.")
@example("x" * 1001 + " a b c.\n" + "ab cd ef gh. " * 30)
@example("\0\0 a\0b \0. c d e.")
@settings(max_examples=400, deadline=None)
def test_the_kernel_equals_the_reference(text):
    (found,) = run(text, language="en")
    for name, value in measure(text).items():
        assert found[name] == (pytest.approx(value, rel=1e-12, abs=0) if isinstance(value, float) else value), name


@given(st.lists(st.one_of(PIECES, ANY), max_size=8))
@settings(max_examples=60, deadline=None)
def test_rows_do_not_touch_each_other(texts):
    assert run(*texts) == [row for text in texts for row in run(text)]


def test_slices_of_an_array_are_read_in_place():
    array = pa.array(["no", ES, PT, ""])
    part = measure_rows(*view_strings(array.slice(1, 2)), [-1, -1], [False, False])
    whole = measure_rows(*view_strings(array), [-1] * 4, [False] * 4)
    assert part[:, 0].tolist() == whole[1:3, 0].tolist() == [len(ES), len(PT)]


WORDS = [
    ("Don't say can't, it's 5km.", ["Do", "n't", "say", "ca", "n't", ",", "it", "'s", "5", "km", "."]),
    ("(Mr. Smith's re-entry), e.g. U.S. law", ["(", "Mr.", "Smith", "'s", "re", "-", "entry", ")", ",", "e.g.", "U.S.", "law"]),
    ("see http://www.a-b.com/x-y or me@c-d.org", ["see", "http://www.a-b.com/x-y", "or", "me@c-d.org"]),
    ("wait...what? $5 50% a+b 3-4 x:)", ["wait", "...", "what", "?", "$", "5", "50", "%", "a+b", "3", "-", "4", "x", ":)"]),
    ("¿Qué? «Sí», dijo—no…", ["¿", "Qué", "?", "«", "Sí", "»", ",", "dijo", "—", "no", "…"]),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words_are_those_of_spacys_english_tokenizer(text, words):
    assert split_words(text) == words


def test_apostrophes_inside_words_are_letters_in_every_other_language():
    assert split_words("Mba'éichapa n'a", english=False) == ["Mba'éichapa", "n'a"]


def test_no_listed_chunk_is_longer_than_is_looked_for():
    assert max(len("".join(parts).encode()) for parts in _common()) <= LONGEST_FACE
    assert max(len("".join(parts).encode()) for parts in _english()) <= LONGEST_SPECIAL


def test_one_line_of_ten_megabytes():
    for text in ("palabra " * 1_300_000, "x" * 10_000_000, "a.b," * 2_500_000):
        begun = time.monotonic()
        (found,) = run(text)
        assert found["characters"] == len(text)
        assert found["lines"] == 1
        assert time.monotonic() - begun < 60  # seconds where the work grew with the square of the length


def test_windows_line_ends_are_one_break():
    text = "Una línea.\nOtra línea.\n"
    unix, windows = run(text, text.replace("\n", "\r\n"))
    assert unix["lines"] == windows["lines"] == 2


def test_an_empty_text_has_no_shares():
    (found,) = run("")
    assert found["characters"] == found["tokens"] == found["c4_sentences"] == 0
    assert all(found[name] is None for name, kind in COLUMNS.items() if kind == "double")


def test_columns_are_the_kernels_measures():
    assert list(COLUMNS)[: len(MEASURES)] == list(MEASURES)
    assert dict(get_scorer("quality").columns) == COLUMNS


def test_golden_values():
    (found,) = run(ES + "\n\n" + ES)
    assert (found["tokens"], found["words"], found["sentences"], found["c4_sentences"], found["syllables"]) == (50, 44, 4, 4, 84)
    assert found["duplicate_paragraph_share"] == 0.5
    assert found["duplicate_5_gram_share"] == pytest.approx(97 / 238)  # all the second paragraph but its spaces
    assert found["stop_word_share"] == pytest.approx(24 / 44)


def test_function_words_need_a_pack():
    assert run(ES, language="es")[0]["stop_word_share"] > 0.4
    assert run(ES, language="zz")[0]["stop_word_share"] is None
    assert run(ES, language="zz")[0]["core_words_found"] is None
    assert run(ES, language="", seen="es") == run(ES, language="es")
    assert run(PT, language="pt-BR") == run(PT, language="pt")


def test_noise_is_seen():
    clean, noisy = run(ES, "La cornunidad se reúne c ada dorn1ngo para hab- lar de1 agua ^ y de | los carn1nos, y tod os escucban.")
    for name in ("single_letter_share", "mixed_word_share", "symbol_chunk_share"):
        assert noisy[name] > clean[name]


def test_legibility_is_for_spanish_and_portuguese_of_some_length():
    easy = "El niño come pan. La niña bebe agua. El perro corre. El sol sale. " * 10
    hard = "La constitucionalidad jurisdiccional extraordinaria presupone responsabilidades administrativas ulteriormente " * 16
    simple, difficult, short = run(easy, hard, ES)
    assert simple["szigriszt"] > 80 > 40 > difficult["szigriszt"]
    assert simple["fernandez_huerta"] > difficult["fernandez_huerta"]
    assert short["szigriszt"] is None
    assert simple["flesch_pt"] is None
    assert run(easy, language="pt")[0]["flesch_pt"] is not None
    assert run(easy, language="en")[0]["szigriszt"] is None


SYLLABLES = [("casa", 2), ("agua", 2), ("río", 2), ("poeta", 3), ("caído", 3), ("que", 1), ("muy", 1), ("mayo", 2), ("guía", 2)]


@pytest.mark.parametrize(("word", "number"), SYLLABLES)
def test_syllables_of_spanish(word, number):
    assert run(word)[0]["syllables"] == number


def test_the_learned_score_knows_damage_and_abstains():
    verse = "Caminante, no hay camino,\nse hace camino al andar."  # Antonio Machado, 1912
    noise = "c0rnun1dad | s e  reun€ ^ dorn1n g0 ,. pa ra hab1ar ~ de1 agna y d e 1os cam1nos . N adi e fa1ta"
    menu = "Inicio | Contacto | 12/03/2019 | Compartir | Imprimir | Página 3 de 40 | Siguiente » | Facebook | Twitter | Inicio | Buscar"
    good, poem, bad, furniture = (row["score"] for row in run(ES * 2, verse, noise * 2, menu * 2))
    assert min(good, poem) > 0.5 > 0.2 > max(bad, furniture)
    assert run(ES, language="arn")[0]["score"] is None
    assert 0 <= run("Sí.")[0]["score"] <= 1


def test_labels_come_from_an_endpoint_and_are_kept_with_prompt_and_model(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "dev/quality_model"))
    judge = importlib.import_module("judge")
    asked = []

    class Fake(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, body))
            answer = "no idea" if PT in body["messages"][0]["content"] else "4"
            reply = json.dumps({"choices": [{"message": {"content": answer}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Fake) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        judge.ask(f"http://127.0.0.1:{server.server_port}/v1", "small", [ES, PT], tmp_path / "labels.jsonl")
        server.shutdown()
        thread.join()
    rows = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text("utf8").splitlines()]
    assert [path for path, _ in asked] == ["/v1/chat/completions"] * 2
    assert [(row["model"], row["prompt"] == judge.PROMPT, row["label"]) for row in rows] == [("small", True, 0.8), ("small", True, None)]
    assert list(judge.load_labels(tmp_path / "labels.jsonl")) == [(ES, 0.8)]


@pytest.mark.parametrize("path", sorted(asset("rules").glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_rules_are_sql_over_the_columns(path):
    import duckdb

    from ayni.corpus.select import Rule

    table = make_table([Document(id="0", text=text, language="en") for text in ("", "x", "Too short. " * 400)])
    with duckdb.connect() as connection:
        connection.register("quality", pa.table(score(table, {"language": pa.table({"language": ["en"] * 3})})))
        drops = []
        for row in tomllib.loads(path.read_text("utf8"))["rules"]:
            rule = Rule(**{key: value for key, value in row.items() if key != "filter"})
            drops.append([each for (each,) in connection.execute(f"SELECT coalesce(({rule.drop}), false) FROM quality").fetchall()])
    assert all(any(rule[text] for rule in drops) for text in (0, 1))


def test_try_quality_answers_line_by_line(capsys, monkeypatch):
    import io

    from ayni.cli.main import main

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ES}\n{PT}\n"))
    assert main(["try", "quality", "-"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["characters"] for row in rows] == [len(ES), len(PT)]


@given(st.lists(st.one_of(ANY, st.text("aÁ ñÑªº½ßİıΣς\u0301_-ﬁ…\u00a0가", max_size=40)), max_size=5))
@settings(max_examples=300, deadline=None)
def test_fingerprints_in_a_batch_are_those_of_single_texts(texts):
    table = make_table([Document(id=str(row), text=text) for row, text in enumerate(texts)])
    found = get_scorer("fingerprint").score_table(table, {})["text_digest"].to_pylist()
    assert found == [fingerprint(text) for text in texts]
