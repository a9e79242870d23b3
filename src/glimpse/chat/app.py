"""
The wiring: settings → ports → service → transports → signals. Only here and in `cli.py` do both sides meet.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import secrets
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from glimpse.chat.accounts import Accounts
from glimpse.chat.bus import SILENCE_SECONDS, Bus
from glimpse.chat.commit import MAX_QUEUED, GroupCommit
from glimpse.chat.drain import CLOSING, ENDING, Drain
from glimpse.chat.failure import Failure
from glimpse.chat.limits import AddressLimiter, TokenBuckets
from glimpse.chat.outside import logs, page
from glimpse.chat.outside.engineio import Connection, Engine
from glimpse.chat.outside.gateway import Gateway
from glimpse.chat.outside.http import SOCKET_PATH, Operations, Problems, application
from glimpse.chat.outside.metrics import Gauges, Metrics
from glimpse.chat.outside.passwords import Argon2
from glimpse.chat.outside.postgres.bus import PostgresBus
from glimpse.chat.outside.postgres.connection import connected
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import Moment, migrate, refuse_unmigrated
from glimpse.chat.outside.postgres.store import WITH_BUS, WITHOUT_BUS, PostgresStore
from glimpse.chat.outside.reconnecting_bus import ReconnectingBus
from glimpse.chat.outside.rest import Rest
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage, FileStorage, NoStorage, S3Storage
from glimpse.chat.outside.secret_file import load_or_create_secret
from glimpse.chat.outside.server import listening, server
from glimpse.chat.outside.socketio import Peer
from glimpse.chat.ports import ObjectsDown, Store, StoreDown
from glimpse.chat.protocol.engineio import Timing
from glimpse.chat.relay import LocalPublisher, Relay
from glimpse.chat.service import Limits, Service, landed_of
from glimpse.chat.settings import CACHES, SAME_DATABASE, Settings
from glimpse.chat.sockets import Sockets
from glimpse.chat.tokens import Tokens
from glimpse.chat.uploads import Uploads

CONNECT_SECONDS = 10.0
"""How long a connection may take to join."""

SWEEP_SECONDS = 1.0
SWEEP_FILES_SECONDS = 60.0
DRAIN_TICK_SECONDS = 0.05
RELAY_TICK_SECONDS = 0.025
DEFECT_SECONDS = 1.0

ENDING_SECONDS = 5.0
FLUSH_SHARE, CLOSE_SHARE = 0.1, 0.05
"""
How long what is under way may take at the end, at most, and which share of the drain: to be answered; and, of requests
that are half asked and of the database's connections, to be closed. Clients send again whatever is then unanswered.
"""

STARTUP_TIMEOUT_SECONDS = 30.0
"""
How long a database may take to answer at the start, and another task to go; then this one ends, and its orchestrator
decides.
"""

GC_THRESHOLDS = (50_000, 4, 4)
"""
Values that may be made, and not be gone again, before Python looks for circles among them; and among those that were
there when it last looked, every fourth time: a connection that ended is such a circle.
"""

T = TypeVar("T")
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
    bus: Bus | None = None
    depot: FileStorage = field(default_factory=NoStorage)
    gauges: Gauges = dict
    timing: Timing = field(default_factory=Timing)
    now: Callable[[], float] = time.time

    @asynccontextmanager
    async def serving(self, stop_now: asyncio.Event | None = None) -> AsyncIterator[int]:
        """
        The port that is open (asked for 0, the one that was free). On leaving, the task drains, for as long as its
        settings say or until `stop_now` is set; then what was asked for is answered, and it closes.
        """
        settings = self.settings

        def gauges() -> Mapping[str, float]:
            bus = {"bus_age_seconds": relay.age()} if relay else {}
            return {"commit_waiting": commits.waiting, **bus, **self.gauges()}

        metrics = Metrics(gauges)
        tokens = Tokens(settings.jwt_secrets, settings.token_seconds)
        limits = Limits(settings.body_characters, settings.events_per_second, settings.sockets_per_user)
        commits, passwords = GroupCommit(self.store, took_off=metrics.committed), Argon2()
        sockets = Sockets(limits.sockets_per_user, metrics.delivered)
        relay = None
        if self.bus:
            relay = Relay(make_secret_id(), self.bus, self.store, sockets, landed_of, self.now, metrics.failed)
        lines = relay or LocalPublisher(sockets)
        service = Service(self.store, commits, tokens, limits, metrics, self.now, make_id, sockets, lines)
        if relay:
            relay.neighbours = service.company
        gateway = Gateway(service, make_secret_id)

        def listen(connection: Connection) -> Peer:
            return Peer(gateway, connection, CONNECT_SECONDS)

        addresses = AddressLimiter(settings.address_requests_per_second, self.now)
        engine = Engine(
            self.timing, listen, make_secret_id, settings.allowed_origins, addresses.allows, settings.sockets
        )
        accounts = Accounts(self.store, passwords, tokens, self.now, make_id)
        rates = TokenBuckets(limits.events_per_second)
        quota_bytes = settings.storage_mb_per_user * 10**6
        uploads = Uploads(
            self.store, self.depot.opened, settings.uploads_per_minute, quota_bytes, metrics, self.now, make_id
        )
        rest = Rest(service, self.store, accounts, uploads, tokens, rates, addresses, self.now, metrics.failed)
        draining = False

        async def problems() -> Problems:
            found = await self._database_problem()
            if commits.waiting >= MAX_QUEUED // 2:
                found["commits"] = {"waiting": commits.waiting, "most": MAX_QUEUED}
            if relay and relay.age() > SILENCE_SECONDS:
                found["bus"] = {"notHeardForSeconds": round(relay.age(), 1)}
            if uploads.problem:
                found["files"] = {"error": uploads.problem}
            return found

        operations = Operations(lambda: draining, problems, metrics)
        app = application(engine, rest, operations, settings.allowed_origins, page.routes(self.depot.origins))
        grace = _ending_seconds(settings, CLOSE_SHARE)
        served = server(app, {SOCKET_PATH: engine}.get, settings.keep_alive_seconds, grace)
        opened = listening(settings.host, settings.port)
        port: int = opened.getsockname()[1]
        sweeping = [
            asyncio.create_task(_every(SWEEP_SECONDS, service.sweep, metrics.failed)),
            asyncio.create_task(_every(SWEEP_FILES_SECONDS, uploads.sweep, metrics.failed)),
        ]
        ticking = asyncio.create_task(_every(RELAY_TICK_SECONDS, relay.tick, metrics.failed)) if relay else None
        serving = asyncio.create_task(served.serve([opened]))
        try:
            yield port
        finally:
            draining = True
            await self._drained(service, engine, stop_now or asyncio.Event())
            for each in sweeping:
                each.cancel()
            is_flushed = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ending_seconds(settings, FLUSH_SHARE)):
                    await service.finished()
                    await commits.drain()
                    if relay:
                        await relay.finished()
                    is_flushed = True
            served.should_exit = True
            engine.close()
            await serving
            # The last requests may have changed something, too.
            if relay and ticking:
                ticking.cancel()
                relay.end(is_flushed)
            passwords.close()

    async def _drained(self, service: Service, engine: Engine, stop_now: asyncio.Event) -> None:
        """Until nobody is left to be sent away, or the time is over."""
        drain = Drain(self.now(), self.settings.drain_seconds)
        service.drain(drain)
        while (phase := drain.phase(self.now())) != ENDING and not stop_now.is_set():
            if phase == CLOSING:
                engine.is_closed = True
                service.close_drained()
                if not service.sockets.count:
                    return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop_now.wait(), DRAIN_TICK_SECONDS)

    async def _database_problem(self) -> Problems:
        try:
            await self.store.check()
        except StoreDown as down:
            return {"database": {"error": str(down)}}
        return {}


def _ending_seconds(settings: Settings, share: float) -> float:
    return min(ENDING_SECONDS, settings.drain_seconds * share or ENDING_SECONDS)


async def _every(
    seconds: float, work: Callable[[], Awaitable[None] | None], failed: Callable[[BaseException], None]
) -> None:
    """So often, until it is cancelled. Whatever goes wrong once, the next time comes, no sooner than in a second."""
    while True:
        await asyncio.sleep(seconds)
        try:
            if (working := work()) is not None:
                await working
        except StoreDown:
            pass  # The next time it may answer.
        except Exception as error:
            failed(error)
            await asyncio.sleep(DEFECT_SECONDS)


def run(settings: Settings, tell: Tell) -> None:
    """Serve until SIGTERM or SIGINT. Raises Failure, before anything is served."""
    logs.to(sys.stderr)
    with _database(settings, tell) as (url, settings):
        uvloop.run(_serve(url, settings, tell))


def run_migrations(url: str, after: bool, tell: Tell) -> Sequence[str]:
    """The names of the migrations that were applied to a database. Raises Failure."""
    return uvloop.run(_migrated(url, Moment.AFTER if after else Moment.BEFORE, tell))


@contextmanager
def _database(settings: Settings, tell: Tell) -> Iterator[tuple[str, Settings]]:
    if settings.database_url:
        yield settings.database_url, settings
        return
    folder = Path(settings.data)
    tell("serve_embedded", folder=str(folder))
    with EmbeddedPostgres(folder) as url:
        signing = settings.jwt_secrets or (load_or_create_secret(folder / "jwt-secret"),)
        yield url, replace(settings, jwt_secrets=signing)


async def _serve(url: str, settings: Settings, tell: Tell) -> None:
    depot = _depot(settings, tell)
    stop, stop_now = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def ended(by: signal.Signals) -> None:
        """A SIGTERM is a platform's, which sends people elsewhere; who presses Ctrl-C, or asks twice, is waiting."""
        if by == signal.SIGINT or stop.is_set():
            stop_now.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended, number)
    starting = asyncio.create_task(_opened(url, settings, tell))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        # Nobody was served yet.
        starting.cancel()
        tell("serve_ending")
        return
    store = starting.result()
    bus = _bus(settings.bus_url, url)
    try:
        if settings.s3_bucket:
            # Before anybody waits for it: what signs takes a tenth of a second of a processor to load.
            with contextlib.suppress(ObjectsDown):
                await depot.opened()
        async with (
            bus.running() if bus else contextlib.nullcontext(),
            Task(store, settings, bus, depot, store.connections).serving(stop_now) as port,
        ):
            # What is here by now stays: nobody need look again and again whether it is garbage.
            gc.collect()
            gc.freeze()
            # A flight of messages makes some thousand values that all go when it has landed; looking for garbage among
            # them finds none.
            gc.set_threshold(*GC_THRESHOLDS)
            tell("serve_ready", port=port)
            await stop.wait()
            drains = settings.drain_seconds and not stop_now.is_set()
            tell("serve_draining" if drains else "serve_ending", seconds=settings.drain_seconds)
    finally:
        await store.close(_ending_seconds(settings, CLOSE_SHARE))
        await depot.close()


