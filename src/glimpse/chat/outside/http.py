"""All of HTTP at the one port: REST, health, readiness, metrics, the page, and Socket.IO's long polling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from glimpse.chat.outside.connections import HEALTH_PATH
from glimpse.chat.outside.engineio import Engine, Polling
from glimpse.chat.outside.json_http import response
from glimpse.chat.outside.rest import Rest
from glimpse.chat.refusals import FORBIDDEN, INVALID, NOT_FOUND

SOCKET_PATH = "/socket.io/"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Problems = dict[str, dict[str, str | int | float]]
"""The figures of each problem, by its name; empty where there is no problem."""


@dataclass(frozen=True)
class Operations:
    """
    The endpoints for the load balancer and for operators.

    `/ready` and `/metrics` are for the inside of the network only: a request that came through the load balancer
    carries X-Forwarded-For and is refused `forbidden`.
    """

    is_draining: Callable[[], bool]
    problems: Callable[[], Awaitable[Problems]]
    metrics: Callable[[], bytes]
    """Returns the counts in Prometheus' text format."""

    def routes(self) -> list[Route]:
        return [Route(HEALTH_PATH, self.health), Route("/ready", self.ready), Route("/metrics", self.metrics_text)]

    async def health(self, request: Request) -> Response:
        """503 while the task drains. It never asks the database: replacing tasks would not bring the database back."""
        draining = self.is_draining()
        return JSONResponse({"status": "draining" if draining else "ok"}, 503 if draining else 200)

    async def ready(self, request: Request) -> Response:
        """503, with the problems, where there are any."""
        if _is_forwarded(request):
            return response(FORBIDDEN)
        problems = await self.problems()
        return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

    async def metrics_text(self, request: Request) -> Response:
        if _is_forwarded(request):
            return response(FORBIDDEN)
        return Response(self.metrics(), media_type=METRICS_TYPE)


def application(engine: Engine, rest: Rest, operations: Operations, origins: frozenset[str], page: list[Route]) -> Any:
    """The ASGI application."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=sorted(origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["authorization", "content-type"],
        max_age=3600,
    )
    routed = Starlette(
        routes=[*operations.routes(), *rest.routes(), *page],
        middleware=[cors] if origins else [],
        exception_handlers={404: _not_found, 405: _not_found},
    )
    # The redirect would lead to http: where TLS ends at the balancer, and the client would send its password there.
    routed.router.redirect_slashes = False
    polling = Polling(engine)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == SOCKET_PATH:
            await polling(scope, receive, send)
        elif (path := canonical_path(scope["raw_path"])) is None:
            await response(INVALID.because("the path is not UTF-8"))(scope, receive, send)
        else:
            await routed({**scope, "path": path}, receive, send)

    return app


def canonical_path(raw_path: bytes) -> str | None:
    """
    A path as it is routed: percent-encoded wherever it may be, so that an id may contain "/". Two paths that mean the
    same have the same one. None where it is not UTF-8.
    """
    try:
        segments = (unquote_to_bytes(segment).decode() for segment in raw_path.split(b"/"))
        return "/".join(quote(segment, safe="") for segment in segments)
    except UnicodeDecodeError:
        return None


def _is_forwarded(request: Request) -> bool:
    return "x-forwarded-for" in request.headers


async def _not_found(request: Request, error: Exception) -> Response:
    refusal = NOT_FOUND.because(f"{request.method} {request.url.path[:200]}")
    return response(refusal, request.headers.get("accept-language", ""))
