"""A conversation with an engine, turn by turn, without a server between.

    with Conversation(endpoint, system="Respondes breve.") as talk:
        for text in talk.answer("¿Qué es el mate?"): print(text, end="")

An answer that is broken off (the iteration stopped, Ctrl-C) stays in the conversation as far as it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

import httpx

from ayni.core.errors import ServingError
from ayni.serving.endpoint import Endpoint, Settings, read_event
from ayni.serving.generation import read_reason, translate_refusal
from ayni.serving.refusal import Refusal


class Conversation:
    """Messages so far; `cut` says whether the last answer ran into its limit."""

    def __init__(self, endpoint: Endpoint, system: str = "", settings: Settings | None = None) -> None:
        self.endpoint = endpoint
        self.system = system
        self.settings = settings or Settings()
        self.messages: list[dict[str, str]] = []
        self.cut = False
        self._client = httpx.Client(
            base_url=endpoint.url, headers=endpoint.headers(), trust_env=False, timeout=httpx.Timeout(None, connect=5.0)
        )
        self.clear()

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def clear(self) -> None:
        """Begin anew; what the system was told stays."""
        self.messages = [{"role": "system", "content": self.system}] if self.system else []

    def answer(self, text: str) -> Iterator[str]:
        """Say something; the answer's pieces as they come. Raises Refusal (too long) or ServingError (the engine died)."""
        self.messages.append({"role": "user", "content": text})
        self.cut = False
        said = ""
        try:
            for piece in self._stream():
                said += piece
                yield piece
        except httpx.HTTPError as error:
            raise ServingError("the engine stopped", why=str(error) or type(error).__name__, mend="start `ayni chat` again") from error
        finally:
            if said:
                self.messages.append({"role": "assistant", "content": said})
            else:
                self.messages.pop()  # nothing was said to it, so that it may be asked again

    def _stream(self) -> Iterator[str]:
        quoted = [{**message, "content": self.endpoint.quote(message["content"])} for message in self.messages]
        rendered = self._client.post("/apply-template", json={"messages": quoted})
        if not rendered.is_success:
            raise Refusal(400, f"the model's chat template refuses these messages: {read_reason(rendered.content)}")
        body = self.endpoint.completion(rendered.json()["prompt"], self.settings, is_chat=True)
        with self._client.stream("POST", "/v1/completions", json=body) as reply:
            if not reply.is_success:
                raise translate_refusal(reply.read(), self.endpoint)
            for line in reply.iter_lines():
                piece = read_event(line)
                if piece is not None:
                    self.cut = self.cut or piece.finish == "length"
                    if piece.text:
                        yield piece.text
