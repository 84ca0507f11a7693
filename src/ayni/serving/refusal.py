"""How the server says no: the error shape that every OpenAI client reads.

raise Refusal(404, "the model 'x' does not exist", code="model_not_found", param="model")
-> 404 {"error": {"message": ..., "type": "invalid_request_error", "param": "model", "code": "model_not_found"}}
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from ayni.core.errors import AyniError

_KINDS = {401: "authentication_error", 403: "permission_error"}


class Refusal(AyniError):
    """A request that is not answered: `status` of HTTP, `param` at fault, `code` for programs, seconds to `wait`."""

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None, wait: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code
        self.wait = wait

    def body(self) -> dict[str, Any]:
        """The JSON that a client reads."""
        kind = _KINDS.get(self.status, "server_error" if self.status >= 500 else "invalid_request_error")
        return {"error": {"message": self.what, "type": kind, "param": self.param, "code": self.code}}

    def response(self, headers: dict[str, str] | None = None) -> JSONResponse:
        """The whole answer."""
        extra = {"Retry-After": str(self.wait)} if self.wait is not None else {}
        return JSONResponse(self.body(), self.status, {**(headers or {}), **extra})


def engine_failed(why: str) -> Refusal:
    """The engine is there but gave no proper answer."""
    return Refusal(503, f"the engine failed: {why}", code="engine_failed", wait=1)


async def answer_refusal(request: Request, error: Exception) -> JSONResponse:
    """Starlette's handler for Refusal."""
    assert isinstance(error, Refusal)
    return error.response()


async def answer_http(request: Request, error: Exception) -> JSONResponse:
    """Starlette's handler for its own 404 and 405."""
    assert isinstance(error, HTTPException)
    where = f"{request.method} {request.url.path}"
    messages = {404: f"there is nothing at {where}", 405: f"{where} is not allowed"}
    codes = {404: "unknown_url", 405: "method_not_allowed"}
    refusal = Refusal(error.status_code, messages.get(error.status_code, error.detail), code=codes.get(error.status_code))
    return refusal.response(dict(error.headers or {}))


async def answer_fault(request: Request, error: Exception) -> JSONResponse:
    """Starlette's handler for what should not happen; uvicorn's log has the rest."""
    return Refusal(500, "the server made a mistake; its log says more", code="internal_error").response()
