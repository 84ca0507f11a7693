"""Answers from an engine: one stream for each choice, merged as the pieces come.

    async with httpx.AsyncClient(trust_env=False) as client:
        prompt = await render_chat(client, endpoint, messages)
        async for index, piece in merge([stream_pieces(client, endpoint, body)]): ...

Closing the merged stream closes the connections, and with them the engine's work.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import httpx

from ayni.serving.endpoint import Endpoint, Piece, read_event
from ayni.serving.refusal import Refusal, engine_failed


async def render_chat(client: httpx.AsyncClient, endpoint: Endpoint, messages: Sequence[dict[str, str]]) -> str:
    """The prompt that the model's own chat template makes of a conversation."""
    quoted = [{**message, "content": endpoint.quote(message["content"])} for message in messages]
    reply = await client.post(f"{endpoint.url}/apply-template", json={"messages": quoted}, headers=endpoint.headers())
    if reply.is_success:
        return str(reply.json()["prompt"])
    reason = read_reason(reply.content)
    raise Refusal(400, f"the model's chat template refuses these messages: {reason}", param="messages", code="invalid_value")


async def stream_pieces(client: httpx.AsyncClient, endpoint: Endpoint, body: dict[str, Any]) -> AsyncGenerator[Piece, None]:
    """The pieces of one answer. Raises Refusal where the engine says no, httpx.HTTPError where it went away."""
    url = f"{endpoint.url}/v1/completions"
    async with client.stream("POST", url, json=body, headers=endpoint.headers()) as reply:
        if not reply.is_success:
            raise translate_refusal(await reply.aread(), endpoint)
        async for line in reply.aiter_lines():
            piece = read_event(line)
            if piece is not None:
                yield piece


async def merge(streams: Sequence[AsyncGenerator[Piece, None]]) -> AsyncGenerator[tuple[int, Piece], None]:
    """(index of the stream, piece) in the order of arrival; the first error of any stream ends all."""
    queue: asyncio.Queue[tuple[int, Piece | None]] = asyncio.Queue()

    async def pump(index: int) -> None:
        try:
            async with aclosing(streams[index]) as stream:
                async for piece in stream:
                    queue.put_nowait((index, piece))
        finally:
            queue.put_nowait((index, None))

    tasks = [asyncio.create_task(pump(index)) for index in range(len(streams))]
    try:
        running = len(tasks)
        while running:
            index, piece = await queue.get()
            if piece is None:
                running -= 1
                await tasks[index]  # raises what went wrong in it
            else:
                yield index, piece
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def read_reason(body: bytes) -> str:
    """The message in an engine's error."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:200] or "it gave no reason"


def translate_refusal(body: bytes, endpoint: Endpoint) -> Refusal:
    """An engine's error in the words that OpenAI's clients know."""
    reason = read_reason(body)
    if b"exceed_context_size_error" in body:
        message = f"this is longer than the {endpoint.context} tokens that the model can read at once: {reason}"
        return Refusal(400, message, code="context_length_exceeded")
    if b"invalid_request_error" in body:
        return Refusal(400, reason, code="invalid_value")
    return engine_failed(reason)
