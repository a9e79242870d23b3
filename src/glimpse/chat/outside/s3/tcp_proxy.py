"""A TCP proxy: a port that other machines reach, and which forwards every connection to a port on loopback."""

from __future__ import annotations

import asyncio

from glimpse.chat.outside.server import open_listener

CHUNK = 65_536

MAX_AT_ONCE = 100
"""Connections. Each takes two file descriptors of this process; a browser opens six."""

STALL_SECONDS = 60.0
"""How long an end may read nothing of what it is sent. SeaweedFS itself closes connections that send nothing."""


class TcpProxy:
    """Opened by `open` and closed by `close`. It forwards data in both directions, and the end of a stream as well."""

    _server: asyncio.Server

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self.ends: set[asyncio.StreamWriter] = set()
        """The open ends: two for each connection, one until the target is connected."""

    @classmethod
    async def open(cls, interfaces: str, target: int) -> TcpProxy:
        """Listen on a free port; `interfaces` is like the setting `host` of the service. Raises PortTaken."""
        listener = open_listener(interfaces, 0)
        proxy = cls(listener.getsockname()[1], target)
        proxy._server = await asyncio.start_server(proxy._forward, sock=listener)
        return proxy

    def close(self) -> None:
        self._server.close()
        for end in self.ends:
            end.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self.ends.add(writer)
        try:
            if len(self.ends) > 2 * MAX_AT_ONCE:
                return
            target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(target_writer)
            self.ends.add(target_writer)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pump(reader, target_writer))
                tasks.create_task(_pump(target_reader, writer))
        except* OSError:
            pass  # One end broke off; the other is closed below.
        finally:
            for end in ends:
                await _close(end)
            self.ends.difference_update(ends)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until the reader ends, and then end the writer. Raises TimeoutError where the writer stalls."""
    while (data := await reader.read(CHUNK)) and not writer.is_closing():
        writer.write(data)
        async with asyncio.timeout(STALL_SECONDS):
            await writer.drain()
    if not writer.is_closing():
        writer.write_eof()


async def _close(end: asyncio.StreamWriter) -> None:
    """Close after sending what was written, unless the other side stalls."""
    end.close()
    try:
        async with asyncio.timeout(STALL_SECONDS):
            await end.wait_closed()
    except OSError:
        end.transport.abort()