async def _opened(url: str, settings: Settings, tell: Tell) -> PostgresStore:
    """The store of a database that is as this release wants it, and that no task serves which this one never hears."""
    if settings.database_url:
        await _once_it_answers(lambda: _with_connection(url, refuse_unmigrated), tell)
    else:
        await _migrated(url, Moment.BEFORE, tell)
    has_bus = settings.bus_url is not None
    name = WITH_BUS if has_bus else WITHOUT_BUS
    store = await _once_it_answers(lambda: PostgresStore.open(url, settings.database_pool, name), tell)
    try:
        give_up = time.monotonic() + STARTUP_TIMEOUT_SECONDS
        is_waiting = False
        while await _once_it_answers(lambda: store.finds_other_task(has_bus), tell):
            if time.monotonic() >= give_up:
                raise Failure("not_alone", seconds=round(STARTUP_TIMEOUT_SECONDS))
            if not is_waiting:
                is_waiting = True
                tell("serve_not_alone", seconds=round(STARTUP_TIMEOUT_SECONDS))
            await asyncio.sleep(1)
    except BaseException:
        await store.close(0)
        raise
    return store


def _bus(bus_url: str | None, database_url: str) -> ReconnectingBus | None:
    if bus_url is None:
        return None
    if bus_url.startswith(CACHES):
        # Here, because its library takes memory that most tasks have no use for.
        from glimpse.chat.outside.valkey_bus import ValkeyBus

        return ValkeyBus(bus_url)
    return PostgresBus(database_url if bus_url == SAME_DATABASE else bus_url)


def _depot(settings: Settings, tell: Tell) -> FileStorage:
    """Raises Failure where the key for CloudFront is none."""
    if not settings.s3_bucket:
        # With a database of one's own there may be more tasks, and what one kept by itself the others would lack.
        return (
            NoStorage()
            if settings.database_url
            else EmbeddedStorage(Path(settings.data) / "files", tell, settings.host)
        )
    front = None
    if settings.cloudfront_url:
        from glimpse.chat.outside.s3.cloudfront import CloudFront

        front = CloudFront(settings.cloudfront_url, settings.cloudfront_key_id, settings.cloudfront_private_key)
    return S3Storage(Bucket.of(settings.s3_endpoint, settings.s3_region, settings.s3_bucket), front)


async def _migrated(url: str, moment: Moment, tell: Tell) -> Sequence[str]:
    return await _once_it_answers(lambda: _with_connection(url, lambda connection: migrate(connection, moment)), tell)


async def _with_connection(url: str, work: Callable[[Any], Awaitable[T]]) -> T:
    async with connected(url) as connection:
        return await work(connection)


async def _once_it_answers(work: Callable[[], Awaitable[T]], tell: Tell) -> T:
    """What is asked of the database, once it answers: before that nothing is served."""
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
