"""The chat page: files of assets/serving, read once, sent with a policy that allows nothing from elsewhere.

Route("/", page.index), Route("/assets/{name}", page.file)
"""

from __future__ import annotations

import json
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ayni.core.places import asset
from ayni.serving.texts import LANGUAGES, read_texts

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}


class Page:
    """The files, in memory by name; nothing else can be asked for."""

    def __init__(self) -> None:
        self._files = {path.name: path.read_bytes() for path in sorted(asset("serving").iterdir()) if path.suffix in _KINDS}
        texts = {language: read_texts("page", language) for language in LANGUAGES}
        self._files["texts.json"] = json.dumps(texts, ensure_ascii=False).encode()
        without_script = " ".join(escape(words["without_script"]) for words in texts.values())
        self._files["index.html"] = self._files["index.html"].replace(b"WITHOUT_SCRIPT", without_script.encode())

    async def index(self, request: Request) -> Response:
        """GET /"""
        return self._send("index.html")

    async def file(self, request: Request) -> Response:
        """GET /assets/NAME"""
        return self._send(request.path_params["name"])

    def _send(self, name: str) -> Response:
        if name not in self._files:
            raise HTTPException(404)
        kind = _KINDS.get(name[name.rfind(".") :], "application/json")
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
        return Response(self._files[name], media_type=kind, headers=headers)
