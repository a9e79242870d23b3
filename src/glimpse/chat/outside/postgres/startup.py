"""
What a task waits for before it serves: an answer of the database, its schema, and the end of tasks without our bus.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from glimpse.chat.failure import Failure
from glimpse.chat.outside.postgres.app_role import APP_ROLE, update_app_role
from glimpse.chat.outside.postgres.connection import DatabaseRefused, one_line, open_connection
from glimpse.chat.outside.postgres.migrate import MigrationResult, Moment, migrate, refuse_unmigrated
from glimpse.chat.outside.postgres.store import WITH_BUS, WITHOUT_BUS, PostgresStore
from glimpse.chat.ports import StoreDown

STARTUP_TIMEOUT_SECONDS = 30.0
"""
How long to wait for the database to answer, and for another task to end. Then this task gives up and ends.
"""

T = TypeVar("T")
Tell = Callable[..., None]
"""Called with the code of a sentence and its values, for somebody at a terminal."""


async def open_store(url: str, connections: int, has_bus: bool, is_embedded: bool, tell: Tell) -> PostgresStore:
    """
    The store, once the database answers. The schema of an embedded database is migrated; of any other it is checked.
    Raises Failure: `database_away`, `not_alone`, and those of refuse_unmigrated and PostgresStore.open.
    """
    if is_embedded:
        await migrate_database(url, Moment.BEFORE, tell)
    else:
        await _retry_while_down(lambda: _with_connection(url, refuse_unmigrated), tell)
    name = WITH_BUS if has_bus else WITHOUT_BUS
    store = await _retry_while_down(lambda: PostgresStore.open(url, connections, name), tell)
    try:
        await _wait_until_alone(store, has_bus, tell)
    except BaseException:
        await store.close(0)
        raise
    return store


async def migrate_database(url: str, moment: Moment, tell: Tell, app_password: str = "") -> MigrationResult:
    """Migrate, and give the role that serving tasks log in as this password, where there is one. Raises Failure."""

    async def work(connection: Any) -> MigrationResult:
        result = await migrate(connection, moment)
        if app_password:
            await update_app_role(connection, app_password)
            tell("app_role_ready", role=APP_ROLE)
        return result

    return await _retry_while_down(lambda: _with_connection(url, work), tell)


async def _wait_until_alone(store: PostgresStore, has_bus: bool, tell: Tell) -> None:
    """Wait until no task serves the database that this one shares no bus with. Raises Failure `not_alone`."""
    give_up = time.monotonic() + STARTUP_TIMEOUT_SECONDS
    is_waiting = False
    while await _retry_while_down(lambda: store.finds_other_task(has_bus), tell):
        if time.monotonic() >= give_up:
            raise Failure("not_alone", seconds=round(STARTUP_TIMEOUT_SECONDS))
        if not is_waiting:
            is_waiting = True
            tell("serve_not_alone", seconds=round(STARTUP_TIMEOUT_SECONDS))
        await asyncio.sleep(1)


async def _with_connection(url: str, work: Callable[[Any], Awaitable[T]]) -> T:
    async with open_connection(url) as connection:
        try:
            return await work(connection)
        except asyncpg.InsufficientPrivilegeError as error:
            raise DatabaseRefused("database_no_right", detail=one_line(error)) from None


async def _retry_while_down(work: Callable[[], Awaitable[T]], tell: Tell) -> T:
    give_up = time.monotonic() + STARTUP_TIMEOUT_SECONDS
    is_waiting = False
    while True:
        try:
            return await work()
        except StoreDown as down:
            if time.monotonic() >= give_up:
                raise Failure("database_away", seconds=round(STARTUP_TIMEOUT_SECONDS), detail=str(down)) from down
        if not is_waiting:
            is_waiting = True
            tell("serve_waiting")
        await asyncio.sleep(1)
