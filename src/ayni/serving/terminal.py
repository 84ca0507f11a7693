"""The conversation of `ayni chat`: a line in, an answer out as it is written, Ctrl-C to stop an answer.

Terminal(conversation, read_texts("terminal", "es"), sys.stdout).converse(read_lines(...))
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

from ayni.serving.conversation import Conversation
from ayni.serving.refusal import Refusal

# Control characters would let an answer move the cursor, recolour or retitle the terminal
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Read = Callable[[str], str]


class Terminal:
    """`words` are the terminal's texts in the reader's language; `read` shows a prompt and gives a line, like input()."""

    def __init__(self, conversation: Conversation, words: dict[str, Any], out: TextIO) -> None:
        self.conversation = conversation
        self.words = words
        self.out = out

    def converse(self, read: Read, name: str) -> None:
        """Talk until /exit or the end of input."""
        self._say(self.words["welcome"].format(name=name))
        while True:
            try:
                line = read(self.words["you"]).strip()
            except EOFError:
                break
            except KeyboardInterrupt:
                self._say("\n" + self.words["how_to_leave"])
                continue
            if line in ("/exit", "/quit"):
                break
            if line == "/new":
                self.conversation.clear()
                self._say(self.words["new"])
            elif line.startswith("/"):
                self._say(self.words["commands"])
            elif line:
                self._answer(line)
        self._say(self.words["goodbye"])

    def answer_once(self, text: str) -> None:
        """One answer and nothing else; errors and Ctrl-C are the caller's."""
        for piece in self.conversation.answer(text):
            self._write(piece)
        self._say("")

    def _answer(self, text: str) -> None:
        self._write(self.words["model"])
        pieces = self.conversation.answer(text)
        try:
            for piece in pieces:
                self._write(piece)
        except KeyboardInterrupt:
            self._say(f"\n{self.words['stopped']}")
            return
        except Refusal as refusal:
            too_long = refusal.code == "context_length_exceeded"
            self._say("\n" + (self.words["too_long"] if too_long else self.words["refused"].format(why=refusal.what)))
            return
        self._say(f"\n{self.words['cut']}" if self.conversation.cut else "")

    def _write(self, text: str) -> None:
        self.out.write(_CONTROL.sub("", text))
        self.out.flush()

    def _say(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()


def read_line(prompt: str) -> str:
    """A line from a person (with editing and history where the system has them), or from a pipe without the prompt."""
    if not sys.stdin.isatty():
        return input()
    with suppress(ImportError):
        import readline  # noqa: F401  input() edits lines once it is imported
    return input(prompt)
