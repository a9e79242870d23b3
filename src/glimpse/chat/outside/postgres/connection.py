"""Connecting to a database, and which of its errors leave the outcome unknown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NoReturn

import asyncpg

from glimpse.chat.failure import Failure
from glimpse.chat.ports import StoreDown

CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 2.0

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
"""After these errors a statement may have been committed, or had no effect and may be repeated."""


class DatabaseRefused(Failure):
    """The server refuses the user, the password or the database; or the URL is malformed."""


def raise_store_down(error: BaseException) -> NoReturn:
    """Raise StoreDown for an error of DOWN."""
    # asyncpg raises an InterfaceError that is a ValueError for a bad argument, which is a mistake of ours.
    if isinstance(error, ValueError):
        raise error
    raise StoreDown(f"{type(error).__name__}: {error}") from error


@contextmanager
def unknown_outcome() -> Iterator[None]:
    """Raises StoreDown where the outcome of the statements inside is unknown."""
    try:
        yield
    except DOWN as error:
        raise_store_down(error)


@asynccontextmanager
async def open_connection(url: str, name: str = "glimpse-setup") -> AsyncIterator[Any]:
    """
    A connection with this application name, closed at the end. Raises DatabaseRefused, and StoreDown where no server
    answers.
    """
    with unknown_outcome():
        try:
            connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings={"application_name": name})
        except ValueError:
            # The text of the error may contain a piece of the password.
            raise DatabaseRefused("setting_database", variable="GLIMPSE_DATABASE_URL") from None
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
            raise DatabaseRefused("database_refused", detail=str(error)) from None
    try:
        yield connection
    finally:
        # A server that no longer answers does not confirm the close either.
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await connection.close()
        except DOWN:
            connection.terminate()
