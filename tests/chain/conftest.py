"""What the tests of several machines share: a corpus in many parts, and a real S3 server."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import pytest

RECIPE = """
[recipe]
name = "many"
seed = 3
[read]
stage = "corpus.read"
{sources}
[clean]
stage = "corpus.clean"
documents = "@read"
[notes]
stage = "corpus.annotate"
documents = "@clean"
scorers = ["fingerprint"]
[duplicates]
stage = "corpus.deduplicate"
documents = "@clean"
fingerprints = "@notes"
[picks]
stage = "corpus.select"
documents = "@clean"
notes = ["@notes", "@duplicates"]
rules = [{{ name = "copy", drop = "duplicates.copy_of IS NOT NULL" }}]
"""


@pytest.fixture
def many(tmp_path):
    """A recipe over ten sources: as many parts a stage."""
    tables = []
    for number in range(10):
        folder = tmp_path / "given" / str(number)
        folder.mkdir(parents=True)
        for page in range(6):
            (folder / f"{page}.txt").write_text(f"Acta {number}-{page % 5} del consejo municipal.\n" * 40, "utf-8")
        tables.append(f'[[read.sources]]\nname = "s{number}"\npath = "{folder}"\nlanguage = "es"\n')
    path = tmp_path / "many.toml"
    path.write_text(RECIPE.format(sources="".join(tables)), "utf-8")
    return path


class Bucket:
    """moto's S3 server, as a process of its own that can be stopped."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log, self.process = folder / "s3.log", None
        self.environ = {
            **os.environ,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def start(self):
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        for _ in range(150):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/moto-api/", timeout=2).close()
                return
            time.sleep(0.2)
        raise AssertionError("the S3 server did not start: " + self.log.read_text()[-2000:])

    def do(self, method, *args, **words):
        """A call of boto3, which comes with moto: do("put_object", Bucket=..., ...)."""
        import boto3

        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=self.environ["AWS_ENDPOINT_URL"], **keys)
        return getattr(client, method)(*args, **words)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def bucket(tmp_path):
    pytest.importorskip("moto", reason="moto is not installed: pip install 'ayni[dev]'")
    server = Bucket(tmp_path)
    server.start()
    server.do("create_bucket", Bucket="archive")
    yield server
    server.stop()
