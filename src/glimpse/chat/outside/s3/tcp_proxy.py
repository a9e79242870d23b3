"""A port that other machines reach, and behind it one of loopback: what arrives at it goes on, as it is."""

from __future__ import annotations

import asyncio

from glimpse.chat.outside.server import listening

CHUNK = 65_536

MAX_AT_ONCE = 100
"""Connections, of which each takes two descriptors of this process; a browser opens six."""

TAKES_NOTHING_SECONDS = 60.0
"""So long may an end take nothing of what it is sent. One that says nothing is hung up on by SeaweedFS."""


class TcpProxy:
    """
    Made by `open`, ends with `close`. What one end says arrives at the other, and so does that it says no more.
    """

    _server: asyncio.Server

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self._ends: set[asyncio.StreamWriter] = set()

    @classmethod
    async def open(cls, interfaces: str, target: int) -> TcpProxy:
        """From a free port of these interfaces, read as the service's own are. Raises PortTaken."""
        opened = listening(interfaces, 0)
        passage = cls(opened.getsockname()[1], target)
        passage._server = await asyncio.start_server(passage._carry, sock=opened)
        return passage

    def close(self) -> None:
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._ends.add(writer)
        try:
            if len(self._ends) > 2 * MAX_AT_ONCE:
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(far_writer)
            self._ends.add(far_writer)
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, far_writer))
                both.create_task(_pump(far_reader, writer))
        except* OSError:
            pass  # Whoever is left sees that it was closed.
        finally:
            for end in ends:
                await _closed(end)
            self._ends.difference_update(ends)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one end says no more, which the other is told, or takes no more."""
    while (data := await reader.read(CHUNK)) and not writer.is_closing():
        writer.write(data)
        async with asyncio.timeout(TAKES_NOTHING_SECONDS):
            await writer.drain()
    if not writer.is_closing():
        writer.write_eof()


async def _closed(end: asyncio.StreamWriter) -> None:
    """What was written goes out before, if that is taken."""
    end.close()
    try:
        async with asyncio.timeout(TAKES_NOTHING_SECONDS):
            await end.wait_closed()
    except OSError:
        end.transport.abort()
