"""The bus over Valkey or Redis: one channel, PUBLISH and SUBSCRIBE."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import valkey.asyncio
from valkey.exceptions import ValkeyError

from glimpse.chat.failure import Failure
from glimpse.chat.outside.reconnecting_bus import BusDisconnected, Publish, ReconnectingBus, cancel_and_wait

CHANNEL = "glimpse"
SOCKET_TIMEOUT_SECONDS = 2.0

CONNECTION_ERRORS = (ValkeyError, OSError, TimeoutError, RuntimeError)
"""uvloop raises RuntimeError where something is written to a connection just as it closes."""


class ValkeyBus(ReconnectingBus):
    """
    The server takes texts of any length, but above this one it is cheaper that tasks read the event from the store.
    """

    max_bytes = 64_000

    def __init__(self, url: str) -> None:
        """Raises Failure where the URL is malformed."""
        super().__init__()
        self._url = url
        try:
            # This reads the whole URL, and connects to nothing.
            pool: Any = valkey.asyncio.ConnectionPool.from_url(url)
            pool.make_connection()
        except (ValueError, TypeError, ValkeyError):
            # The text of the error may contain a piece of the password.
            raise Failure("setting_bus", variable="GLIMPSE_BUS_URL") from None

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Publish]:
        # The subscriber has no read timeout, because nothing may be published for a long time.
        publisher = valkey.asyncio.Valkey.from_url(
            self._url, socket_connect_timeout=SOCKET_TIMEOUT_SECONDS, socket_timeout=SOCKET_TIMEOUT_SECONDS
        )
        subscriber = valkey.asyncio.Valkey.from_url(self._url, socket_connect_timeout=SOCKET_TIMEOUT_SECONDS)
        subscription = subscriber.pubsub(ignore_subscribe_messages=True)
        reading: asyncio.Task[None] | None = None
        try:
            await subscription.subscribe(CHANNEL)
            reading = asyncio.create_task(self._read(subscription))

            async def publish(texts: Sequence[str]) -> None:
                if reading is not None and reading.done():
                    raise BusDisconnected(f"the subscription ended: {reading.exception()}")
                async with publisher.pipeline(transaction=False) as pipeline:
                    for text in texts:
                        pipeline.publish(CHANNEL, text)
                    await pipeline.execute()

            yield publish
        except CONNECTION_ERRORS as error:
            raise BusDisconnected(f"{type(error).__name__}: {error}") from error
        finally:
            if reading:
                await cancel_and_wait(reading)
            for each in (subscription, publisher, subscriber):
                with contextlib.suppress(*CONNECTION_ERRORS):
                    await each.aclose()

    async def _read(self, subscription: valkey.asyncio.client.PubSub) -> None:
        async for message in subscription.listen():
            self.dispatch(message["data"].decode())
