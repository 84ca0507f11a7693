"""Fetching: a repository's pages from a server that this test starts, with all that servers do; and a hub that is none."""

import http.server
import io
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ayni.core.errors import InputError
from ayni.core.formats.documents import Documents
from ayni.corpus.harvest import harvest
from ayni.corpus.web import read_retry_after

OAI = 'xmlns="http://www.openarchives.org/OAI/2.0/"'
DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
RIGHTS = "https://creativecommons.org/licenses/by/4.0/deed.es"


def record(number, words="Memoria del archivo municipal", deleted=False):
    head = f"<identifier>oai:repo:{number:03}</identifier><datestamp>2024-05-01</datestamp>"
    if deleted:
        return f'<record><header status="deleted">{head}</header></record>'
    about = f"<dc:title>{words} {number}</dc:title><dc:creator>Pérez, Ana</dc:creator><dc:language>spa</dc:language>"
    about += "<dc:date>2019-03-04</dc:date>"
    about += f"<dc:rights>{RIGHTS}</dc:rights><dc:identifier>https://repo.example.org/{number}</dc:identifier>"
    return f"<record><header>{head}</header><metadata><oai_dc:dc {DC}>{about}</oai_dc:dc></metadata></record>"


def page(records, token=""):
    more = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return f"<OAI-PMH {OAI}><responseDate>{time.time()}</responseDate><ListRecords>{''.join(records)}{more}</ListRecords></OAI-PMH>"


