"""
The wiring of the chat: settings become parts, which serve until a drain ends them. Beside `cli.py`, only this file
knows both the inside and `outside`.
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
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop
from msgspec.structs import replace

from glimpse.chat.accounts import Accounts
from glimpse.chat.addresses import ClientNetworks
from glimpse.chat.attempts import Attempts
from glimpse.chat.authentication import LOOK_UP_SECONDS, Authentication, IssuerDown
from glimpse.chat.background import MAX_SLEEP_SECONDS, PAUSE_SECONDS, BackgroundTasks, Timer, every
from glimpse.chat.commit import MAX_QUEUED, GroupCommit
from glimpse.chat.conversations import Conversations
from glimpse.chat.counts import Counts
from glimpse.chat.drain import CLOSING, ENDING, Drain
from glimpse.chat.failure import Failure
from glimpse.chat.held_bytes import HeldBytes
from glimpse.chat.issuer_keys import IssuerKeys, read_keys
from glimpse.chat.limits import TokenBuckets
from glimpse.chat.messages import Messages
from glimpse.chat.outside import logs, page
from glimpse.chat.outside.connections import Connections, max_connections, max_sessions, raise_file_limit
from glimpse.chat.outside.engineio import Engine
from glimpse.chat.outside.http import SOCKET_PATH, Operations, Problems, application
from glimpse.chat.outside.passwords import Argon2
from glimpse.chat.outside.postgres.bus import PostgresBus
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import MigrationResult, Moment
from glimpse.chat.outside.postgres.startup import Tell, migrate_database, open_store
from glimpse.chat.outside.reconnecting_bus import ReconnectingBus
from glimpse.chat.outside.rest import Rest
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage, FileStorage, NoStorage
from glimpse.chat.outside.s3.tcp_proxy import MAX_AT_ONCE
from glimpse.chat.outside.secret_file import load_or_create_secret
from glimpse.chat.outside.server import open_listener, server
from glimpse.chat.outside.slow_answers import SlowAnswers
from glimpse.chat.ports import ObjectsDown, Store, StoreDown
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.protocol.engineio import Timing
from glimpse.chat.protocol.session import Session
from glimpse.chat.protocol.socketio import Peer
from glimpse.chat.publisher import LocalPublisher, Publisher
from glimpse.chat.relay.bus import Bus
from glimpse.chat.relay.heartbeats import HEARTBEAT_SECONDS, SILENCE_SECONDS
from glimpse.chat.relay.relay import Relay
from glimpse.chat.service import Limits, Service
from glimpse.chat.settings import SAME_DATABASE, VALKEY_SCHEMES, MigrationSettings, Settings
from glimpse.chat.sockets import Sockets
from glimpse.chat.tokens import InvalidSecret, Tokens
from glimpse.chat.uploads import Uploads
from glimpse.chat.users import Users

if TYPE_CHECKING:
    from glimpse.chat.outside.metrics import Gauges, Metrics

CONNECT_SECONDS = 10.0
"""How long a connection may take to join the root namespace."""

SWEEP_FILES_SECONDS = 60.0
DRAIN_TICK_SECONDS = 0.05
RELAY_PAUSE_SECONDS = 0.025
"""The least time between two ticks of the relay."""

ENDING_SECONDS = 5.0
FLUSH_SHARE, CLOSE_SHARE = 0.1, 0.05
"""
Each step of the end may take ENDING_SECONDS, or its share of the drain where that is less: FLUSH_SHARE to answer
requests and events, CLOSE_SHARE for incomplete HTTP requests and again for the connections of the database. Clients
send again what was not answered.
"""

GC_THRESHOLDS = (50_000, 4, 4)
"""
Of Python's garbage collector. Closed connections are reference cycles, so it cannot be switched off. A batch of
messages makes some thousand objects that all go when it is committed; the default of 700 would look for cycles in them.
"""


def make_id() -> str:
    return str(uuid.uuid4())


def make_secret_id() -> str:
    """An id that nobody can guess, because whoever knows the id of a session can use the session."""
    return secrets.token_urlsafe(15)


@dataclass
class Parts:
    """The parts of one task, wired, before it serves."""

    commits: GroupCommit
    service: Service
    uploads: Uploads
    relay: Relay | None
    engine: Engine
    connections: Connections
    report_defect: Callable[[BaseException], None]
    passwords: Argon2
    authentication: Authentication
    sweep_timer: Timer
    relay_timer: Timer
    application: Any = None
    """The ASGI application."""

    is_draining: bool = False


@dataclass
class Task:
    """One ECS task on a store that is open: what tests, benchmarks and `glimpse serve` run alike."""

    store: Store
    settings: Settings
    bus: Bus | None = None
    storage: FileStorage = field(default_factory=NoStorage)
    gauges: Gauges = dict
    timing: Timing = field(default_factory=Timing)
    now: Callable[[], float] = time.time

    def build(self) -> Parts:
        """Wire the parts. Called on the loop that is to serve."""
        settings, store, now = self.settings, self.store, self.now
        counts = Counts()

        def report_defect(error: BaseException) -> None:
            counts.failures += 1
            logs.defect(error)

        commits = GroupCommit(store, counts, report_defect)
        # Keys that another issuer withdrew set no timer: the sweep finds their sockets, so it has to come each second.
        sweep_timer = Timer(now, PAUSE_SECONDS if settings.jwks_url else MAX_SLEEP_SECONDS)
        sockets = Sockets(settings.sockets_per_user, counts, sweep_timer.set)
        background = BackgroundTasks(report_defect)
        relay_timer = Timer(now, HEARTBEAT_SECONDS, RELAY_PAUSE_SECONDS)
        relay = (
            Relay(make_secret_id(), self.bus, store, sockets, now, report_defect, relay_timer.set) if self.bus else None
        )
        publisher: Publisher = relay or LocalPublisher(sockets)
        notifier = PresenceNotifier(store, sockets, publisher, now, background, sweep_timer.set)
        authentication = self._authentication(tokens := _tokens(settings))
        if relay:
            relay.listen(notifier, authentication.forget)
        users, messages = Users(store, publisher, notifier), Messages(store, commits, publisher)
        conversations = Conversations(store, commits, publisher, notifier, make_id)
        service = Service(
            commits, authentication, conversations, messages, sockets, publisher, notifier, background, counts,
            report_defect, Limits(settings.body_characters, settings.events_per_second), now, make_secret_id,
        )  # fmt: skip
        passwords = Argon2()
        accounts = Accounts(
            store, passwords, Attempts(), tokens, authentication, conversations, publisher, settings.signup == "on",
            now, make_id,
        )  # fmt: skip
        quota_bytes = settings.storage_mb_per_user * 10**6
        uploads = Uploads(
            store, self.storage.open, settings.uploads_per_minute, quota_bytes, counts, logs.objects_down, now, make_id,
            settings.refuse_location == "on",
        )  # fmt: skip
        clock = asyncio.get_running_loop().time

        def join_by() -> float:
            return clock() + CONNECT_SECONDS

        def make_peer(session: Session) -> Peer:
            return Peer(service, session, join_by)

        networks = ClientNetworks(settings.trusted_proxies, logs.unexpected_proxy)
        network_requests = TokenBuckets(settings.address_requests_per_second)

        def admits(peer: str | None, forwarded_for: str) -> bool:
            return network_requests.allows(networks.network_of(peer, forwarded_for), now())

        # The proxy before an embedded object store opens files, too.
        proxied = 2 * MAX_AT_ONCE if isinstance(self.storage, EmbeddedStorage) else 0
        most = max_connections(raise_file_limit(), settings.sockets, settings.database_pool + proxied)
        held = HeldBytes()
        engine = Engine(
            self.timing, make_peer, make_secret_id, settings.allowed_origins, admits,
            max_sessions(most, settings.sockets), held, counts,
        )  # fmt: skip
        connections = Connections(most, held, counts, engine.evict_session)
        parts = Parts(
            commits, service, uploads, relay, engine, connections, report_defect, passwords, authentication,
            sweep_timer, relay_timer,
        )  # fmt: skip
        rates = TokenBuckets(settings.events_per_second)
        rest = Rest(
            accounts, users, conversations, messages, uploads, authentication, rates, network_requests, networks, now,
            report_defect,
        )  # fmt: skip

        @cache
        def metrics() -> Metrics:
            # Imported for the first request: the library of Prometheus takes 20 ms to load, and few use it.
            from glimpse.chat.outside.metrics import Metrics

            return Metrics(counts, lambda: self._gauges(parts))

        operations = Operations(lambda: parts.is_draining, lambda: self._problems(parts), lambda: metrics().text())
        routed = application(engine, rest, operations, settings.allowed_origins, page.routes(self.storage.origins))
        parts.application = SlowAnswers(
            routed, networks, settings.address_requests_per_second, now, lambda: parts.is_draining
        )
        return parts

    def _authentication(self, tokens: Tokens) -> Authentication:
        if not self.settings.jwks_url:
            return Authentication(self.store, tokens, None, self.now)
        # Imported here, to save the memory of the HTTP client in the tasks that do not use it.
        from glimpse.chat.outside.jwks import fetch_keys

        async def fetch() -> IssuerKeys:
            try:
                return await fetch_keys(self.settings.jwks_url)
            except IssuerDown as down:
                logs.issuer_down(str(down))
                raise

        return Authentication(self.store, tokens, fetch, self.now)

    @asynccontextmanager
    async def serving(self, stop_now: asyncio.Event | None = None) -> AsyncIterator[int]:
        """
        Serve, on the port that this yields (for port 0 a free one). At the end the task drains, for as long as its
        settings say or until `stop_now` is set; then it answers what is left, and closes.
        """
        settings, parts = self.settings, self.build()
        engine, relay, report_defect = parts.engine, parts.relay, parts.report_defect
        listener = open_listener(settings.host, settings.port)
        grace = _ending_seconds(settings, CLOSE_SHARE)
        engines = {SOCKET_PATH: engine}.get
        http = server(parts.application, engines, settings.keep_alive_seconds, grace, parts.connections)
        sweeps = [
            asyncio.create_task(parts.sweep_timer.run(parts.service.sweep, report_defect)),
            asyncio.create_task(every(SWEEP_FILES_SECONDS, parts.uploads.sweep, report_defect)),
            asyncio.create_task(every(LOOK_UP_SECONDS, parts.authentication.refresh_keys, report_defect)),
        ]
        ticks = asyncio.create_task(parts.relay_timer.run(relay.tick, report_defect)) if relay else None
        serving = asyncio.create_task(http.serve([listener]))
        try:
            # The service starts all the same where the issuer is down.
            await parts.authentication.refresh_keys()
            yield listener.getsockname()[1]
        finally:
            await self._drain(parts, stop_now or asyncio.Event())
            for sweep in sweeps:
                sweep.cancel()
            is_flushed = await self._flush(parts)
            http.stop()
            engine.close()
            await serving
            # Only after the last requests, which may have published something.
            if relay and ticks:
                ticks.cancel()
                relay.end(is_flushed)
            parts.passwords.close()

    async def _drain(self, parts: Parts, stop_now: asyncio.Event) -> None:
        """Drain until no socket is left, the time is over, or `stop_now` is set."""
        service = parts.service
        parts.is_draining = True
        drain = Drain(self.now(), self.settings.drain_seconds)
        service.drain(drain)
        while (phase := drain.phase(self.now())) != ENDING and not stop_now.is_set():
            if phase == CLOSING:
                parts.engine.is_closed = True
                service.close_drained()
                if not service.sockets.count:
                    return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop_now.wait(), DRAIN_TICK_SECONDS)

    async def _flush(self, parts: Parts) -> bool:
        """Answer everything and hand it to the bus; whether that was done in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ending_seconds(self.settings, FLUSH_SHARE)):
                await parts.service.wait_until_idle()
                await parts.commits.wait_until_idle()
                if parts.relay:
                    await parts.relay.wait_until_idle()
                return True
        return False

    def _gauges(self, parts: Parts) -> Mapping[str, float]:
        bus = {"bus_age_seconds": parts.relay.age()} if parts.relay else {}
        peers = {"connections": parts.connections.count, "held_bytes": parts.connections.held.total}
        return {"commit_waiting": parts.commits.queued, **peers, **bus, **self.gauges()}

    async def _problems(self, parts: Parts) -> Problems:
        problems: Problems = {}
        try:
            await self.store.check()
        except StoreDown as down:
            problems["database"] = {"error": str(down)}
        if parts.commits.queued >= MAX_QUEUED // 2:
            problems["commits"] = {"waiting": parts.commits.queued, "most": MAX_QUEUED}
        if parts.relay and parts.relay.age() > SILENCE_SECONDS:
            problems["bus"] = {"notHeardForSeconds": round(parts.relay.age(), 1)}
        if parts.authentication.problem:
            problems["issuer"] = {"error": parts.authentication.problem}
        if self.storage.problem:
            problems["files"] = {"error": self.storage.problem}
        return problems


