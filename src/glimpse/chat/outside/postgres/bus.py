"""
The bus over PostgreSQL: NOTIFY, after the commit and on a connection of its own. In the transaction that writes, it
would take a lock that all writers share, and a third of the commits a second would be left.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.chat.outside.postgres.connection import connected, unknown_outcome
from glimpse.chat.ports import StoreDown

CHANNEL = "glimpse"
MOST_QUEUED = 1_000
"""Texts that may wait while nobody carries them; what is more is lost, and the store has it."""

ANSWER_SECONDS = 2.0
RETRY_SECONDS = 0.25

log = logging.getLogger("glimpse")


class PostgresBus:
    """Fulfils the port `Bus` while `running`. The server's limit for one text is below 8,000 bytes."""

    most_bytes = 7_999

    def __init__(self, url: str) -> None:
        self._url = url
        self._heard: list[Callable[[str], None]] = []
        self._queued: list[str] = []
        self._wake = asyncio.Event()

    def send(self, text: str) -> None:
        if len(self._queued) < MOST_QUEUED:
            self._queued.append(text)
            self._wake.set()

    def listen(self, heard: Callable[[str], None]) -> None:
        self._heard.append(heard)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carries texts within; what is queued when it ends is sent, if that is quickly done."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    while self._queued and not task.done():
                        await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.wait([task])

    async def _run(self) -> None:
        """However often the connection is lost, there is another."""
        while True:
            try:
                async with connected(self._url, "glimpse-bus") as connection:
                    await self._carry(connection)
            except (StoreDown, Failure) as down:
                log.warning("bus lost", extra={"detail": str(down)})
            await asyncio.sleep(RETRY_SECONDS)

    async def _carry(self, connection: Any) -> None:
        connection.add_termination_listener(lambda gone: self._wake.set())
        with unknown_outcome():
            await connection.add_listener(CHANNEL, self._notified)
            while not connection.is_closed():
                await self._wake.wait()
                self._wake.clear()
                texts, self._queued = self._queued, []
                if texts:
                    await connection.execute(
                        "select pg_notify($1, text) from unnest($2::text[]) as said (text)",
                        CHANNEL,
                        texts,
                        timeout=ANSWER_SECONDS,
                    )

    def _notified(self, connection: Any, pid: int, channel: str, text: str) -> None:
        for heard in self._heard:
            heard(text)
