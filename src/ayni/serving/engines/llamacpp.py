"""The engine llama.cpp on the CPU, from the package xllamacpp, as a process of its own on a free loopback port.

    with LlamaCpp() as engine:
        endpoint = engine.start(Path("ayni-q8_0.gguf"))

The process is this same file, run as `python -m ayni.serving.engines.llamacpp`. It reads one line of JSON from its
standard input (so that the key stands in no process list), prints one line {"url": ...} when the model is loaded, and
ends when that input closes or its parent dies, kill -9 included. What it writes to stderr is kept for the error message.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import select
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from ayni.core.errors import MissingExtra, ServingError
from ayni.core.processes import die_with
from ayni.serving.endpoint import ALIAS, Endpoint, find_markers, probe_messages
from ayni.serving.weights import find_gguf

_BYTES_PER_SECOND = 50e6  # a slow disk; what loading may take grows with the file


@dataclass(frozen=True)
class Order:
    """What the process is told on its first line of input."""

    model: str
    key: str
    context: int
    slots: int
    threads: int
    parent: int


class LlamaCpp:
    """llama.cpp behind the two verbs of every engine. `context` is for one conversation; `slots` run side by side."""

    def __init__(self, *, context: int = 4096, slots: int = 2, threads: int | None = None, patience: float = 60.0) -> None:
        # llama.cpp's threads wait for each other spinning: where all cores are theirs and another program wants one, an answer
        # took ten times as long when measured (2 cores: 230 ms a token against 13 with one thread). So one core is left free.
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        self.threads = threads or max(1, cores - 1)
        self.context = context
        self.slots = slots
        self.patience = patience
        self._process: subprocess.Popen[str] | None = None
        self._complaints: deque[str] = deque(maxlen=40)
        self._deadline = 0.0
        self._key = ""

    def __enter__(self) -> LlamaCpp:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        return self._process.pid if self._process else None

    def start(self, model: Path) -> Endpoint:
        """Load the model and wait until it answers."""
        self.launch(model)
        return self.await_ready()

    def launch(self, model: Path) -> None:
        """Create the process; it dies with the thread that calls this, and with the program."""
        if importlib.util.find_spec("xllamacpp") is None:
            raise MissingExtra("the engine xllamacpp is not installed", why="it computes the answers", mend="pip install 'ayni[serve]'")
        file = find_gguf(model)
        self.stop()
        self._key = secrets.token_urlsafe(24)
        self._complaints.clear()
        self._deadline = time.monotonic() + self.patience + file.stat().st_size / _BYTES_PER_SECOND
        command = [sys.executable, "-m", "ayni.serving.engines.llamacpp"]
        pipe = subprocess.PIPE
        # A session of its own: Ctrl-C in the terminal stops an answer, not the engine
        process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", errors="replace", start_new_session=True
        )
        self._process = process
        threading.Thread(target=self._keep_complaints, args=(process,), daemon=True).start()
        order = Order(str(file), self._key, self.context, self.slots, self.threads, os.getpid())
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it died at once; await_ready says why
            process.stdin.write(json.dumps(asdict(order)) + "\n")
            process.stdin.flush()

    def await_ready(self) -> Endpoint:
        """Wait for the address, then ask the engine what ends a turn of this model."""
        process = self._process
        assert process is not None and process.stdout is not None, "launch first"
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, self._deadline - time.monotonic()))
        line = process.stdout.readline() if ready else ""
        if not line:
            reason = "it ended before the model was loaded" if ready else f"the model was not loaded in {self.patience:.0f} s and more"
            self.stop()
            raise ServingError(
                "the engine did not start",
                why=f"{reason}: {self._explain()}",
                mend="check that the GGUF file is whole and that there is memory for it",
            )
        return _describe(json.loads(line)["url"], self._key)

    def is_alive(self, patience: float = 0.0) -> bool:
        """False once the process has ended; waits `patience` seconds for that."""
        if self._process is None:
            return False
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return True
        return False

    def stop(self) -> None:
        """End the process and take back what it held."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()  # it keeps nothing that could be lost
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # an order that was never read
                    stream.close()

    def _keep_complaints(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr as stream:
            for line in stream:
                if line.strip():
                    self._complaints.append(line.strip())

    def _explain(self) -> str:
        """The first line that llama.cpp marks as an error, else the last line."""
        time.sleep(0.05)  # the last lines may still be on their way through the pipe
        lines = list(self._complaints)
        marked = [line.split(" E ", 1)[1] for line in lines if " E " in line]
        return (marked or lines[-1:] or ["it wrote nothing"])[0]


def _describe(url: str, key: str) -> Endpoint:
    """Ask a loaded engine for its context and for what ends a turn."""
    import httpx

    bare = Endpoint(url, key)
    try:
        with httpx.Client(base_url=url, headers=bare.headers(), trust_env=False, timeout=30.0) as client:
            props = client.get("/props").raise_for_status().json()
            reply = client.post("/apply-template", json={"messages": probe_messages(), "add_generation_prompt": True})
            rendered = reply.json()["prompt"] if reply.is_success else ""  # some templates refuse such a conversation
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise ServingError("the engine does not answer", why=str(error), mend="start it again") from error
    context = int(props["default_generation_settings"]["n_ctx"])
    return Endpoint(url, key, context, find_markers(props.get("chat_template", ""), rendered, props.get("eos_token", "")))


def main() -> int:
    """The process itself: load, listen, end with the parent."""
    order = Order(**json.loads(sys.stdin.readline()))
    die_with(order.parent)
    threading.Thread(target=_watch_input, daemon=True).start()
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order.model
    params.model_alias = {ALIAS}
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # any free one
    params.api_keys = [order.key]  # a page of another site, or another user here, cannot talk to it past our checks
    params.cors_origins = "http://127.0.0.1"  # llama.cpp's own default invites every site
    params.ui = False
    params.use_jinja = True
    params.prefill_assistant = False  # a conversation that ends with an answer gets a new answer
    params.n_ctx = order.context * order.slots
    params.n_parallel = order.slots
    params.n_threads_http = max(16, 2 * order.slots)
    params.cpuparams.n_threads = order.threads
    params.cpuparams_batch.n_threads = order.threads
    params.n_gpu_layers = 0
    params.fit_params = False  # that is for video memory
    params.cache_ram_mib = 0  # no copies of old conversations beside the ones in use
    params.cache_idle_slots = False
    params.warmup = False  # an empty run before the first answer; the first answer does it as well
    params.verbosity = 2  # warnings; prompts are never written
    server = xllamacpp.Server(params)
    print(json.dumps({"url": server.listening_address}), flush=True)  # noqa: T201  this line is the process's answer
    threading.Event().wait()
    return 0


def _watch_input() -> None:
    while sys.stdin.readline():
        pass
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
