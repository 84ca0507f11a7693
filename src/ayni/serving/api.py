"""The OpenAI wire: models, completions and chats over one engine, the chat page, and /health.

app = create_app(keeper, "ayni", port=8484)

GET  /                      the chat page          GET  /health
GET  /v1/models             GET /v1/models/NAME
POST /v1/completions        POST /v1/chat/completions
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ayni.core.errors import ServingError
from ayni.serving.answers import DONE, Shape, Tally, to_event
from ayni.serving.bodies import Body, ChatBody, CompletionBody, parse_body
from ayni.serving.doorway import Doorway, read_body
from ayni.serving.endpoint import Piece
from ayni.serving.generation import merge, render_chat, stream_pieces
from ayni.serving.keeper import Keeper
from ayni.serving.page import Page
from ayni.serving.presence import EventStream, while_present
from ayni.serving.refusal import Refusal, answer_fault, answer_http, answer_refusal

Pieces = AsyncGenerator[tuple[int, Piece], None]


class Api:
    """The routes. `name` is what clients call the model."""

    def __init__(self, keeper: Keeper, name: str) -> None:
        self.keeper = keeper
        self.name = name
        self.started = int(time.time())
        self.client = httpx.AsyncClient(
            trust_env=False, timeout=httpx.Timeout(None, connect=5.0), limits=httpx.Limits(max_connections=None)
        )

    async def health(self, request: Request) -> Response:
        """Whether an answer can be expected."""
        well = self.keeper.is_well()
        return JSONResponse({"status": "ok" if well else "engine not running"}, 200 if well else 503)

    async def models(self, request: Request) -> Response:
        """The one model."""
        return JSONResponse({"object": "list", "data": [self._card()]})

    async def model(self, request: Request) -> Response:
        """One model by name."""
        self._check_name(request.path_params["name"])
        return JSONResponse(self._card())

    async def chat(self, request: Request) -> Response:
        """A conversation's next answer."""
        body = parse_body(ChatBody, await read_body(request))
        self._check_name(body.model)
        return await self._answer(request, body, is_chat=True)

    async def completion(self, request: Request) -> Response:
        """A text's continuation."""
        body = parse_body(CompletionBody, await read_body(request))
        self._check_name(body.model)
        return await self._answer(request, body, is_chat=False)

    def _card(self) -> dict[str, object]:
        return {"id": self.name, "object": "model", "created": self.started, "owned_by": "ayni"}

    def _check_name(self, name: str) -> None:
        if name != self.name:
            message = f"the model '{name}' does not exist here; this server has '{self.name}'"
            raise Refusal(404, message, param="model", code="model_not_found")

    async def _answer(self, request: Request, body: Body, *, is_chat: bool) -> Response:
        shape, tally = Shape(self.name, is_chat=is_chat), Tally(body.n or 1)
        pieces = self._generate(body)
        if not body.stream:
            whole = await while_present(request.receive, _collect(pieces, shape, tally))
            return Response(status_code=499) if whole is None else JSONResponse(whole)
        # The first piece is awaited before the answer begins, so that a refusal still has its own status
        first = await while_present(request.receive, _pull(pieces))
        if first is None:
            await pieces.aclose()
            return Response(status_code=499)
        return EventStream(_to_events(first, pieces, shape, tally, body.wants_usage()))

    async def _generate(self, body: Body) -> Pieces:
        """Pieces of all choices; what goes wrong becomes a Refusal, and a dead engine is started again."""
        endpoint = await self.keeper.ready()
        try:
            if isinstance(body, ChatBody):
                prompts = [await render_chat(self.client, endpoint, [message.plain() for message in body.messages])]
            else:
                assert isinstance(body, CompletionBody)
                prompts = body.prompts()
            asked = [
                endpoint.completion(prompt, body.settings(choice), is_chat=isinstance(body, ChatBody))
                for prompt in prompts
                for choice in range(body.n or 1)
            ]
            async with aclosing(merge([stream_pieces(self.client, endpoint, each) for each in asked])) as pieces:
                async for index, piece in pieces:
                    yield index, piece
        except (httpx.HTTPError, ServingError) as error:
            raise await self.keeper.explain(error) from error
        self.keeper.praise()


async def _pull(pieces: Pieces) -> tuple[int, Piece] | None:
    return await anext(pieces, None)


async def _collect(pieces: Pieces, shape: Shape, tally: Tally) -> dict[str, object]:
    texts: dict[int, str] = {}
    finishes: dict[int, str] = {}
    async with aclosing(pieces):
        async for index, piece in pieces:
            texts[index] = texts.get(index, "") + piece.text
            finishes[index] = piece.finish or finishes.get(index, "stop")
            tally.add(index, piece)
    order = sorted(texts)
    return shape.whole([texts[index] for index in order], [finishes[index] for index in order], tally)


async def _to_events(first: tuple[int, Piece], rest: Pieces, shape: Shape, tally: Tally, wants_usage: bool) -> AsyncGenerator[bytes, None]:
    """The events of a stream; an error on the way is its last event."""
    opened: set[int] = set()

    def write(index: int, piece: Piece) -> bytes:
        tally.add(index, piece)
        opening = shape.opening(index) if shape.is_chat and index not in opened else b""
        opened.add(index)
        return opening + (shape.event(index, piece) if piece.text or piece.finish else b"")

    async with aclosing(rest):
        try:
            yield write(*first)
            async for index, piece in rest:
                yield write(index, piece)
        except Refusal as error:
            yield to_event(error.body())
            return
    if wants_usage:
        yield shape.usage(tally)
    yield DONE


def create_app(keeper: Keeper, name: str, port: int) -> ASGIApp:
    """The whole application; `keeper` is started and stopped by the caller."""
    api, page = Api(keeper, name), Page()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with api.client:
            yield

    routes = [
        Route("/", page.index),
        Route("/assets/{name}", page.file),
        Route("/health", api.health),
        Route("/v1/models", api.models),
        Route("/v1/models/{name:path}", api.model),
        Route("/v1/completions", api.completion, methods=["POST"]),
        Route("/v1/chat/completions", api.chat, methods=["POST"]),
    ]
    handlers = {Refusal: answer_refusal, HTTPException: answer_http, Exception: answer_fault}
    return Doorway(Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan), port)
