"""Refuses requests to a server on loopback that a page of the web made a browser send."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse


class OnlySameSite:
    """
    The ASGI application `app`, only for requests of its own page and of programs that are no browser.

    A name of the web may lead to 127.0.0.1 (DNS rebinding): its requests have a foreign Host. A page of the web may
    send a form to 127.0.0.1 (CSRF): its requests have a foreign Origin, or none and no JSON; a browser sends JSON to
    another origin only if that one allows it, and this one does not.
    """

    def __init__(self, app: Any, url: str) -> None:
        self._app = app
        self._hosts = {f"{name}:{urlsplit(url).port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not self._is_own(scope["method"], Headers(scope=scope)):
            await PlainTextResponse("This request comes from another site.", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_own(self, method: str, headers: Headers) -> bool:
        origin = headers.get("origin")
        return (
            headers.get("host") in self._hosts
            and (origin is None or origin in {f"http://{host}" for host in self._hosts})
            and (method in ("GET", "HEAD") or headers.get("content-type", "").split(";")[0] == "application/json")
        )