class Repository(http.server.ThreadingHTTPServer):
    """Answers by resumption token; `answers[token]` is a list of (status, headers, body), the last of which stays."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked, self.pause = {}, [], 0.0
        self.address = f"oai:http://127.0.0.1:{self.server_port}/oai"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def tokens(self):
        return [query.get("resumptionToken", [""])[0] for query in self.asked if query.get("verb") == ["ListRecords"]]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        self.server.asked.append(query)
        time.sleep(self.server.pause)
        if query["verb"] == ["Identify"]:
            status, headers, body = 200, {}, f"<OAI-PMH {OAI}><Identify><repositoryName>Archivo</repositoryName></Identify></OAI-PMH>"
        else:
            rows = self.server.answers[query.get("resumptionToken", [""])[0]]
            status, headers, body = rows.pop(0) if len(rows) > 1 else rows[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def ok(body):
    return (200, {}, body)


@pytest.fixture
def repository():
    server = Repository()
    server.answers = {
        "": [ok(page([record(1), record(2)], "a&amp;b"))],
        "a&b": [ok(page([record(3), record(4, deleted=True)], "c"))],
        "c": [ok(page([record(5)]))],
    }
    yield server
    server.shutdown()


def gather(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_all_pages_and_what_is_deleted(repository, tmp_path):
    facts = harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)
    assert facts == {"repository": "Archivo", "records": "4", "deleted": "1", "broken_pages": "0"}
    assert repository.tokens() == ["", "a&b", "c"]
    assert repository.asked[0] == {"verb": ["ListRecords"], "metadataPrefix": ["oai_dc"]}
    text = b"".join(gather(tmp_path / "files").values()).decode()
    assert [f"oai:repo:{number:03}" in text for number in range(1, 6)] == [True, True, True, False, True]


def test_the_same_records_are_the_same_bytes(repository, tmp_path):
    harvest(repository.address, tmp_path / "s1", tmp_path / "f1", delay=0)
    repository.answers = {"": [ok(page([record(5), record(3)], "z"))], "z": [ok(page([record(2), record(1)]))]}
    harvest(repository.address, tmp_path / "s2", tmp_path / "f2", delay=0)
    assert gather(tmp_path / "f1") == gather(tmp_path / "f2")


def test_retry_after_is_obeyed(repository, tmp_path):
    repository.answers["a&b"].insert(0, (503, {"Retry-After": "1"}, "más tarde"))
    started = time.monotonic()
    assert harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)["records"] == "4"
    assert time.monotonic() - started >= 1.0
    assert repository.tokens() == ["", "a&b", "a&b", "c"]


def test_who_asks_for_hours_is_asked_again_by_hand(repository, tmp_path):
    repository.answers["a&b"] = [(503, {"Retry-After": "86400"}, "")]
    with pytest.raises(InputError, match="86400 s"):
        harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)
    repository.answers["a&b"] = [ok(page([record(3)], "c"))]
    harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)
    assert repository.tokens() == ["", "a&b", "a&b", "c"]  # the first page was kept


def test_a_broken_page_is_asked_for_again(repository, tmp_path):
    whole = page([record(3)], "c")
    repository.answers["a&b"] = [ok(whole[:200]), ok(whole)]
    assert harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)["records"] == "4"
    assert repository.tokens() == ["", "a&b", "a&b", "c"]


def test_a_page_that_stays_broken_is_kept_and_passed(repository, tmp_path):
    repository.answers["a&b"] = [ok(page([record(3).replace("</dc:title>", "")], "c"))]
    facts = harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)
    assert (facts["records"], facts["broken_pages"]) == ("3", "1")
    assert any(name.startswith("broken") for name in gather(tmp_path / "files"))


def test_a_token_that_ran_out_begins_the_list_anew(repository, tmp_path):
    bad = f'<OAI-PMH {OAI}><error code="badResumptionToken">expired</error></OAI-PMH>'
    repository.answers["c"] = [ok(bad), ok(page([record(5)]))]
    assert harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)["records"] == "4"
    assert repository.tokens() == ["", "a&b", "c", "", "a&b", "c"]


def test_a_token_that_never_works_is_an_error(repository, tmp_path):
    repository.answers["c"] = [ok(f'<OAI-PMH {OAI}><error code="badResumptionToken">no</error></OAI-PMH>')]
    with pytest.raises(InputError, match="resumption token"):
        harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)


def test_a_repository_that_goes_in_a_circle(repository, tmp_path):
    repository.answers["c"] = [ok(page([record(5)], "c"))]
    with pytest.raises(InputError, match="circle"):
        harvest(repository.address, tmp_path / "state", tmp_path / "files", delay=0)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("oai:https://x.example/oai?sett=a", "sett"),
        ("oai:ftp://x.example/oai", "no OAI-PMH address"),
        ("oai:file:///etc/passwd", "no OAI-PMH"),
    ],
)
def test_an_address_that_is_none(address, words, tmp_path):
    with pytest.raises(InputError, match=words):
        harvest(address, tmp_path / "state", tmp_path / "files", delay=0)


def test_an_error_of_the_repository_says_so(repository, tmp_path):
    repository.answers[""] = [ok(f'<OAI-PMH {OAI}><error code="noRecordsMatch">nada</error></OAI-PMH>')]
    with pytest.raises(InputError, match="noRecordsMatch"):
        harvest(repository.address + "?set=x", tmp_path / "state", tmp_path / "files", delay=0)


@pytest.mark.parametrize(("stated", "seconds"), [("120", 120.0), ("", None), ("soon", None), ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0)])
def test_retry_after_as_number_or_date(stated, seconds):
    assert read_retry_after(stated) == seconds


RECIPE = """
[recipe]
name = "remote"
[tesis]
stage = "corpus.fetch"
address = "{address}"
as_of = "{as_of}"
delay = 0.0
[read]
stage = "corpus.read"
fetched = ["@tesis"]
[[read.sources]]
name = "archivo"
path = "fetched:tesis"
country = "AR"
domain = "library"
"""


def write(tmp_path, address, as_of="2026"):
    path = tmp_path / "remote.toml"
    path.write_text(RECIPE.format(address=address, as_of=as_of), "utf-8")
    return path


def documents(ayni, store):
    return Documents(Path(ayni("show", "read", "--json", "--store", store).json()["path"]))


def test_harvested_records_are_documents_with_their_licence(ayni, repository, tmp_path, store):
    assert ayni("run", write(tmp_path, repository.address), "--store", store).code == 0
    read = documents(ayni, store)
    rows = sorted(read.rows(), key=lambda row: row.title)
    assert [row.title for row in rows] == [f"Memoria del archivo municipal {number}" for number in (1, 2, 3, 5)]
    first = rows[0]
    assert (first.source, first.language, first.country, first.date) == ("archivo", "es", "AR", "2019-03-04")
    assert (first.license, first.url) == ("CC-BY-4.0", "https://repo.example.org/1")
    assert RIGHTS in first.license_evidence
    assert first.text.split("\n")[:2] == ["Memoria del archivo municipal 1", "Pérez, Ana"]
    assert first.origin.endswith("#oai:repo:001")


def test_a_second_harvest_with_the_same_records_rebuilds_nothing(ayni, repository, tmp_path, store):
    assert ayni("run", write(tmp_path, repository.address), "--store", store).code == 0
    before = len(repository.asked)
    assert ayni("run", write(tmp_path, repository.address), "--store", store).code == 0
    assert len(repository.asked) == before, "the network is asked once"
    answer = ayni("run", write(tmp_path, repository.address, "2027"), "--store", store)
    assert len(repository.asked) > before
    rows = {row["name"]: row for row in ayni("ls", "--json", "--store", store).json()}
    assert answer.code == 0 and set(rows) == {"tesis", "read"}
    assert len(list((store / "artifacts").iterdir())) == 3, "fetched twice, read once"


def test_a_killed_harvest_goes_on_where_it_was(repository, tmp_path, store):
    tokens = ["", *(f"t{number}" for number in range(1, 12))]
    for number, token in enumerate(tokens):
        following = tokens[number + 1] if number + 1 < len(tokens) else ""
        repository.answers[token] = [ok(page([record(2 * number), record(2 * number + 1)], following))]
    repository.pause = 0.2
    command = [sys.executable, "-m", "ayni", "run", str(write(tmp_path, repository.address)), "--store", str(store)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(repository.tokens()) < 4:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    seen = len(repository.tokens())
    assert seen < len(tokens)
    repository.pause = 0.0
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    again = repository.tokens()[seen:]
    assert again == tokens[len(tokens) - len(again) :] and len(again) <= len(tokens) - seen + 1, (
        "at most the page in progress is asked for twice"
    )


def test_a_remote_source_is_told_how_it_is_fetched(ayni, tmp_path, store):
    recipe = tmp_path / "r.toml"
    recipe.write_text(
        '[recipe]\nname="r"\n[read]\nstage="corpus.read"\n[[read.sources]]\nname="x"\npath="oai:https://x.example/oai"\n', "utf-8"
    )
    answer = ayni("run", recipe, "--store", store)
    assert answer.code == 2
    assert "corpus.fetch" in answer.err and "fetched:x" in answer.err


class Hub(http.server.BaseHTTPRequestHandler):
    """The three answers that a download from the hub needs: the data set's files, a file's head, its bytes."""

    commit = "0123456789abcdef0123456789abcdef01234567"
    files: dict[str, bytes] = {}

    def answer(self, body):
        place = urlsplit(self.path).path
        if place.startswith("/api/datasets/org/coplas"):
            siblings = [{"rfilename": name} for name in self.files]
            tree = [{"type": "file", "path": name, "size": len(data), "oid": "0" * 40} for name, data in self.files.items()]
            info = {"id": "org/coplas", "sha": self.commit, "siblings": siblings, "private": False, "tags": [], "downloads": 0, "likes": 0}
            return self.give(json.dumps(tree if "/tree/" in place else info).encode(), body)
        name = place.partition(f"/resolve/{self.commit}/")[2]
        if name in self.files:
            return self.give(self.files[name], body, {"X-Repo-Commit": self.commit, "ETag": f'"{hash(name):x}"'})
        self.send_response(404)
        self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()

    def give(self, data, body, headers=()):
        self.send_response(200)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub():
    body = io.BytesIO()
    pq.write_table(pa.table({"text": ["Una copla que se canta.", "Otra copla que se olvida."], "language": ["es", "es"]}), body)
    Hub.files = {
        "README.md": b"---\nlicense: cc-by-4.0\nlanguage:\n- es\n---\n# Coplas\n",
        "data/train-00000-of-00001.parquet": body.getvalue(),
        "extra.jsonl": b'{"text": "Una tercera, en otra forma."}\n',
        "coplas.py": b"raise SystemExit('remote code was run')\n",
    }
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_data_set_of_the_hub(shell, ayni, hub, tmp_path, store):
    import os

    recipe = write(tmp_path, "hf:org/coplas")
    done = shell("run", recipe, "--store", store, env={**os.environ, "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "hf")})
    assert done.returncode == 0, done.stderr
    rows = list(documents(ayni, store).rows())
    assert sorted(row.text for row in rows) == ["Otra copla que se olvida.", "Una copla que se canta.", "Una tercera, en otra forma."]
    assert {row.license for row in rows} == {"CC-BY-4.0"}
    assert all(Hub.commit[:12] in row.license_evidence and "org/coplas" in row.license_evidence for row in rows)
    assert {row.origin for row in rows} == {"data/train-00000-of-00001.parquet#1", "data/train-00000-of-00001.parquet#2", "extra.jsonl#1"}


def test_a_data_set_that_is_not_there(shell, hub, tmp_path, store):
    import os

    done = shell(
        "run", write(tmp_path, "hf:org/nada"), "--store", store, env={**os.environ, "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "hf")}
    )
    assert done.returncode == 2
    assert "no data set 'org/nada'" in done.stderr
