"""
Database connections that stay acquired between two statements, each with its prepared statements.

Acquiring a connection from asyncpg's pool and releasing it costs five times as much as a small statement, and a timer
for each statement as much as a quarter of one. So a connection is not released to the pool after a statement, unless a
caller waits for one; and one timer is for the timeouts of all statements that run, and none while nothing runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.protocol import NO_TIMEOUT

from glimpse.chat.outside.postgres.queries import QUERIES


class _PreparedConnection:
    """A connection, and what it has prepared, by the names of the queries."""

    __slots__ = ("connection", "statements")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.statements: dict[str, Any] = {}

    @property
    def is_lost(self) -> bool:
        """The pool detaches a connection that was cut from its holder, and then even `is_closed` raises."""
        try:
            return bool(self.connection.is_closed())
        except asyncpg.InterfaceError:
            return True


class HeldConnections:
    """
    The connections of an asyncpg pool, from which nothing else acquires any. `seconds`: how long a statement may take.
    """

    def __init__(self, pool: Any, seconds: float) -> None:
        self._pool, self._seconds = pool, seconds
        self._loop = asyncio.get_running_loop()
        self._free: list[_PreparedConnection] = []
        """Connections that are not in use. The one used last is used next, because it has prepared the most."""

        self._waiting = 0
        """Callers who wait for a connection of the pool."""

        self._is_closing = False
        self._running: dict[_PreparedConnection, float] = {}
        """Connections that wait for an answer, and since when, longest first."""

        self._timeout_timer: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> int:
        """How many connections are acquired and not in use."""
        return sum(not held.is_lost for held in self._free)

    async def rows(self, name: str, *arguments: object) -> Sequence[Any]:
        """
        Run one statement, which is a transaction. Raises errors of asyncpg; where no answer comes, the connection is
        cut.
        """
        held = self._take() or await self._acquire()
        is_usable = False
        try:
            statement = held.statements.get(name) or await self._prepare(held, name)
            try:
                rows = await self._answer(held, statement, arguments)
            except asyncpg.InvalidCachedStatementError:
                # A migration changed the type of a column.
                rows = await self._answer(held, await self._prepare(held, name), arguments)
            is_usable = True
            return rows
        except asyncpg.IntegrityConstraintViolationError:
            is_usable = True
            raise
        finally:
            # After another failure the pool has to check the connection.
            if not (is_usable and self._keep(held)):
                await self._pool.release(held.connection)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A connection for several statements. Its statements have asyncpg's own timeout."""
        held = self._take() or await self._acquire()
        is_usable = False
        try:
            yield held.connection
            is_usable = True
        finally:
            if not (is_usable and self._keep(held)):
                await self._pool.release(held.connection)

    async def close(self) -> None:
        """Release the connections that are not in use; each other one is released after its use."""
        self._is_closing = True
        free, self._free = self._free, []
        for held in free:
            if not held.is_lost:
                await self._pool.release(held.connection)

    def _take(self) -> _PreparedConnection | None:
        while self._free:
            held = self._free.pop()
            if not held.is_lost:
                return held
        return None

    def _keep(self, held: _PreparedConnection) -> bool:
        """Keep a connection for the next statement, and return True; False where it has to be released."""
        if self._waiting or self._is_closing:
            return False
        self._free.append(held)
        return True

    async def _acquire(self) -> _PreparedConnection:
        self._waiting += 1
        try:
            return _PreparedConnection(await self._pool.acquire(timeout=self._seconds))
        finally:
            self._waiting -= 1

    async def _prepare(self, held: _PreparedConnection, name: str) -> Any:
        held.statements[name] = statement = await held.connection.prepare(QUERIES[name])
        return statement

    async def _answer(self, held: _PreparedConnection, statement: Any, arguments: Sequence[object]) -> Sequence[Any]:
        self._running[held] = now = self._loop.time()
        if self._timeout_timer is None:
            self._timeout_timer = self._loop.call_at(now + self._seconds, self._cut_unanswered)
        try:
            rows: Sequence[Any] = await statement.fetch(*arguments, timeout=NO_TIMEOUT)
            return rows
        finally:
            del self._running[held]

    def _cut_unanswered(self) -> None:
        self._timeout_timer = None
        now = self._loop.time()
        for held, since in list(self._running.items()):
            if now < since + self._seconds:
                self._timeout_timer = self._loop.call_at(since + self._seconds, self._cut_unanswered)
                break
            # Its caller gets an error of a lost connection, or is about to get one already.
            if not held.is_lost:
                held.connection.terminate()
