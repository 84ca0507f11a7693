"""Models made for the tests, and a server of each kind: the real command, and one inside this process."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from openai import OpenAI
from successor import AND_AGAIN, ANSWER, ENDLESS, IM_END, IM_START, SONG, make_model, make_tokenizer, rename_markers

from ayni.serving.api import create_app
from ayni.serving.engines.llamacpp import LlamaCpp
from ayni.serving.keeper import Keeper
from ayni.serving.server import open_port


@dataclass
class Served:
    """A running `ayni serve`."""

    process: subprocess.Popen
    address: str
    name: str

    def client(self, **options) -> OpenAI:
        return OpenAI(base_url=f"{self.address}/v1", api_key="-", **{"max_retries": 0, **options})

    def engine(self) -> int:
        """The engine's process id."""
        return next(iter(children(self.process.pid)))


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(each) for each in task.read_text().split()]
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def run_server(model: Path, *words: str, language: str = "en_US.UTF-8"):
    command = [sys.executable, "-m", "ayni", "serve", str(model), "--port", "0", *words]
    # A proxy of the surroundings must never see what is said on this machine
    environment = {**os.environ, "LC_ALL": language, "http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        address = ""
        for line in process.stdout:
            if "http://" in line:
                address = line.split()[-1]
                break
        assert address, process.stderr.read()
        yield Served(process, address, model.name)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory):
    return make_tokenizer(tmp_path_factory.mktemp("serving") / "tokenizer")


@pytest.fixture(scope="session")
def sumaq(tokenizer, tmp_path_factory):
    """Answers every chat with "Sumaq"; would begin again and again if it were not stopped. After x and w it never ends."""
    return make_model(tokenizer, tmp_path_factory.mktemp("serving") / "sumaq", [ANSWER, AND_AGAIN, *ENDLESS])


@pytest.fixture(scope="session")
def singer(tokenizer, tmp_path_factory):
    """Answers every chat with "babebibo..." to the end of its context; large enough to take some seconds over it."""
    return make_model(tokenizer, tmp_path_factory.mktemp("serving") / "singer", SONG, layers=6, inner=4096)


@pytest.fixture(scope="session")
def looping(tmp_path_factory):
    """LATAM-GPT's fault: the end token that the model states is not the one that it writes, and no engine knows that one."""
    place = tmp_path_factory.mktemp("serving")
    tokenizer = make_tokenizer(place / "tokenizer")
    names = {IM_START: "<|kuti|>", IM_END: "<|tukuy|>"}
    rename_markers(tokenizer, names)
    chains = [[names.get(token, token) for token in chain] for chain in (ANSWER, AND_AGAIN)]
    return make_model(tokenizer, place / "looping", chains)


@pytest.fixture(scope="session")
def served(sumaq):
    with run_server(sumaq) as found:
        yield found


@pytest.fixture(scope="session")
def singing(singer):
    with run_server(singer) as found:
        yield found


@pytest.fixture
def client(served):
    return served.client()


@dataclass
class House:
    """A server in this process, whose engine can be asked what it is doing."""

    keeper: Keeper
    address: str

    def busy_slots(self) -> int:
        endpoint = self.keeper._endpoint
        rows = httpx.get(f"{endpoint.url}/slots", headers=endpoint.headers(), trust_env=False).json()
        return sum(row["is_processing"] for row in rows)


@pytest.fixture
def house(singer):
    keeper = Keeper(LlamaCpp(), singer)
    keeper.start()
    with open_port("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(create_app(keeper, "singer", port), log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        assert wait_until(lambda: server.started)
        yield House(keeper, f"http://127.0.0.1:{port}")
        server.should_exit = True
        thread.join(10)
    keeper.stop()
