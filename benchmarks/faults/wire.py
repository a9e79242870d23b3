"""A TCP connection that fails as it is told to: what lies between a client and a server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 65_536


class Wire:
    """
    Every connection to `port` goes on to `target`, a port of this machine, where nothing else is told: what it
    carries comes later by `delay` seconds; new ones are refused while `is_refused`; with `loses_reply` the next reply
    to something that went up does not arrive, and its connection is cut.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        self.is_refused = False
        self.loses_reply = False
        self._flows = _set()
        self._lines: set[asyncio.Task[None]] = set()

    def hold(self) -> None:
        """Nothing arrives in either direction, and neither end learns that the other has hung up."""
        self._flows.clear()

    def release(self) -> None:
        self._flows.set()

    def strand(self) -> None:
        """As held, those that are there, for ever; new ones flow."""
        self._flows.clear()
        self._flows = _set()

    def cut(self) -> None:
        for line in self._lines:
            line.cancel()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Wire]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line
        self._lines.add(line)
        ends, flows = [writer], self._flows
        try:
            if self.is_refused:
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            ends.append(far_writer)
            went_up = asyncio.Event()
            pumps = [
                asyncio.create_task(self._pump(reader, far_writer, flows, went_up, is_up=True)),
                asyncio.create_task(self._pump(far_reader, writer, flows, went_up, is_up=False)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                await flows.wait()
            finally:
                for pump in pumps:
                    pump.cancel()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(line)
            for end in ends:
                with contextlib.suppress(OSError):
                    end.transport.abort()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        flows: asyncio.Event,
        went_up: asyncio.Event,
        is_up: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await flows.wait()
                if is_up and self.loses_reply:
                    went_up.set()
                elif self.loses_reply and went_up.is_set():
                    self.loses_reply = False
                    return
                writer.write(data)
                await writer.drain()


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event