def _ending_seconds(settings: Settings, share: float) -> float:
    return min(ENDING_SECONDS, settings.drain_seconds * share or ENDING_SECONDS)


def run(settings: Settings, tell: Tell) -> None:
    """Serve until SIGTERM or SIGINT. Raises Failure, before anything is served."""
    logs.configure(sys.stderr)
    with _database(settings, tell) as (url, settings):
        uvloop.run(_serve(url, settings, tell))


def run_migrations(settings: MigrationSettings, after: bool, tell: Tell) -> MigrationResult | None:
    """Migrate the database of the settings; None where they name none. Raises Failure."""
    if not settings.database_url:
        return None
    moment = Moment.AFTER if after else Moment.BEFORE
    return uvloop.run(migrate_database(settings.database_url, moment, tell, settings.database_app_password))


@contextmanager
def _database(settings: Settings, tell: Tell) -> Iterator[tuple[str, Settings]]:
    if settings.database_url:
        yield settings.database_url, settings
        return
    folder = Path(settings.data)
    tell("serve_embedded", folder=str(folder))
    with EmbeddedPostgres(folder) as url:
        if not settings.jwt_secrets and not settings.jwks_url and not settings.jwks:
            # Nobody else has this secret, so nobody else issues tokens.
            own = load_or_create_secret(folder / "jwt-secret")
            settings = replace(settings, jwt_secrets=(own,), signup=settings.signup or "on")
        yield url, settings


