"""Object storage: documents out of a bucket, and a mirror that lets a second machine use the first one's work. Real HTTP."""

import json
import shutil

import pytest

SITE = '[site]\nname = "test"\nworkers = 1\nmirror = "s3://archive/mirror"\n'
FETCH = """
[recipe]
name = "court"
seed = 3
[court]
stage = "corpus.fetch"
address = "s3://archive/court"
[read]
stage = "corpus.read"
fetched = ["@court"]
sources = [{ name = "court", path = "fetched:court", language = "es", license = "CC0-1.0" }]
"""


@pytest.fixture
def site(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    return path


def digests(shell, store):
    rows = json.loads(shell("ls", "--json", "--store", store).stdout)
    return {row["name"]: row["digest"] for row in rows}


def three_lines(done):
    lines = done.stderr.strip().splitlines()[-3:]
    return [line.split(":")[0].strip() for line in lines] == ["error", "why", "mend"]


def test_documents_out_of_a_bucket(bucket, shell, tmp_path):
    for number in range(5):
        bucket.do("put_object", Bucket="archive", Key=f"court/2025/{number}.txt", Body=f"Sentencia {number} de la corte.\n".encode())
    bucket.do("put_object", Bucket="archive", Key="courtyard.txt", Body=b"Not of the court.\n")
    recipe, store = tmp_path / "court.toml", tmp_path / "store"
    recipe.write_text(FETCH)
    done = shell("run", recipe, "--store", store, env=bucket.environ)
    assert done.returncode == 0, done.stderr
    shown = json.loads(shell("show", "read", "--json", "--store", store).stdout)
    assert shown["counts"]["documents"] == 5
    assert "test" not in json.dumps([shown["params"], shown["inputs"]])
    bucket.stop()
    again = shell("run", recipe, "--store", store, env=bucket.environ)
    assert "2 cached" in again.stdout
    gone = shell("run", recipe, "--store", tmp_path / "other", env=bucket.environ)
    assert gone.returncode == 4
    assert three_lines(gone)
    assert "s3://archive/court" in gone.stderr


def test_a_second_machine_takes_the_first_ones_work(bucket, shell, tmp_path, many, site):
    first, second = tmp_path / "first", tmp_path / "second"
    done = shell("run", many, "--store", first, "--site", site, env=bucket.environ)
    assert done.returncode == 0, done.stderr
    taken = shell("run", many, "--store", second, "--site", site, env=bucket.environ)
    assert taken.returncode == 0, taken.stderr
    assert "0 built" in taken.stdout
    assert taken.stdout.count("fetched") == 5
    assert digests(shell, second) == digests(shell, first)
    shutil.rmtree(second)
    change = ["--set", "picks.rules=[]"]
    other = shell("run", many, "--store", second, "--site", site, *change, env=bucket.environ)
    assert "1 built, 4 cached" in other.stdout


def test_a_server_that_stops_leaves_nothing_torn(bucket, shell, tmp_path, many, site):
    straight, store = tmp_path / "straight", tmp_path / "store"
    assert shell("run", many, "--store", straight).returncode == 0
    assert shell("run", many, "--store", store, "--site", site, "--only", "read", env=bucket.environ).returncode == 0
    bucket.stop()
    stopped = shell("run", many, "--store", store, "--site", site, env=bucket.environ)
    assert stopped.returncode == 4
    assert three_lines(stopped)
    assert "same command again" in stopped.stderr
    bucket.start()  # empty: moto keeps all in memory, so what was pushed is lost as well
    bucket.do("create_bucket", Bucket="archive")
    done = shell("run", many, "--store", store, "--site", site, env=bucket.environ)
    assert done.returncode == 0, done.stderr
    assert digests(shell, store) == digests(shell, straight)
    taken = shell("run", many, "--store", tmp_path / "third", "--site", site, env=bucket.environ)
    assert "0 built" in taken.stdout


def test_a_damaged_object_is_refused(bucket, shell, tmp_path, many, site):
    assert shell("run", many, "--store", tmp_path / "first", "--site", site, env=bucket.environ).returncode == 0
    for row in bucket.do("list_objects_v2", Bucket="archive", Prefix="mirror/objects/")["Contents"]:
        bucket.do("put_object", Bucket="archive", Key=row["Key"], Body=b"damaged")
    refused = shell("run", many, "--store", tmp_path / "second", "--site", site, env=bucket.environ)
    assert refused.returncode == 4
    assert "is not what its name says" in refused.stderr
    assert not list((tmp_path / "second" / "artifacts").glob("*"))
