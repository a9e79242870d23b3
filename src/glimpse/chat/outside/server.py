"""uvicorn, as this service uses it: our WebSocket, our signals, and connections that outlast the balancer's."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from glimpse.chat.failure import Failure
from glimpse.chat.outside.websocket import Engines, for_uvicorn

BACKLOG = 2_048
"""New connections that the kernel queues while the event loop is busy, as when many clients reconnect at once."""

HEAD_SECONDS = 10.0
"""How long a request may take until its headers are complete; uvicorn itself would wait for ever."""

MAX_HEAD_BYTES = 16_384
"""A request's line and headers; uvicorn itself would take them for as long as they come."""


class Http(HttpToolsProtocol):
    """uvicorn's own, with a limit on the size of a request's head, and on the time until it is complete."""

    _unfinished = 0
    """Bytes received since the last complete head or piece of a body: those of an incomplete head."""

    _deadline: asyncio.TimerHandle | None = None
    """Closes a connection whose head is not complete in time, or on which no request comes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unfinished += len(data)
        super().data_received(data)
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self._deadline is None and self.transport.get_protocol() is self:
            # Line breaks before a request are no request, but uvicorn cancels its own timeout for them.
            self._wait(HEAD_SECONDS)
        if self._unfinished > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("Request head too long.")

    def on_message_begin(self) -> None:
        self._unfinished = 0
        self._wait(HEAD_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        self._wait(None)
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            raise ValueError("request head too long")  # which the parser turns into a 400
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        super().on_body(body)

    def _wait(self, seconds: float | None) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self.transport.close)


class Server(uvicorn.Server):
    """Leaves signals to the application: a SIGTERM begins a drain and does not stop the server."""

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


def server(app: Any, engines: Engines, keep_alive_seconds: int, grace_seconds: float = 5.0) -> Server:
    """
    A server that is not serving yet: `await server.serve([open_listener(host, port)])`. When it stops, it waits up to
    `grace_seconds` for requests that are still being received or answered.
    """
    config = uvicorn.Config(
        app,
        http=Http,
        ws=for_uvicorn(engines),  # type: ignore[arg-type]
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
