"""uvicorn, as this service uses it: our WebSocket, our signals, and connections that outlast the balancer's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn

from glimpse.chat.outside.websocket import Engines, for_uvicorn

KEEP_ALIVE_SECONDS = 65
"""Longer than the balancer's idle timeout of 60 s, so that it is never the service that hangs up first."""

MOST_HEADER_BYTES = 16_384


class Server(uvicorn.Server):
    """Leaves signals to the application: what a SIGTERM means here is a drain, not a stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: Any, engines: Engines, host: str, port: int, keep_alive_seconds: int = KEEP_ALIVE_SECONDS) -> Server:
    """A server that is not serving yet: `await server.serve()`."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="httptools",
        ws=for_uvicorn(engines),  # type: ignore[arg-type]
        loop="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=keep_alive_seconds,
        backlog=2048,
    )
    return Server(config)
