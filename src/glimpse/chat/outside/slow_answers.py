"""
Cheap answers that one network asks for without end: refusals, and what anybody may get without a token. Past a rate
each of them waits a while. A client that asks again when it is answered then asks slowly; nobody is refused for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from glimpse.chat.addresses import ClientNetworks
from glimpse.chat.limits import TokenBuckets
from glimpse.chat.outside.connections import HEALTH_PATH

BURST_SECONDS = 10
"""So many seconds' answers are given at once: a visitor of the page gets ten files, and a school has one address."""

WAIT_SECONDS = 1.0
MAX_WAITING = 500
"""Answers that wait. One more does not: each keeps a connection that may not be closed for a new one."""


class SlowAnswers:
    """
    The ASGI application `app`, with a rate of `per_second` for each network. `now` in seconds of any clock. While
    `is_draining`, no answer waits: the task would end before.
    """

    def __init__(
        self,
        app: Any,
        networks: ClientNetworks,
        per_second: float,
        now: Callable[[], float],
        is_draining: Callable[[], bool],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app, self._networks, self._now, self._sleep = app, networks, now, sleep
        self._is_draining = is_draining
        self._answers = TokenBuckets(per_second, BURST_SECONDS * per_second)
        self._waiting = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_slowly(message: Any) -> None:
            if message["type"] == "http.response.start" and self._is_cheap(scope, message["status"]):
                await self._wait(scope)
            await send(message)

        await self._app(scope, receive, send_slowly)

    def _is_cheap(self, scope: Any, status: int) -> bool:
        """The rates of a user, or of handshakes, limit every other answer."""
        if scope["path"] == HEALTH_PATH:
            return False
        has_token = any(name == b"authorization" for name, _ in scope["headers"])
        return status >= HTTPStatus.BAD_REQUEST or not (has_token or b"sid=" in scope["query_string"])

    async def _wait(self, scope: Any) -> None:
        forwarded_for = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        peer = scope["client"][0] if scope["client"] else None
        network = self._networks.network_of(peer, forwarded_for.decode("latin-1"))
        is_allowed = self._answers.allows(network, self._now())
        if is_allowed or self._waiting >= MAX_WAITING or self._is_draining():
            return
        self._waiting += 1
        try:
            await self._sleep(WAIT_SECONDS)
        finally:
            self._waiting -= 1
