"""Connecting to a database, and which of its errors leave the outcome unknown."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

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
    # Of a task that serves: it was let in when it started, and new tasks have another password meanwhile.
    asyncpg.InvalidAuthorizationSpecificationError,
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
    """
    The server refuses the user, the password, the database or a right; or its certificate is not trusted; or the URL is
    malformed.
    """


def raise_store_down(error: BaseException) -> NoReturn:
    """Raise StoreDown for an error of DOWN."""
    # asyncpg raises an InterfaceError that is a ValueError for a bad argument, which is a mistake of ours. One that is
    # an OSError too is for a certificate that is not trusted.
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        raise error
    raise StoreDown(f"{type(error).__name__}: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """The text of an error in one line, because CloudWatch Logs makes an event of each line."""
    return " ".join(str(error).split())


@contextmanager
def unknown_outcome() -> Iterator[None]:
    """Raises StoreDown where the outcome of the statements inside is unknown."""
    try:
        yield
    except DOWN as error:
        raise_store_down(error)


@cache
def ssl_context(url: str) -> ssl.SSLContext | None:
    """
    What verifies the server, where the URL asks for that: one for all connections, because reading RDS's certificates
    takes 13 ms and 0.9 MiB (measured on 2026-11-29). None where asyncpg reads the URL itself. Raises DatabaseRefused.
    """
    try:
        query = dict(parse_qsl(urlsplit(url).query))
    except ValueError:
        return None
    mode = query.get("sslmode")
    if mode not in ("verify-ca", "verify-full") or query.keys() & {"sslcert", "sslkey", "sslcrl"}:
        return None
    # As libpq looks for it.
    default = Path("~/.postgresql/root.crt").expanduser()
    file = query.get("sslrootcert") or os.environ.get("PGSSLROOTCERT") or str(default)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = mode == "verify-full"
    try:
        context.load_verify_locations(cafile=file)
    except OSError as error:
        raise DatabaseRefused("database_certificates", file=file, detail=one_line(error)) from None
    return context


@asynccontextmanager
async def open_connection(url: str, name: str = "glimpse-setup") -> AsyncIterator[Any]:
    """
    A connection with this application name, closed at the end. Raises DatabaseRefused, and StoreDown where no server
    answers.
    """
    with unknown_outcome():
        try:
            connection = await asyncpg.connect(
                url, timeout=CONNECT_SECONDS, server_settings={"application_name": name}, ssl=ssl_context(url)
            )
        except ssl.SSLCertVerificationError as error:
            raise DatabaseRefused("database_not_trusted", detail=one_line(error)) from None
        except ValueError:
            # The text of the error may contain a piece of the password.
            raise DatabaseRefused("setting_database", variable="GLIMPSE_DATABASE_URL") from None
        except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
            raise DatabaseRefused("database_refused", detail=one_line(error)) from None
    try:
        yield connection
    finally:
        # A server that no longer answers does not confirm the close either.
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await connection.close()
        except DOWN:
            connection.terminate()
