"""
One Socket.IO connection of a drill's client, by python-socketio.

By itself python-socketio does not reconnect after the server closed the Engine.IO session, and python-engineio notices
a failed poll up to a minute late where it was about to send. socket.io-client does both at once, and so does this.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import aiohttp
import socketio
from engineio.payload import Payload  # type: ignore[import-untyped]

CONNECT_SECONDS = 20.0
"""The `timeout` of socket.io-client. That of python-socketio is 1 s, which a task that is short of CPU may need."""

ANSWER_SECONDS = 10.0
"""As our page waits for an acknowledgement."""

EVENTS = ("connect", "message", "deleted", "conversation", "read", "draining")

# One poll may bring every event of a moment. python-engineio refuses more than 16, and other clients have no limit.
Payload.max_decode_packets = 10_000

logging.getLogger("engineio.client").setLevel(logging.CRITICAL)
logging.getLogger("socketio.client").setLevel(logging.CRITICAL)


def session(address: str | None, on_failure: Callable[[str], None] = lambda sid: None) -> aiohttp.ClientSession:
    """
    HTTP as one client: `address` is the one of this machine that it connects from; None: any. `on_failure` is called
    with the id of the Engine.IO session of which a request failed.
    """
    tracing = aiohttp.TraceConfig()

    async def on_end(_: aiohttp.ClientSession, context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        if ended.response.status >= 300:
            on_failure(ended.url.query.get("sid", ""))

    async def on_exception(
        _: aiohttp.ClientSession, context: object, failed: aiohttp.TraceRequestExceptionParams
    ) -> None:
        on_failure(failed.url.query.get("sid", ""))

    tracing.on_request_end.append(on_end)
    tracing.on_request_exception.append(on_exception)
    return aiohttp.ClientSession(
        trace_configs=[tracing],
        connector=aiohttp.TCPConnector(local_addr=(address, 0) if address else None),
        # The balancer's cookie makes polling stay on one task; it is kept for IP addresses, too.
        cookie_jar=aiohttp.CookieJar(unsafe=True),
    )


class Connection:
    """
    One Socket.IO connection. `closed` is set once it has ended, with the `reason`. `on_event` gets each event until
    then; the first is "connect", once the namespace is joined.
    """

    def __init__(self, http: aiohttp.ClientSession, on_event: Callable[[Connection, str, Any], None]) -> None:
        self.closed = asyncio.Event()
        self.reason = ""
        self._on_event = on_event
        self._sio = socketio.AsyncClient(
            reconnection=False, handle_sigint=False, http_session=http, request_timeout=CONNECT_SECONDS
        )
        self._sio.on("disconnect", self._on_disconnect)
        for name in EVENTS:
            self._sio.on(name, partial(self._pass_on, name))

    async def open(self, url: str, token: str, transport: str) -> None:
        """Raises ConnectionError with what the other end said, at once where `close` is called meanwhile."""
        connecting = asyncio.create_task(
            self._sio.connect(url, auth={"token": token}, transports=[transport], wait_timeout=int(CONNECT_SECONDS))
        )
        closed = asyncio.create_task(self.closed.wait())
        try:
            await asyncio.wait((connecting, closed), timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done():
                raise ConnectionError(self.reason or "timeout")
            connecting.result()
        except Exception as error:
            # Not only socketio's ConnectionError: where the other end closes during the handshake, python-engineio
            # raises what its decoder or aiohttp does.
            await self.close()
            raise ConnectionError(str(error) or type(error).__name__) from error
        finally:
            connecting.cancel()
            closed.cancel()
        # python-engineio does not notice where its own reading raised an error.
        self._sio.eio.read_loop_task.add_done_callback(self._on_read_to_the_end)

    @property
    def sid(self) -> str:
        """The id of the Engine.IO session; empty while there is none."""
        return self._sio.eio.sid or ""

    async def request(self, name: str, data: Mapping[str, Any], seconds: float = ANSWER_SECONDS) -> Any:
        """The acknowledgement; None where none came in time, or the connection ended."""
        if self.closed.is_set():
            return None
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def on_answer(*values: Any) -> None:
            if not answered.done():
                answered.set_result(values[0] if values else {})

        closed = asyncio.create_task(self.closed.wait())
        try:
            await self._sio.emit(name, data, callback=on_answer)
            await asyncio.wait((answered, closed), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        except socketio.exceptions.SocketIOError:
            return None
        finally:
            closed.cancel()
        return answered.result() if answered.done() else None

    async def close(self, reason: str = "") -> None:
        """Returns within a second, whatever the other end does."""
        self.reason = self.reason or reason
        self.closed.set()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1.0):
                await self._sio.disconnect()

    def _pass_on(self, name: str, data: Any = None) -> None:
        if not self.closed.is_set():
            self._on_event(self, name, data)

    def _on_read_to_the_end(self, reading: asyncio.Task[None]) -> None:
        if not reading.cancelled():
            # Otherwise asyncio reports an error that nobody asked for.
            reading.exception()
        self._on_disconnect("transport error")

    def _on_disconnect(self, reason: str = "") -> None:
        self.reason = self.reason or str(reason)
        self.closed.set()
