"""uvicorn, as this service uses it: our WebSocket, our signals, and connections that outlast the balancer's."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from glimpse.chat.outside.websocket import Engines, for_uvicorn

KEEP_ALIVE_SECONDS = 65
"""Longer than the balancer's idle timeout of 60 s, so that it is never the service that hangs up first."""

WAITING_CONNECTIONS = 2_048
"""Connections that the kernel holds while the loop is busy: a reconnect storm's."""


class Server(uvicorn.Server):
    """Leaves signals to the application: what a SIGTERM means here is a drain, not a stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PortTaken(Exception):
    """Nobody can listen there."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"{host} port {port}: {why}")
        self.port = port
        self.why = why


def listening(host: str, port: int) -> socket.socket:
    """An open port. `::` takes IPv4 too, and only that where the machine has no IPv6. Raises PortTaken."""
    try:
        if host == "::" and socket.has_dualstack_ipv6():
            with contextlib.suppress(OSError):
                return socket.create_server(
                    (host, port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=WAITING_CONNECTIONS
                )
        host = "0.0.0.0" if host == "::" else host  # noqa: S104 (the balancer's side; a task has no other)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=WAITING_CONNECTIONS)
    except OSError as error:
        raise PortTaken(host, port, error.strerror or str(error)) from None


def server(app: Any, engines: Engines, keep_alive_seconds: int = KEEP_ALIVE_SECONDS) -> Server:
    """A server that is not serving yet: `await server.serve([listening(host, port)])`."""
    config = uvicorn.Config(
        app,
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
    )
    return Server(config)
