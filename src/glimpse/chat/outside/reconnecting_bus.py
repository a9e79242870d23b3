"""
What every bus over a network has in common: a queue that never waits, a connection that is made anew however often it
is lost, and a look at whether what is sent comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

MAX_QUEUED_TEXTS = 1_000
"""Texts that may wait while nobody carries them; what is more is lost, and the store has it."""

DEAF_SECONDS = 3.0
"""A connection that brings nothing for so long, though each task says twice a second that it lives, brings nothing."""

RETRY_SECONDS = 0.25
DEFECT_SECONDS = 2.0
ENDING_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 0.1

log = logging.getLogger("glimpse")

Publish = Callable[[Sequence[str]], Awaitable[None]]


async def cancel_and_wait(task: asyncio.Task[None]) -> None:
    """
    Cancelled, however often that takes: one cancellation is lost where a library ends a connection at that moment, and
    raises what came of that, or where what `asyncio.wait_for` waits for comes in the same turn of the loop.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_SECONDS)


class BusDisconnected(Exception):
    """The connection that carried the texts is gone, or could not be made."""


class ReconnectingBus(ABC):
    """Fulfils the port `Bus` while `running`."""

    most_bytes: int

    def __init__(self) -> None:
        self._listening: list[Callable[[str], None]] = []
        self._queued: list[str] = []
        self._wake = asyncio.Event()
        self._heard_at = 0.0

    @abstractmethod
    def line(self) -> AbstractAsyncContextManager[Publish]:
        """A connection that tells `heard` what arrives, and what says something on it. Raises LineLost, at any time."""

    def send(self, text: str) -> None:
        if len(self._queued) < MAX_QUEUED_TEXTS:
            self._queued.append(text)
            self._wake.set()

    def listen(self, heard: Callable[[str], None]) -> None:
        self._listening.append(heard)

    def heard(self, text: str) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        for heard in self._listening:
            heard(text)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carries texts within; what is queued when it ends is sent, if that is quickly done."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDING_SECONDS):
                    while self._queued:
                        await asyncio.sleep(0.01)
            await cancel_and_wait(task)

    async def _run(self) -> None:
        while True:
            try:
                async with self.line() as say:
                    await self._carry(say)
            except BusDisconnected as lost:
                log.warning("bus lost: %s", lost)
            except Exception:
                # A defect, of ours or of a library; without this loop the task would be deaf until it ends. It may
                # stay, and what is logged is paid for.
                log.exception("bus lost")
                await asyncio.sleep(DEFECT_SECONDS)
            await asyncio.sleep(RETRY_SECONDS)

    async def _carry(self, say: Publish) -> None:
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()
        while loop.time() - self._heard_at < DEAF_SECONDS:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DEAF_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            texts, self._queued = self._queued, []
            if texts:
                await say(texts)
        raise BusDisconnected("nothing is heard on it")