async def _serve(url: str, settings: Settings, tell: Tell) -> None:
    storage, bus = _storage(settings, tell), _bus(settings.bus_url, url)
    stop, stop_now = _stop_events()
    has_bus, is_embedded = settings.bus_url is not None, not settings.database_url
    starting = asyncio.create_task(open_store(url, settings.database_pool, has_bus, is_embedded, tell))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        # Nothing has been served yet, so nothing has to drain.
        starting.cancel()
        tell("serve_ending")
        return
    store = starting.result()
    try:
        if settings.s3_bucket:
            # Done now, so that the first request need not wait: loading the signer takes 0.1 s of processor time.
            with contextlib.suppress(ObjectsDown):
                await storage.open()
        async with (
            bus.running() if bus else contextlib.nullcontext(),
            Task(store, settings, bus, storage, store.connections).serving(stop_now) as port,
        ):
            # What exists now stays until the end, so the collector need not look at it.
            gc.freeze()
            gc.set_threshold(*GC_THRESHOLDS)
            gc.enable()
            tell("serve_ready" if settings.signup == "on" else "serve_ready_without_accounts", port=port)
            await stop.wait()
            drains = settings.drain_seconds and not stop_now.is_set()
            tell("serve_draining" if drains else "serve_ending", seconds=settings.drain_seconds)
    finally:
        await store.close(_ending_seconds(settings, CLOSE_SHARE))
        await storage.close()


