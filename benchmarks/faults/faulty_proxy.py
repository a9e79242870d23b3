"""A TCP proxy between a client and a server that delays, drops, holds and cuts connections on demand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 65_536


class FaultyProxy:
    """
    Forwards every connection to `port` to the port `target` of this machine. By default it changes nothing.

    `delay`: seconds by which data arrives later, in both directions. `is_refused`: new connections are closed at once.
    `loses_reply`: the next reply to data that a client sent is dropped, and its connection is cut.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        self.is_refused = False
        self.loses_reply = False
        self._is_forwarding = _set_event()
        self._connections: set[asyncio.Task[None]] = set()

    def hold(self) -> None:
        """Hold all data back, in both directions; neither end learns that the other one has closed."""
        self._is_forwarding.clear()

    def release(self) -> None:
        self._is_forwarding.set()

    def blackhole(self) -> None:
        """Hold the existing connections forever; new ones work."""
        self._is_forwarding.clear()
        self._is_forwarding = _set_event()

    def cut(self) -> None:
        for connection in self._connections:
            connection.cancel()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FaultyProxy]:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection
        self._connections.add(connection)
        writers, is_forwarding = [writer], self._is_forwarding
        try:
            if self.is_refused:
                return
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target)
            writers.append(server_writer)
            drops_reply = asyncio.Event()
            copies = [
                asyncio.create_task(self._copy(reader, server_writer, is_forwarding, drops_reply, to_server=True)),
                asyncio.create_task(self._copy(server_reader, writer, is_forwarding, drops_reply, to_server=False)),
            ]
            try:
                await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
                await is_forwarding.wait()
            finally:
                for copy in copies:
                    copy.cancel()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(connection)
            for each in writers:
                with contextlib.suppress(OSError):
                    each.transport.abort()

    async def _copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        is_forwarding: asyncio.Event,
        drops_reply: asyncio.Event,
        to_server: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await is_forwarding.wait()
                if to_server and self.loses_reply:
                    drops_reply.set()
                elif self.loses_reply and drops_reply.is_set():
                    self.loses_reply = False
                    return
                writer.write(data)
                await writer.drain()


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event
