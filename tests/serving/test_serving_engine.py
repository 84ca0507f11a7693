"""The engine's life: it starts, it is killed, it is started again, it never outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import openai
import pytest
from conftest import children, is_running, run_server, wait_until
from successor import make_model

from ayni.core.errors import InputError, MissingExtra, ServingError
from ayni.serving.engines import llamacpp
from ayni.serving.engines.llamacpp import LlamaCpp
from ayni.serving.weights import find_gguf

CHAT = [{"role": "user", "content": "Allillanchu"}]


def ask(client, **more):
    return client.chat.completions.create(messages=CHAT, **more)


def test_start_and_stop(sumaq):
    with LlamaCpp() as engine:
        endpoint = engine.start(sumaq)
        assert endpoint.url.startswith("http://127.0.0.1:")
        assert endpoint.context == 4096
        assert set(endpoint.markers) == {"<|im_start|>", "<|im_end|>"}
        assert endpoint.key not in repr(endpoint)
        assert httpx.get(f"{endpoint.url}/slots", trust_env=False).status_code == 401, "a stranger without the key"
        process = engine.pid
        assert engine.is_alive() and endpoint.key not in Path(f"/proc/{process}/cmdline").read_text()
    assert not is_running(process) and not engine.is_alive()
    engine.stop()


def test_context_is_never_more_than_the_model_was_trained_for(tokenizer, tmp_path):
    with LlamaCpp() as engine:
        assert engine.start(make_model(tokenizer, tmp_path / "short", [["x", "y"]], context=512)).context == 512


def test_killed_engine_is_started_once_more(sumaq):
    with run_server(sumaq) as served:
        client, engine = served.client(), served.engine()
        assert ask(client, model="sumaq").choices[0].message.content == "Sumaq"
        os.kill(engine, signal.SIGKILL)
        assert wait_until(lambda: not is_running(engine))
        with pytest.raises(openai.InternalServerError) as caught:
            ask(client, model="sumaq")
        assert (caught.value.status_code, caught.value.code) == (503, "engine_restarting")
        assert caught.value.response.headers["retry-after"] == "1"
        assert ask(client, model="sumaq").choices[0].message.content == "Sumaq", "waits for the restart"
        assert served.engine() != engine
        os.kill(served.engine(), signal.SIGKILL)  # after an answer, it may be started again
        assert ask(served.client(max_retries=3), model="sumaq").choices[0].message.content == "Sumaq", "the client's own retry"


def test_engine_that_dies_without_an_answer_stays_down(sumaq):
    with run_server(sumaq) as served:
        client = served.client()
        os.kill(served.engine(), signal.SIGKILL)
        with pytest.raises(openai.InternalServerError):
            ask(client, model="sumaq")
        assert wait_until(lambda: httpx.get(f"{served.address}/health", trust_env=False).status_code == 200)
        os.kill(served.engine(), signal.SIGKILL)
        with pytest.raises(openai.InternalServerError) as caught:
            ask(client, model="sumaq")
        assert caught.value.code == "engine_down"
        assert httpx.get(f"{served.address}/health", trust_env=False).status_code == 503
        assert client.models.list().data[0].id == "sumaq", "the server itself lives"


@pytest.mark.parametrize("stream", [False, True])
def test_engine_killed_in_the_middle(singer, stream):
    with run_server(singer) as served:
        killer = threading.Timer(1.0, os.kill, (served.engine(), signal.SIGKILL))
        killer.start()
        with pytest.raises(openai.APIError) as caught:
            for _ in ask(served.client(), model="singer", stream=stream):
                pass
        assert caught.value.code == "engine_restarting"
        assert ask(served.client(), model="singer", max_tokens=3).choices[0].message.content == "babebi"
        assert len(children(served.process.pid)) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_stops_the_engine(house, stream):
    body = {"model": "singer", "messages": CHAT, "stream": stream, "n": 2}
    with socket.create_connection(("127.0.0.1", int(house.address.rpartition(":")[2]))) as plain:
        data = httpx.Request("POST", house.address + "/v1/chat/completions", json=body)
        head = "".join(f"{name}: {value}\r\n" for name, value in data.headers.items())
        plain.sendall(f"POST /v1/chat/completions HTTP/1.1\r\n{head}\r\n".encode() + data.content)
        assert wait_until(lambda: house.busy_slots() == 2)
    left = time.monotonic()
    assert wait_until(lambda: house.busy_slots() == 0)
    assert time.monotonic() - left < 3, "the whole song takes longer"
    assert house.keeper.is_well()


PARENT = """
import sys, time
from pathlib import Path
from ayni.serving.engines.llamacpp import LlamaCpp
engine = LlamaCpp()
engine.{verb}(Path(sys.argv[1]))
print(engine.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("verb", ["start", "launch"])
def test_engine_dies_with_its_parent(sumaq, verb):
    """Killed with -9, when the engine is ready and when it has only just begun."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(verb=verb), str(sumaq)], stdout=subprocess.PIPE, text=True)
    engine = int(parent.stdout.readline())
    assert is_running(engine)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: not is_running(engine), 5)


def test_engine_dies_with_the_killed_server(sumaq):
    with run_server(sumaq) as served:
        engine = served.engine()
        served.process.kill()
        assert wait_until(lambda: not is_running(engine), 5)


def test_interrupt_ends_the_server_well(sumaq):
    with run_server(sumaq) as served:
        engine = served.engine()
        served.process.send_signal(signal.SIGINT)
        out, err = served.process.communicate(timeout=20)
        assert (served.process.returncode, err) == (0, "")
        assert "Ended." in out and not is_running(engine)


def test_interrupt_while_a_song_is_sung(singer):
    with run_server(singer) as served:
        events = iter(ask(served.client(), model="singer", stream=True))
        next(events)
        served.process.send_signal(signal.SIGINT)
        served.process.wait(15)
        assert served.process.returncode == 0


def test_port_that_is_taken(ayni, served, sumaq):
    answer = ayni("serve", sumaq, "--port", served.address.rpartition(":")[2])
    assert answer.code == 1 and "is taken" in answer.err and "--port" in answer.err


@pytest.mark.parametrize("port", ["-1", "99999"])
def test_port_that_cannot_be(ayni, sumaq, port):
    answer = ayni("serve", sumaq, "--port", port)
    assert answer.code == 1 and "cannot listen" in answer.err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "::", "example.org"])
def test_only_this_machine(ayni, sumaq, host):
    answer = ayni("serve", sumaq, "--host", host, "--port", "0")
    assert answer.code == 2 and "no key" in answer.err and "ssh -L" in answer.err


def test_other_loopback(sumaq):
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with run_server(sumaq, "--host", "::1") as served:
        assert served.address.startswith("http://[::1]:")
        assert served.client().models.list().data[0].id == "sumaq"


def test_eight_bits_come_first(sumaq, tmp_path):
    assert find_gguf(sumaq).name == "sumaq-q8_0.gguf"
    for name in ("a-f16.gguf", "mmproj-q8_0.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    assert find_gguf(tmp_path).name == "a-f16.gguf"
    (tmp_path / "b-Q8_0.gguf").write_bytes(b"GGUF")
    assert find_gguf(tmp_path).name == "b-Q8_0.gguf"


def test_no_gguf(tmp_path):
    with pytest.raises(InputError) as caught:
        find_gguf(tmp_path)
    assert "ayni run" in caught.value.mend
    (tmp_path / "a.gguf").write_bytes(b"<html>")
    with pytest.raises(InputError, match="not a GGUF file"):
        find_gguf(tmp_path)


def test_damaged_gguf(sumaq, tmp_path):
    whole = find_gguf(sumaq).read_bytes()
    for length in (4, 100, len(whole) // 2):
        (tmp_path / "half.gguf").write_bytes(whole[:length])
        with pytest.raises(ServingError, match="did not start") as caught, LlamaCpp() as engine:
            engine.start(tmp_path)
        assert "before the model was loaded: " in caught.value.why and caught.value.mend


def test_engine_that_takes_too_long(sumaq, monkeypatch):
    monkeypatch.setattr(llamacpp, "_BYTES_PER_SECOND", 1e18)
    with pytest.raises(ServingError, match="was not loaded in"):
        LlamaCpp(patience=0.01).start(sumaq)


def test_engine_that_is_not_installed(ayni, sumaq, monkeypatch):
    monkeypatch.setattr(llamacpp.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as caught:
        LlamaCpp().start(sumaq)
    assert caught.value.mend == "pip install 'ayni[serve]'"
