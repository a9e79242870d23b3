"""A Socket.IO connection of one user to a service that is being checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import socketio

from glimpse.operations.outside.probe_session import ANSWER_SECONDS, USER_AGENT, new_session


@asynccontextmanager
async def open_socket(
    url: str, token: str, transport: str, on_event: Callable[..., None], reconnects: bool
) -> AsyncIterator[socketio.AsyncClient]:
    """
    A connected socket with a cookie jar of its own. `on_event` gets the name and the document of each event, and
    "connect" and "disconnect".
    """
    async with new_session(aiohttp.CookieJar(unsafe=True)) as session:
        # Its own handler of SIGINT would cancel every task, also the one that deletes what was made.
        client = socketio.AsyncClient(reconnection=reconnects, http_session=session, logger=False, handle_sigint=False)

        async def connected() -> None:
            on_event("connect", None)

        async def disconnected(*reason: object) -> None:
            on_event("disconnect", None)

        async def received(event: str, *data: Any) -> None:
            on_event(event, data[0] if data else None)

        client.on("connect", connected)
        client.on("disconnect", disconnected)
        client.on("*", received)
        try:
            await client.connect(
                url,
                headers={"User-Agent": USER_AGENT},
                auth={"token": token},
                transports=[transport],
                wait_timeout=ANSWER_SECONDS,
            )
            yield client
        finally:
            await client.shutdown()
