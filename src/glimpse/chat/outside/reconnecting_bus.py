"""
What every bus over a network has in common: a queue, so that sending never waits, a connection that is made again when
it is lost, and a check that this task receives its own texts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

MAX_QUEUED_TEXTS = 1_000
"""How many texts are queued while there is no connection. Further ones are dropped; the store has their content."""

RECEIVE_TIMEOUT_SECONDS = 3.0
"""
A connection on which nothing arrives for so long is broken: each task sends a batch twice a second, and receives it
itself.
"""

RECONNECT_SECONDS = 0.25
RECONNECT_AFTER_DEFECT_SECONDS = 2.0
FLUSH_SECONDS = 1.0
"""How long sending the rest of the queue may take at the end."""

CANCEL_AGAIN_SECONDS = 0.1

log = logging.getLogger("glimpse")

Publish = Callable[[Sequence[str]], Awaitable[None]]
"""Sends texts on a connection. Raises BusDisconnected."""


async def cancel_and_wait(task: asyncio.Task[None]) -> None:
    """
    Cancel until the task is done. One cancellation may get lost: a library that is closing a connection may raise
    another error instead, and `asyncio.wait_for` ignores it if its result arrives in the same turn of the event loop.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_SECONDS)


class BusDisconnected(Exception):
    """The connection is lost, or could not be made."""


class ReconnectingBus(ABC):
    """Implements the port `Bus` while it is `running`."""

    max_bytes: int

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []
        self._queued: list[str] = []
        self._is_queued = asyncio.Event()
        self._received_at = 0.0

    @abstractmethod
    def connect(self) -> AbstractAsyncContextManager[Publish]:
        """A connection on which `dispatch` is called with each text. Raises BusDisconnected, at any time."""

    def send(self, text: str) -> None:
        if len(self._queued) < MAX_QUEUED_TEXTS:
            self._queued.append(text)
            self._is_queued.set()

    def listen(self, on_text: Callable[[str], None]) -> None:
        self._listeners.append(on_text)

    def dispatch(self, text: str) -> None:
        self._received_at = asyncio.get_running_loop().time()
        for on_text in self._listeners:
            on_text(text)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connects, and at the end sends what is queued if that takes no longer than FLUSH_SECONDS."""
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
                # A defect of ours or of a library. Without reconnecting, the task would receive nothing until it ends.
                # The pause is there because the defect may recur at once, and logs cost money.
                log.exception("bus lost")
                await asyncio.sleep(RECONNECT_AFTER_DEFECT_SECONDS)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _publish_queued(self, publish: Publish) -> None:
        """Publish what is queued until nothing is received any more; then raise BusDisconnected."""
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
