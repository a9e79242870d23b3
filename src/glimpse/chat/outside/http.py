"""Everything that is served at one port: REST, health, metrics, the page, and the polling of Socket.IO."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from glimpse.chat.outside.engineio import Engine, Polling
from glimpse.chat.outside.metrics import CONTENT_TYPE, Metrics
from glimpse.chat.outside.rest import Rest, response
from glimpse.chat.values import Refusal

SOCKET_PATH = "/socket.io/"

Problems = dict[str, dict[str, str | int | float]]
"""What is wrong, by its name, each with its values; none is well."""


@dataclass(frozen=True)
class Operations:
    """
    What those who run it ask: the balancer whether to send anybody here, people what is wrong.

    `problems` is asked what is wrong.
    """

    is_draining: Callable[[], bool]
    problems: Callable[[], Awaitable[Problems]]
    metrics: Metrics

    def routes(self) -> list[Route]:
        return [Route("/health", self.health), Route("/ready", self.ready), Route("/metrics", self.measured)]

    async def health(self, request: Request) -> Response:
        """Never asks the database: a balancer that kills tasks for it would only make things worse."""
        draining = self.is_draining()
        return JSONResponse({"status": "draining" if draining else "ok"}, 503 if draining else 200)

    async def ready(self, request: Request) -> Response:
        if _is_forwarded(request):
            return response(Refusal("forbidden"))
        problems = await self.problems()
        return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

    async def measured(self, request: Request) -> Response:
        if _is_forwarded(request):
            return response(Refusal("forbidden"))
        return Response(self.metrics.text(), media_type=CONTENT_TYPE)


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
    polling = Polling(engine)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (polling if scope["path"] == SOCKET_PATH else routed)(scope, receive, send)

    return app


def _is_forwarded(request: Request) -> bool:
    return "x-forwarded-for" in request.headers


async def _not_found(request: Request, error: Exception) -> Response:
    return response(Refusal("not_found", detail=f"{request.method} {request.url.path[:200]}"))
