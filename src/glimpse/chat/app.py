"""
The wiring: settings → ports → service → transports → signals. Only here and in `cli.py` do both sides meet.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import uvloop

from glimpse.chat.accounts import Accounts
from glimpse.chat.commit import GroupCommit
from glimpse.chat.limits import Rates
from glimpse.chat.outside import logs, page
from glimpse.chat.outside.engineio import Connection, Engine
from glimpse.chat.outside.gateway import Gateway
from glimpse.chat.outside.http import SOCKET_PATH, Operations, application
from glimpse.chat.outside.metrics import Metrics
from glimpse.chat.outside.passwords import Argon2
from glimpse.chat.outside.postgres.embedded import EmbeddedFailed, EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import MigrationRefused, Moment, migrate, refuse_unmigrated
from glimpse.chat.outside.postgres.store import NotDurable, PostgresStore
from glimpse.chat.outside.rest import Rest
from glimpse.chat.outside.server import listening, server
from glimpse.chat.outside.socketio import Peer
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.protocol.engineio import Timing
from glimpse.chat.service import Limits, Service
from glimpse.chat.settings import Settings
from glimpse.chat.tokens import Tokens

CONNECT_SECONDS = 10.0
"""How long a connection may take to join."""

SWEEP_SECONDS = 1.0

ENDING_SECONDS = 5.0
"""How long what is under way may take at the end; clients send again whatever is then unanswered."""

PATIENCE_SECONDS = 30.0
"""How long a database may take to answer at the start; then the task ends, and its orchestrator decides."""

CANNOT_SERVE = (EmbeddedFailed, MigrationRefused, NotDurable)
"""Each says in its text what is wrong and what to do."""


class DatabaseAway(Exception):
    """The database did not answer in time."""

    def __init__(self, seconds: float, detail: str) -> None:
        super().__init__(detail)
        self.seconds = seconds
        self.detail = detail


Tell = Callable[..., None]
"""Called with the code of a sentence and its values: what somebody at a terminal wants to know."""


def make_id() -> str:
    return str(uuid.uuid4())


def make_secret_id() -> str:
    """An id that nobody guesses: whoever knows a session's id speaks for it."""
    return secrets.token_urlsafe(15)


@dataclass
class Task:
    """One task, complete, on a store that is open: what a test, a benchmark and `glimpse serve` run alike."""

    store: Store
    settings: Settings
    timing: Timing = field(default_factory=Timing)
    now: Callable[[], float] = time.time

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """
        The port that is open (asked for 0, the one that was free). On leaving, everything that was asked for is
        answered before it closes.
        """
        settings, metrics = self.settings, Metrics()
        tokens = Tokens(settings.jwt_secrets, settings.token_seconds)
        limits = Limits(settings.body_characters, settings.events_per_second, settings.sockets_per_user)
        commits, passwords = GroupCommit(self.store, took_off=metrics.committed), Argon2()
        service = Service(self.store, commits, tokens, limits, metrics, self.now, make_id)
        gateway = Gateway(service, make_secret_id)

        def listen(connection: Connection) -> Peer:
            return Peer(gateway, connection, CONNECT_SECONDS)

        engine = Engine(self.timing, listen, make_secret_id, settings.allowed_origins)
        accounts = Accounts(self.store, passwords, tokens, self.now, make_id)
        rest = Rest(service, self.store, accounts, tokens, Rates(limits.events_per_second), self.now, metrics.failed)
        draining = False
        operations = Operations(lambda: draining, self._problems, metrics)
        app = application(engine, rest, operations, settings.allowed_origins, page.routes())
        served = server(app, {SOCKET_PATH: engine}.get, settings.keep_alive_seconds)
        opened = listening(settings.host, settings.port)
        port: int = opened.getsockname()[1]
        sweeping = asyncio.create_task(_swept(service))
        serving = asyncio.create_task(served.serve([opened]))
        try:
            yield port
        finally:
            draining = True
            sweeping.cancel()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDING_SECONDS):
                    await service.finished()
                    await commits.drain()
            served.should_exit = True
            engine.close()
            await serving
            passwords.close()

    async def _problems(self) -> Sequence[str]:
        try:
            await self.store.check()
        except StoreDown:
            return ["database"]
        return []


async def _swept(service: Service) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        service.sweep()


def run(settings: Settings, tell: Tell) -> None:
    """
    Serve until SIGTERM or SIGINT. Raises DatabaseAway, PortTaken or one of CANNOT_SERVE, before anything is served.
    """
    logs.to(sys.stderr)
    with _database(settings, tell) as (url, settings):
        uvloop.run(_serve(url, settings, tell))


def run_migrations(settings: Settings, after: bool) -> Sequence[str]:
    """The names of the migrations that were applied to the database of the settings. Raises as `run`."""
    url = settings.database_url or ""
    return uvloop.run(_migrated(url, Moment.AFTER if after else Moment.BEFORE))


@contextmanager
def _database(settings: Settings, tell: Tell) -> Iterator[tuple[str, Settings]]:
    if settings.database_url:
        yield settings.database_url, settings
        return
    folder = Path(settings.data)
    tell("serve_embedded", folder=str(folder))
    with EmbeddedPostgres(folder) as url:
        yield url, replace(settings, jwt_secrets=settings.jwt_secrets or (_kept_secret(folder),))


def _kept_secret(folder: Path) -> str:
    """The secret beside the embedded database, made on first use: tokens outlive a restart."""
    path = folder / "jwt-secret"
    with contextlib.suppress(FileExistsError), open(path, "x", opener=_private) as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


async def _serve(url: str, settings: Settings, tell: Tell) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if not settings.database_url:
        await _migrated(url, Moment.BEFORE)
    store = await _opened(url, settings.database_pool, tell)
    try:
        async with _connected(url) as connection:
            await refuse_unmigrated(connection)
        async with Task(store, settings).serving() as port:
            tell("serve_ready", port=port)
            await stop.wait()
            tell("serve_ending")
    finally:
        await store.close()


async def _opened(url: str, connections: int, tell: Tell) -> PostgresStore:
    """The store, once the database has answered: before that the port stays closed."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    is_waiting = False
    while True:
        try:
            return await PostgresStore.open(url, connections)
        except StoreDown as down:
            if time.monotonic() >= give_up:
                raise DatabaseAway(PATIENCE_SECONDS, str(down)) from down
        if not is_waiting:
            is_waiting = True
            tell("serve_waiting")
        await asyncio.sleep(1)


async def _migrated(url: str, moment: Moment) -> Sequence[str]:
    async with _connected(url) as connection:
        return await migrate(connection, moment)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await asyncpg.connect(url, timeout=PATIENCE_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseAway(PATIENCE_SECONDS, str(error) or type(error).__name__) from None
    try:
        yield connection
    finally:
        await connection.close()
