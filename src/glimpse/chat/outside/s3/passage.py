"""A port that other machines reach, and behind it one of loopback: what arrives at it goes on, as it is."""

from __future__ import annotations

import asyncio

from glimpse.chat.outside.server import listening

CHUNK = 65_536


class Passage:
    """Made by `open`, ends with `close`. An end that closes is told to the other once all that it sent has arrived."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ends: set[asyncio.StreamWriter] = set()

    @classmethod
    async def open(cls, host: str, target: int) -> Passage:
        """From a free port of these interfaces, as the service's own. Raises PortTaken."""
        passage = cls(target)
        opened = listening(host, 0)
        passage.port = opened.getsockname()[1]
        passage._server = await asyncio.start_server(passage._carry, sock=opened)
        return passage

    port: int
    _server: asyncio.Server

    def close(self) -> None:
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        self._ends.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            ends.add(far_writer)
            self._ends.add(far_writer)
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, far_writer))
                both.create_task(_pump(far_reader, writer))
        except* OSError:
            pass  # Whoever is left sees that it was closed.
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while (data := await reader.read(CHUNK)) and not writer.is_closing():
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
