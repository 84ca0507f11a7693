"""Who may come in: only this machine's own names, no other site's page, no oversized body.

    app = Doorway(app, port=8484)

A page of another site can make a browser send requests here (and, by changing where its own name points, read the
answers): so the Host header must name this machine and this port, and an Origin, where a browser states one, as well.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ayni.serving.refusal import Refusal

BODY_LIMIT = 1 << 20  # bytes; a context of 4096 tokens is some 20 KB of text
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


class Doorway:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = {f"{name}:{port}" for name in LOOPBACK} | (set(LOOPBACK) if port == 80 else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        refusal = self._judge(Request(scope))
        if refusal is not None:
            await _drain(receive)
            await refusal.response({"Connection": "close"})(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)

    def _judge(self, request: Request) -> Refusal | None:
        hosts = [host.lower() for host in request.headers.getlist("host")]
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return Refusal(403, "this server answers to its own address only: use 127.0.0.1 or localhost", code="forbidden_host")
        origins = request.headers.getlist("origin")
        if any(origin.lower() not in {f"http://{host}" for host in self.hosts} for origin in origins):
            return Refusal(403, "pages of other sites may not use this server", code="forbidden_origin")
        stated = request.headers.get("content-length", "0")
        if not stated.isascii() or not stated.isdigit() or int(stated[:20]) > BODY_LIMIT:
            return _too_large()
        return None


async def read_body(request: Request) -> bytes:
    """The body, as JSON only and up to the limit, whatever its header says. Raises Refusal 413 or 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":  # the one kind that a foreign page cannot send unasked
        raise Refusal(415, "send the body as Content-Type: application/json", code="unsupported_media_type")
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > BODY_LIMIT:
            await _drain(request.receive)
            raise _too_large()
    return bytes(data)


async def _drain(receive: Receive) -> None:
    """Read a refused body, up to a point: closing on unread bytes would cut off the refusal as well."""
    left = 16 * BODY_LIMIT
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return
        left -= len(message.get("body", b""))


def _too_large() -> Refusal:
    return Refusal(413, f"the body is larger than {BODY_LIMIT} bytes", code="request_too_large")
