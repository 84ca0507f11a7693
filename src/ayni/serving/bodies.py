"""What a client may send, checked; anything that this server would silently ignore is refused by name.

body = parse_body(ChatBody, b'{"model": "ayni", "messages": [{"role": "user", "content": "Hola"}]}')
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from ayni.serving.endpoint import Settings
from ayni.serving.refusal import Refusal

_LEGACY_TOKENS = 16  # /v1/completions without max_tokens: OpenAI's own default


def _check_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it holds half a surrogate pair, which is no character") from error
    return text


Text = Annotated[str, AfterValidator(_check_text)]
Stop = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_check_text)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Options(_Strict):
    """`include_usage` sends the token counts in a last event."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class Form(_Strict):
    """`type` of an answer; plain text only."""

    type: Literal["text"]


class Body(_Strict):
    """What both routes share. The last fields are accepted and have no effect on one machine."""

    model: str
    n: int | None = Field(default=None, ge=1, le=16)
    stop: Stop | list[Stop] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2, allow_inf_nan=False)
    top_p: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2, allow_inf_nan=False)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2, allow_inf_nan=False)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stream: bool | None = None
    stream_options: Options | None = None
    user: str | None = None
    safety_identifier: str | None = None
    metadata: dict[str, str] | None = None
    store: bool | None = None
    service_tier: str | None = None

    @field_validator("stop")
    @classmethod
    def _few(cls, stop: str | list[str] | None) -> str | list[str] | None:
        if isinstance(stop, list) and len(stop) > 4:
            raise ValueError("at most 4 stop strings")
        return stop

    def limit(self) -> int | None:
        """How many tokens an answer may have."""
        return self.max_tokens

    def wants_usage(self) -> bool:
        """Whether a stream ends with the token counts."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def settings(self, choice: int) -> Settings:
        """How one of the n answers is drawn; each has a seed of its own."""
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        seed = None if self.seed is None else self.seed + choice
        return Settings(self.limit(), self.temperature, self.top_p, seed, stop, self.frequency_penalty, self.presence_penalty)


class TextPart(_Strict):
    """A piece of a message's content."""

    type: Literal["text"]
    text: Text


class Message(BaseModel):
    """One turn. Fields that a client hands back empty, as it got them (refusal, tool_calls: null), are let through."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)
    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[TextPart]

    def plain(self) -> dict[str, str]:
        """The turn as a chat template takes it; `developer` is a newer word for `system`."""
        content = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return {"role": "system" if self.role == "developer" else self.role, "content": content}


class ChatBody(Body):
    """/v1/chat/completions."""

    messages: list[Message] = Field(min_length=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    response_format: Form | None = None

    @field_validator("messages")
    @classmethod
    def _no_tools(cls, messages: list[Message]) -> list[Message]:
        for message in messages:
            for name, value in (message.model_extra or {}).items():
                if value and name != "name":
                    raise ValueError(f"'{name}' in a message is not supported by this server")
        return messages

    def limit(self) -> int | None:
        """The newer field counts before the older."""
        return self.max_completion_tokens or self.max_tokens


class CompletionBody(Body):
    """/v1/completions."""

    prompt: Text | list[Text]
    echo: Literal[False] | None = None
    best_of: Literal[1] | None = None

    @field_validator("prompt")
    @classmethod
    def _some(cls, prompt: str | list[str]) -> str | list[str]:
        prompts = [prompt] if isinstance(prompt, str) else prompt
        if not prompts or not all(prompts) or len(prompts) > 16:
            raise ValueError("one to 16 prompts, none of them empty")
        return prompt

    def prompts(self) -> list[str]:
        """Every prompt."""
        return [self.prompt] if isinstance(self.prompt, str) else self.prompt

    def limit(self) -> int:
        """Short where nothing is asked, as on OpenAI's side."""
        return self.max_tokens or _LEGACY_TOKENS


Kind = TypeVar("Kind", bound=Body)


def parse_body(kind: type[Kind], data: bytes) -> Kind:
    """JSON to a checked body. Raises Refusal 400 that names the first field at fault."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the body is not JSON: {error}", code="invalid_json") from error
    if not isinstance(found, dict):
        raise Refusal(400, "the body is not a JSON object", code="invalid_json")
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        raise _name_fault(error.errors(include_url=False)[0], found) from error


def _name_fault(fault: Any, found: dict[str, Any]) -> Refusal:
    places = [str(place) for place in fault["loc"]]
    param = places[0] if places else None
    if fault["type"] == "extra_forbidden":
        return Refusal(400, f"'{'.'.join(places)}' is not supported by this server", param=param, code="unsupported_parameter")
    if fault["type"] == "missing" and len(places) == 1:
        return Refusal(400, f"you must give '{param}'", param=param, code="missing_required_parameter")
    reason = str(fault["msg"]).removeprefix("Value error, ")
    where = ".".join(place for place in places if place in found or place.isdigit() or place in ("role", "content", "type", "text"))
    return Refusal(400, f"'{where or param}': {reason}", param=param, code="invalid_value")
