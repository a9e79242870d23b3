"""uvicorn, as this service uses it: our WebSocket, our signals, and connections that outlast the balancer's."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import uvicorn

from glimpse.chat.failure import Failure
from glimpse.chat.outside.connections import Connections
from glimpse.chat.outside.http_connection import Http
from glimpse.chat.outside.websocket import Engines, for_uvicorn

BACKLOG = 2_048
"""New connections that the kernel queues while the event loop is busy, as when many clients reconnect at once."""


class Server(uvicorn.Server):
    """
    Serves until `stop`. Signals are left to the application: a SIGTERM begins a drain and does not stop the server.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Accept no more connections; `serve` returns when what is being received and answered is done."""
        self._stopped.set()

    async def main_loop(self) -> None:
        # uvicorn's own runs ten times a second: it checks whether to stop, and formats the Date header, not sent here.
        await self._stopped.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PortTaken(Failure):
    """This address and port cannot be listened on."""


def open_listener(host: str, port: int) -> socket.socket:
    """Listen on a port. `::` includes IPv4, and means only IPv4 where the machine has no IPv6. Raises PortTaken."""
    try:
        if host == "::" and socket.has_dualstack_ipv6():
            with contextlib.suppress(OSError):
                return socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG)
        host = "0.0.0.0" if host == "::" else host  # noqa: S104 (a task has no other network than the balancer's)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise PortTaken("port_taken", port=port, detail=error.strerror or str(error)) from None


def server(
    app: Any,
    engines: Engines,
    keep_alive_seconds: int,
    grace_seconds: float = 5.0,
    connections: Connections | None = None,
) -> Server:
    """
    A server that is not serving yet: `await server.serve([open_listener(host, port)])`. When it stops, it waits up to
    `grace_seconds` for requests that are still being received or answered.
    """
    connections = connections or Connections()
    config = uvicorn.Config(
        app,
        http=partial(Http, connections),  # type: ignore[arg-type]
        ws=for_uvicorn(engines, connections),  # type: ignore[arg-type]
        loop="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=keep_alive_seconds,
        timeout_graceful_shutdown=grace_seconds,  # type: ignore[arg-type]
    )
    return Server(config)
