"""How a database is reached, and what it means when it does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from glimpse.chat.failure import Failure
from glimpse.chat.ports import StoreDown

CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 2.0

# What may have happened behind these, nobody knows, or nothing happened and the same may be asked again.
DOWN = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.PostgresSystemError,
)


class NotLetIn(Failure):
    """The database answers, and refuses the user, the password or the name; or the address cannot be read."""


@contextmanager
def unknown_outcome() -> Iterator[None]:
    """Raises StoreDown for what left unknown what happened."""
    try:
        yield
    except DOWN as error:
        # asyncpg's own complaint about an argument is also an InterfaceError, and our mistake.
        if isinstance(error, ValueError):
            raise
        raise StoreDown(f"{type(error).__name__}: {error}") from error


@asynccontextmanager
async def connected(url: str, name: str = "glimpse-setup") -> AsyncIterator[Any]:
    """
    A connection of its own, which the server lists under this name, closed at the end. Raises StoreDown where none
    answers, and NotLetIn.
    """
    with unknown_outcome():
        try:
            connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings={"application_name": name})
        except ValueError:
            # Its text may hold a piece of the password.
            raise NotLetIn("setting_database", variable="GLIMPSE_DATABASE_URL") from None
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
            raise NotLetIn("database_refused", detail=str(error)) from None
    try:
        yield connection
    finally:
        # A server that says nothing any more does not say goodbye either.
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await connection.close()
        except DOWN:
            connection.terminate()
