"""
What every bus over a network has in common: a queue that never waits, a connection that is made anew whenever it is
lost, and a check that what is sent comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

MAX_QUEUED_TEXTS = 1_000
"""How many texts wait while there is no connection. Further ones are lost; the store has what they say."""

RECEIVE_TIMEOUT_SECONDS = 3.0
"""A connection that brings nothing for so long is broken: each task sends a batch twice a second, and gets its own."""

RECONNECT_SECONDS = 0.25
RECONNECT_AFTER_DEFECT_SECONDS = 2.0
FLUSH_SECONDS = 1.0
"""How long the queue may take to be sent at the end."""

CANCEL_AGAIN_SECONDS = 0.1

log = logging.getLogger("glimpse")

Publish = Callable[[Sequence[str]], Awaitable[None]]
"""Sends texts on a connection. Raises BusDisconnected."""


async def cancel_and_wait(task: asyncio.Task[None]) -> None:
    """
    Cancel until the task is done. One cancellation may get lost: where a library closes a connection at that moment and
    raises what came of that instead, or where what `asyncio.wait_for` waits for arrives in the same turn of the loop.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_SECONDS)


class BusDisconnected(Exception):
    """The connection is lost, or could not be made."""


class ReconnectingBus(ABC):
    """Fulfils the port `Bus` while `running`."""

    max_bytes: int

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []
        self._queued: list[str] = []
        self._is_queued = asyncio.Event()
        self._received_at = 0.0

    @abstractmethod
    def connect(self) -> AbstractAsyncContextManager[Publish]:
        """A connection on which `received` is called with each text. Raises BusDisconnected, at any time."""

    def send(self, text: str) -> None:
        if len(self._queued) < MAX_QUEUED_TEXTS:
            self._queued.append(text)
            self._is_queued.set()

    def listen(self, on_text: Callable[[str], None]) -> None:
        self._listeners.append(on_text)

    def received(self, text: str) -> None:
        self._received_at = asyncio.get_running_loop().time()
        for on_text in self._listeners:
            on_text(text)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carries texts within. At the end, what is queued is sent if that takes no longer than FLUSH_SECONDS."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    while self._queued:
                        await asyncio.sleep(0.01)
            await cancel_and_wait(task)

    async def _run(self) -> None:
        while True:
            try:
                async with self.connect() as publish:
                    await self._publish_queued(publish)
            except BusDisconnected as lost:
                log.warning("bus lost: %s", lost)
            except Exception:
                # A defect, of ours or of a library. Without this loop the task would hear nothing until it ends. The
                # defect may come again at once, and each line of a log costs money, hence the pause.
                log.exception("bus lost")
                await asyncio.sleep(RECONNECT_AFTER_DEFECT_SECONDS)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _publish_queued(self, publish: Publish) -> None:
        """Until nothing is received any more."""
        loop = asyncio.get_running_loop()
        self._received_at = loop.time()
        while loop.time() - self._received_at < RECEIVE_TIMEOUT_SECONDS:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RECEIVE_TIMEOUT_SECONDS):
                    await self._is_queued.wait()
            self._is_queued.clear()
            texts, self._queued = self._queued, []
            if texts:
                await publish(texts)
        raise BusDisconnected(f"nothing was received for {RECEIVE_TIMEOUT_SECONDS} s")
