"""`ayni chat`: one answer, a conversation through a pipe, and Ctrl-C in a real terminal."""

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import children, is_running, wait_until

from ayni.core.places import asset
from ayni.serving.refusal import Refusal
from ayni.serving.terminal import Terminal
from ayni.serving.texts import LANGUAGES, find_language, read_texts

WORDS = read_texts("terminal", "en")


def test_one_answer(shell, sumaq):
    done = shell("chat", sumaq, "--prompt", "Allillanchu")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Sumaq\n", "")


@pytest.mark.parametrize(("locale", "language"), [("es_BO.UTF-8", "es"), ("pt_BR", "pt"), ("en_GB.UTF-8", "en"), ("C", "en")])
def test_conversation_through_a_pipe(shell, sumaq, locale, language):
    lines = "Allillanchu\n/new\n/what\n\n¿Y tú?\n/exit\nnever read\n"
    done = shell("chat", sumaq, "--system", "Breve.", input=lines, env={**os.environ, "LC_ALL": locale, "PYTHONUTF8": "1"})
    words = read_texts("terminal", language)
    answer = words["model"] + "Sumaq\n"
    welcome = words["welcome"].format(name="sumaq")
    assert done.stdout == f"{welcome}\n{answer}{words['new']}\n{words['commands']}\n{answer}{words['goodbye']}\n"
    assert (done.returncode, done.stderr) == (0, "")


def test_end_of_input_ends(shell, sumaq):
    done = shell("chat", sumaq, input="", env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == 0 and done.stdout.endswith("Goodbye.\n")


def test_model_that_is_not_there(ayni, tmp_path):
    answer = ayni("chat", tmp_path, "--prompt", "x")
    assert answer.code == 2 and "no GGUF file" in answer.err and "ayni run" in answer.err


def test_interrupt_stops_the_answer_and_not_the_program(singer):
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "ayni", "chat", str(singer)]
    environment = {**os.environ, "LC_ALL": "en_US.UTF-8", "TERM": "dumb"}
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True)
    os.close(slave)
    seen = b""

    def read_until(text, seconds=30):
        nonlocal seen
        end = time.monotonic() + seconds
        while text.encode() not in seen and time.monotonic() < end:
            if select.select([master], [], [], 0.2)[0]:
                seen += os.read(master, 4096)
        assert text.encode() in seen, seen[-500:]
        seen = seen.partition(text.encode())[2]

    try:
        read_until("you     › ")
        engine = children(process.pid)[0]
        os.write(master, b"Takiy\n")
        read_until("babebi")
        os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does: to the whole group of the terminal
        read_until("(stopped)")
        read_until("you     › ")
        assert is_running(engine), "the engine stays"
        time.sleep(0.5)  # Python drops a signal that comes while a prompt is still being written
        os.killpg(process.pid, signal.SIGINT)
        read_until("To leave")
        os.write(master, b"Huk\n")
        read_until("babebi")
        os.killpg(process.pid, signal.SIGINT)
        read_until("you     › ")
        os.write(master, b"/exit\n")
        read_until("Goodbye.")
        assert process.wait(10) == 0
        assert wait_until(lambda: not is_running(engine))
    finally:
        process.kill()
        process.wait()
        os.close(master)


class Parrot:
    """A conversation without an engine."""

    cut = False

    def __init__(self, *answers):
        self.answers = list(answers)

    def answer(self, text):
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        yield from found


def talk(*answers):
    out, lines = io.StringIO(), [*("x" for _ in answers), "/exit"]
    Terminal(Parrot(*answers), WORDS, out).converse(lambda prompt: lines.pop(0), "parrot")
    return out.getvalue()


def test_an_answer_cannot_steer_the_terminal():
    assert "red\n" in talk(["\x1b[31m\x9b", "red\x07\r"]).replace("[31m", "")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", talk(["\x1b]0;title\x07", "a\tb\nc"]))


def test_a_refusal_is_said_and_the_conversation_goes_on():
    out = talk(Refusal(400, "long", code="context_length_exceeded"), Refusal(503, "gone"), ["yes"])
    assert WORDS["too_long"] in out and "No answer was possible: gone" in out and "yes" in out


def fields(text):
    return set(re.findall(r"\{(\w+)\}", text))


def test_texts_are_whole_in_every_language():
    texts = json.loads(asset("serving/texts.json").read_text("utf-8"))
    assert set(texts) == set(LANGUAGES)
    for part in ("page", "terminal", "server"):
        for key, value in texts["es"][part].items():
            for language in LANGUAGES:
                other = texts[language][part][key]
                assert type(other) is type(value) and other and len(other) >= (len(value) if isinstance(value, list) else 1)
                if isinstance(value, str):
                    assert fields(other) == fields(value)
        assert len({tuple(texts[language][part]) for language in LANGUAGES}) == 1


def test_page_asks_for_texts_that_exist():
    folder = Path(asset("serving"))
    known = read_texts("page", "es")
    html, script = (folder / "index.html").read_text("utf-8"), (folder / "chat.js").read_text("utf-8")
    asked = set(re.findall(r'data-(?:text|label|placeholder)="(\w+)"', html))
    asked |= set(re.findall(r'say\("(\w+)"', script)) | set(re.findall(r'"(error_\w+)"', script))
    assert asked and asked <= set(known)
    assert "innerHTML" not in script and "insertAdjacentHTML" not in script


def test_language_of_the_reader():
    assert find_language({"LANG": "pt_BR.UTF-8"}) == "pt"
    assert find_language({"LC_ALL": "es_MX.UTF-8", "LANG": "en_US"}) == "es"
    assert find_language({"LC_ALL": "", "LANG": "qu_PE"}) == "en"
    assert find_language({}) == "en"
