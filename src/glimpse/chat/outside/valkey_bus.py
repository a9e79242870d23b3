"""The bus over Valkey, or a Redis that is there already: one channel, PUBLISH and SUBSCRIBE."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import valkey.asyncio
from valkey.exceptions import ValkeyError

from glimpse.chat.outside.reconnecting_bus import BusDisconnected, Publish, ReconnectingBus, cancel_and_wait

CHANNEL = "glimpse"
ANSWER_SECONDS = 2.0

LOST = (ValkeyError, OSError, TimeoutError, RuntimeError)
"""The last is what uvloop raises for what is written to a connection just as it closes."""


class ValkeyBus(ReconnectingBus):
    """The server takes texts of any length; what is longer than this is cheaper to read from the store."""

    most_bytes = 64_000

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Publish]:
        # What it says must arrive while nothing is said for long: no timeout for reading, but one for writing.
        speaking = valkey.asyncio.Valkey.from_url(
            self._url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS
        )
        listening = valkey.asyncio.Valkey.from_url(self._url, socket_connect_timeout=ANSWER_SECONDS)
        ear = listening.pubsub(ignore_subscribe_messages=True)
        reading: asyncio.Task[None] | None = None
        try:
            await ear.subscribe(CHANNEL)
            reading = asyncio.create_task(self._read(ear))

            async def say(texts: Sequence[str]) -> None:
                if reading is not None and reading.done():
                    raise BusDisconnected(f"the subscription ended: {reading.exception()}")
                async with speaking.pipeline(transaction=False) as pipeline:
                    for text in texts:
                        pipeline.publish(CHANNEL, text)
                    await pipeline.execute()

            yield say
        except LOST as error:
            raise BusDisconnected(f"{type(error).__name__}: {error}") from error
        finally:
            if reading:
                await cancel_and_wait(reading)
            for each in (ear, speaking, listening):
                with contextlib.suppress(*LOST):
                    await each.aclose()

    async def _read(self, ear: valkey.asyncio.client.PubSub) -> None:
        async for message in ear.listen():
            self.heard(message["data"].decode())
