"""Where an engine listens, what is said to it and what it says back, on the OpenAI wire.

    body = endpoint.completion("<|im_start|>user\\nHola<|im_end|>\\n<|im_start|>assistant\\n", Settings(), is_chat=True)
    piece = read_event('data: {"choices": [{"text": "Hola", "finish_reason": null}]}')     -> Piece("Hola")

Why a chat goes to /v1/completions, rendered first: an answer must end where its turn ends. Engines do not print control
tokens, so a model that is not stopped at `<|im_end|>` writes "assistant" and goes on talking to itself; LATAM-GPT's
release did. Only on this route does llama.cpp show control tokens (`preserved_tokens`) to its search for stop strings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from ayni.core.errors import ServingError

ALIAS = "model"  # what the engine itself calls its only model

# <|im_end|>, <|eot_id|>, <｜end▁of▁sentence｜>, <end_of_turn>: how the chat forms in use write the borders of a turn
_MARKER = re.compile(r"<[|｜][^|｜<>\s]{1,40}[|｜]>|<(?:start|end)_of_turn>")
# Small models fall into repeating themselves: 8 answers of 32 by SmolLM2-135M did (16 questions in es, pt and en, 300 tokens).
# llama.cpp's DRY sampler makes a token less likely that would prolong a repetition of 8 tokens or more, so that names and
# short phrases may come again; with it, 2 of 32. The breaker is a sign that no text has: a line break must not hide a loop.
# A temperature of 0.3 instead of llama.cpp's 0.8: a model of this size loses the thread sooner the more it may choose.
_UNSTATED = {
    "temperature": 0.3,
    "top_p": 0.9,
    "dry_multiplier": 0.8,
    "dry_allowed_length": 8,
    "dry_penalty_last_n": 128,
    "dry_sequence_breakers": ["\u241e"],
}
_PROBE = [{"role": "user", "content": "ayni-1"}, {"role": "assistant", "content": "ayni-2"}, {"role": "user", "content": "ayni-3"}]


@dataclass(frozen=True)
class Settings:
    """How an answer is drawn; None leaves the choice to the engine."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    frequency_penalty: float | None = None
    presence_penalty: float | None = None

    def is_left_to_us(self) -> bool:
        """Whether nothing is said about how to draw; who does say something gets that and no more."""
        stated = (self.temperature, self.top_p, self.seed, self.frequency_penalty, self.presence_penalty)
        return all(value is None for value in stated)


@dataclass(frozen=True)
class Piece:
    """A piece of an answer. `finish` is "stop" or "length" on the last one; tokens are counted there."""

    text: str = ""
    finish: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Endpoint:
    """A running engine: its address and key, tokens of context for one conversation, and what ends a turn."""

    url: str
    key: str = field(repr=False)
    context: int = 0
    markers: tuple[str, ...] = ()

    def headers(self) -> dict[str, str]:
        """What every request to the engine carries.

        Each has a connection of its own: llama.cpp closes one after a stream without saying so, and a request that took it
        again just then was lost (once in thirty conversations when measured).
        """
        return {"Authorization": f"Bearer {self.key}", "Connection": "close"}

    def completion(self, prompt: str, settings: Settings, *, is_chat: bool) -> dict[str, Any]:
        """The body for /v1/completions, streamed; in a chat every marker of a turn ends the answer, and loops are hindered."""
        stop = [*settings.stop, *(self.markers if is_chat else ())]
        asked: dict[str, Any] = {
            "max_tokens": settings.max_tokens,
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "frequency_penalty": settings.frequency_penalty,
            "presence_penalty": settings.presence_penalty,
            "seed": None if settings.seed is None else settings.seed % (2**32 - 1),  # 2**32 - 1 itself means "any seed"
            "stop": stop or None,
            "preserved_tokens": list(self.markers) if is_chat and self.markers else None,
        }
        body: dict[str, Any] = {key: value for key, value in asked.items() if value is not None}
        if is_chat and settings.is_left_to_us():
            body |= _UNSTATED
        # Reusing the evaluated prompt is quicker, but rounds otherwise than evaluating it anew: not where a seed asks for the same
        return {"model": ALIAS, "prompt": prompt, "stream": True, "cache_prompt": settings.seed is None, **body}

    def quote(self, text: str) -> str:
        """A message's text in which no marker of a turn can be taken for a real one (a zero-width space breaks it)."""
        for marker in self.markers:
            text = text.replace(marker, f"{marker[0]}\u200b{marker[1:]}")
        return text


def read_event(line: str) -> Piece | None:
    """One line of an engine's event stream; None for empty lines, comments and the end mark. Raises ServingError."""
    if not line.startswith("data:") or (data := line[5:].strip()) == "[DONE]":
        return None
    body = json.loads(data)
    if "error" in body:
        raise ServingError("the engine broke off", why=str(body["error"].get("message", "it gave no reason")))
    usage = body.get("usage") or {}
    choice = (body.get("choices") or [{}])[0]
    return Piece(
        text=choice.get("text") or "",
        finish=choice.get("finish_reason"),
        prompt_tokens=int(usage.get("prompt_tokens", 0)),
        completion_tokens=int(usage.get("completion_tokens", 0)),
    )


def probe_messages() -> list[dict[str, str]]:
    """A conversation whose rendering shows what a chat template writes after an answer."""
    return [dict(message) for message in _PROBE]


def find_markers(template: str, rendered: str, end_token: str) -> tuple[str, ...]:
    """What ends a turn: every marker of the template, the model's end token, and what stands after a rendered answer.

    `rendered` is `probe_messages()` under the template. A template that ends turns with plain words gives those.
    """
    found = [*_MARKER.findall(template), *_MARKER.findall(rendered), end_token]
    between = rendered.partition("ayni-2")[2].partition("ayni-3")[0]
    if not _MARKER.search(between) and between.strip() and end_token not in between:
        found.append(between.rstrip())
    return tuple(dict.fromkeys(marker for marker in found if marker))