def _stop_events() -> tuple[asyncio.Event, asyncio.Event]:
    """
    `stop` is set by SIGTERM, which comes from a platform and begins a drain. `stop_now` is set, too, by Ctrl-C and by a
    second signal, since then somebody waits for the end.
    """
    stop, stop_now = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal(number: signal.Signals) -> None:
        if number == signal.SIGINT or stop.is_set():
            stop_now.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    return stop, stop_now


def _tokens(settings: Settings) -> Tokens:
    """Raises Failure where the keys or the secrets in the settings are not usable."""
    keys = None
    if settings.jwks_url:
        keys = IssuerKeys()
    elif settings.jwks:
        try:
            keys = read_keys(settings.jwks)
        except ValueError as error:
            raise Failure("setting_jwks", variable="GLIMPSE_JWKS", detail=str(error)) from None
    try:
        return Tokens(
            settings.jwt_secrets,
            settings.token_seconds,
            settings.session_days * 86_400,
            settings.jwt_issuer,
            settings.jwt_audience,
            keys,
        )
    except InvalidSecret:
        raise Failure("setting_secret_public", variable="GLIMPSE_JWT_SECRETS") from None


def _bus(bus_url: str | None, database_url: str) -> ReconnectingBus | None:
    """Raises Failure where the URL of a Valkey is malformed."""
    if bus_url is None:
        return None
    if bus_url.startswith(VALKEY_SCHEMES):
        # Imported here, to save the memory of the library in the tasks that do not use it.
        from glimpse.chat.outside.valkey_bus import ValkeyBus

        return ValkeyBus(bus_url)
    return PostgresBus(database_url if bus_url == SAME_DATABASE else bus_url)


def _storage(settings: Settings, tell: Tell) -> FileStorage:
    """Raises Failure where the private key for CloudFront is not valid."""
    if not settings.s3_bucket:
        # With an external database there may be more tasks, and each would lack the files of the others.
        return (
            NoStorage()
            if settings.database_url
            else EmbeddedStorage(Path(settings.data) / "files", tell, settings.host)
        )
    # Imported here, to save the memory of the signer in a chat without a bucket.
    from glimpse.chat.outside.s3.objects import S3Storage

    cdn = None
    if settings.cloudfront_url:
        from glimpse.chat.outside.s3.cloudfront import CloudFront

        cdn = CloudFront(settings.cloudfront_url, settings.cloudfront_key_id, settings.cloudfront_private_key)
    return S3Storage(Bucket.of(settings.s3_endpoint, settings.s3_region, settings.s3_bucket), cdn)
