"""Answers in OpenAI's shapes: whole, or as the events of a stream; for chats and for plain completions.

shape = Shape("ayni", is_chat=True)
shape.event(0, Piece("Hola"))      -> b'data: {"id": "chatcmpl-...", "object": "chat.completion.chunk", ...}\\n\\n'
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from ayni.serving.endpoint import Piece

DONE = b"data: [DONE]\n\n"


@dataclass
class Tally:
    """Tokens: a prompt is counted once, however many answers it gets; answers are counted all."""

    answers_per_prompt: int
    prompts: dict[int, int] = field(default_factory=dict)
    completion: int = 0

    def add(self, index: int, piece: Piece) -> None:
        """Take a piece into account; only the last of an answer carries counts."""
        if piece.prompt_tokens:
            self.prompts[index // self.answers_per_prompt] = piece.prompt_tokens
        self.completion += piece.completion_tokens

    def body(self) -> dict[str, int]:
        """OpenAI's `usage`."""
        prompt = sum(self.prompts.values())
        return {"prompt_tokens": prompt, "completion_tokens": self.completion, "total_tokens": prompt + self.completion}


class Shape:
    """The frame of one answer: its id, time, model and kind."""

    def __init__(self, model: str, *, is_chat: bool) -> None:
        self.is_chat = is_chat
        self._head = {"id": ("chatcmpl-" if is_chat else "cmpl-") + secrets.token_hex(12), "created": int(time.time()), "model": model}
        self._kind = "chat.completion" if is_chat else "text_completion"

    def whole(self, texts: list[str], finishes: list[str], tally: Tally) -> dict[str, Any]:
        """All choices at once."""
        choices = []
        for index, (text, finish) in enumerate(zip(texts, finishes, strict=True)):
            content = {"message": {"role": "assistant", "content": text, "refusal": None}} if self.is_chat else {"text": text}
            choices.append({"index": index, **content, "logprobs": None, "finish_reason": finish})
        return {**self._head, "object": self._kind, "choices": choices, "usage": tally.body()}

    def opening(self, index: int) -> bytes:
        """The first event of a chat's choice: who speaks."""
        return self._event([{"index": index, "delta": {"role": "assistant", "content": ""}, "logprobs": None, "finish_reason": None}])

    def event(self, index: int, piece: Piece) -> bytes:
        """One piece of one choice."""
        if self.is_chat:
            content: dict[str, Any] = {"delta": {"content": piece.text} if piece.text else {}}
        else:
            content = {"text": piece.text}
        return self._event([{"index": index, **content, "logprobs": None, "finish_reason": piece.finish}])

    def usage(self, tally: Tally) -> bytes:
        """The event after the last choice, where it was asked for."""
        return self._event([], usage=tally.body())

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> bytes:
        kind = "chat.completion.chunk" if self.is_chat else self._kind
        return to_event({**self._head, "object": kind, "choices": choices, **more})


def to_event(body: dict[str, Any]) -> bytes:
    """A server-sent event."""
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"
