"""What is done to the parts of a chat. Each fault ends with everything as it was, or as its platform makes it anew."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import socket
import time
from collections.abc import Awaitable, Callable

import asyncpg

from benchmarks.faults.cluster import Cluster, Task
from benchmarks.faults.wire import Wire

NOTICED_SECONDS = 0.5
"""So long until the platform takes a task that ended out of the balancer."""

DRAIN_SLACK_SECONDS = 1.0

Fault = Callable[[Cluster, random.Random], Awaitable[None]]


async def killed(cluster: Cluster, chance: random.Random) -> None:
    """A task gets SIGKILL; another one takes its place."""
    task = chance.choice(cluster.tasks)
    async with cluster.without(task):
        task.signal(signal.SIGKILL)
        await task.ended()
        await asyncio.sleep(NOTICED_SECONDS)
        await _replaced(cluster, task)


async def stopped(cluster: Cluster, chance: random.Random) -> None:
    """SIGTERM comes first, and the balancer finds out by itself: a task is stopped by hand."""
    task = chance.choice(cluster.tasks)
    async with cluster.without(task):
        await _drained(cluster, task)


async def reclaimed(cluster: Cluster, chance: random.Random) -> None:
    """SIGTERM and the balancer at the same moment: Spot takes a task away."""
    task = chance.choice(cluster.tasks)
    async with cluster.without(task):
        await cluster.balancer.out(task)
        await _drained(cluster, task)


async def deployed(cluster: Cluster, chance: random.Random) -> None:
    """The balancer cuts every connection, SIGTERM comes later: a deploy whose grace is over."""
    task = chance.choice(cluster.tasks)
    async with cluster.without(task):
        await cluster.balancer.out(task)
        await cluster.balancer.cut(task)
        await asyncio.sleep(1)
        await _drained(cluster, task)


async def frozen(cluster: Cluster, chance: random.Random, seconds: float = 3.0) -> None:
    """A task gets SIGSTOP, and SIGCONT after some seconds."""
    task = chance.choice(cluster.tasks)
    async with task.busy:
        task.signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        task.signal(signal.SIGCONT)


async def frozen_long(cluster: Cluster, chance: random.Random) -> None:
    """A task gets SIGSTOP, and SIGCONT after a minute: its people and the balancer have given it up."""
    await frozen(cluster, chance, 60.0)


async def bus_killed(cluster: Cluster, chance: random.Random) -> None:
    """Nothing carries events between the tasks for some seconds."""
    async with cluster.bus_busy:
        for task in cluster.tasks:
            task.bus.is_refused = True
            task.bus.cut()
        cluster.bus.stop()
        await asyncio.sleep(3)
        cluster.bus.start()
        cluster.retarget()
        for task in cluster.tasks:
            task.bus.is_refused = False


async def bus_slow(cluster: Cluster, chance: random.Random) -> None:
    """What the bus carries comes a third of a second later, and so do the answers."""
    async with cluster.bus_busy:
        await _slowed([task.bus for task in cluster.tasks], 0.3)


async def bus_deaf(cluster: Cluster, chance: random.Random) -> None:
    """One task neither hears the bus nor is heard, and no connection is closed."""
    async with cluster.bus_busy:
        wire = chance.choice(cluster.tasks).bus
        wire.hold()
        await asyncio.sleep(4)
        if chance.random() < 0.5:
            wire.cut()
        wire.release()


async def database_killed(cluster: Cluster, chance: random.Random) -> None:
    """PostgreSQL gets SIGKILL, is away for a second, and recovers."""
    async with cluster.database_busy, cluster.nobody_served():
        await asyncio.to_thread(cluster.database.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(cluster.database.start)
        cluster.retarget()


async def database_full(cluster: Cluster, chance: random.Random) -> None:
    """The tasks lose their connections to PostgreSQL, and before they have new ones others took all there are."""
    taken: list[asyncpg.Connection] = []
    wires = [task.database for task in cluster.tasks]
    async with cluster.database_busy, cluster.nobody_served():
        for wire in wires:
            wire.is_refused = True
            wire.cut()
        try:
            with contextlib.suppress(asyncpg.TooManyConnectionsError):
                while True:
                    taken.append(await asyncpg.connect(cluster.database.url))
            for wire in wires:
                wire.is_refused = False
            await asyncio.sleep(2)
        finally:
            for connection in taken:
                connection.terminate()


async def database_slow(cluster: Cluster, chance: random.Random) -> None:
    """What goes to PostgreSQL takes a fifth of a second, and so do its answers."""
    async with cluster.database_busy:
        await _slowed([task.database for task in cluster.tasks], 0.2)


async def row_held(cluster: Cluster, chance: random.Random) -> None:
    """Somebody holds the rows that every message locks: first commits are in flight while people ask again."""
    async with cluster.database_busy, cluster.database.connected() as connection:
        for _ in range(3):
            async with connection.transaction():
                # In the order in which the service locks them; whoever took another one would make deadlocks.
                await connection.execute("select from conversations order by id for update")
                await asyncio.sleep(chance.uniform(0.3, 1.2))
            await asyncio.sleep(0.2)


async def reply_lost(cluster: Cluster, chance: random.Random) -> None:
    """Connections to PostgreSQL are lost between the commit and the reply."""
    async with cluster.database_busy:
        for _ in range(8):
            wire = chance.choice(cluster.tasks).database
            wire.loses_reply = True
            await asyncio.sleep(0.3)
            wire.loses_reply = False


async def never_reads(cluster: Cluster, chance: random.Random) -> None:
    """Somebody asks for long messages, again and again, and reads nothing of what they are sent."""
    task = chance.choice(cluster.tasks)
    async with task.busy:
        name = f"never-reads-{chance.getrandbits(64)}"
        async with cluster.database_busy, cluster.database.connected() as connection:
            await _said_much(connection, name)
        try:
            async with asyncio.timeout(10):
                await _is_closed_on(cluster, task, name)
        except TimeoutError:
            cluster.broken.append("somebody who reads nothing was not closed on within 10 s")
        except (OSError, asyncio.IncompleteReadError):
            pass  # another fault came first


async def vanished(cluster: Cluster, chance: random.Random) -> None:
    """Some people's connections carry nothing any more, in either direction, and nobody is told."""
    cluster.street.strand()
    await asyncio.sleep(52)


SHORT: dict[str, Fault] = {
    each.__name__: each
    for each in (
        killed, stopped, reclaimed, deployed, frozen, bus_killed, bus_slow, bus_deaf, database_killed, database_full,
        database_slow, row_held, reply_lost, never_reads,
    )
}  # fmt: skip
"""At most ten seconds each."""

FAULTS = {**SHORT, **{each.__name__: each for each in (frozen_long, vanished)}}

ONLY_THE_BUS = {"bus_killed", "bus_slow", "bus_deaf"}
ONLY_DRAINS = {"stopped", "reclaimed"}


async def _drained(cluster: Cluster, task: Task) -> None:
    """A task that was told to go answers everybody, and is gone in time."""
    began = time.monotonic()
    task.signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(cluster.drain_seconds + DRAIN_SLACK_SECONDS):
            code = await task.ended()
            if code:
                log = task.log.read_text()[-500:]
                cluster.broken.append(f"task {task.number} drained and ended with {code}: {log}")
    except TimeoutError:
        cluster.broken.append(f"task {task.number} was not gone {time.monotonic() - began:.1f} s after SIGTERM")
        await task.stop()
    await _replaced(cluster, task)


async def _replaced(cluster: Cluster, task: Task) -> None:
    await cluster.balancer.out(task)
    await cluster.balancer.cut(task)
    await task.start()
    await cluster.balancer.back(task)


async def _slowed(wires: list[Wire], delay: float) -> None:
    for wire in wires:
        wire.delay = delay
    await asyncio.sleep(4)
    for wire in wires:
        wire.delay = 0.0


async def _said_much(connection: asyncpg.Connection, name: str) -> None:
    """More than one answer carries, a quarter of a megabyte: the system's own buffers are full after some twenty."""
    await connection.execute("insert into users (id) values ($1)", name)
    await connection.execute(
        "insert into conversations (id, changed_at, member_ids, is_pair, last_seq)"
        " values ($1, now(), array[$1], false, 80)",
        name,
    )
    await connection.execute("insert into members (conversation_id, user_id) values ($1, $1)", name)
    await connection.execute(
        "insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body)"
        " select $1, seq, 'message', $1 || seq, $1, now(), seq::text, repeat('x', 4000)"
        " from generate_series(1, 80) seq",
        name,
    )


async def _is_closed_on(cluster: Cluster, task: Task, name: str) -> None:
    """Raises TimeoutError (of the caller) where somebody who never reads stays."""
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    lazy.connect(("127.0.0.1", task.port))
    lazy.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=lazy, limit=2**10)
    try:
        writer.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: faults\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        _say(writer, f'40{{"token":"{cluster.token(name)}"}}')
        while b"40{" not in (heard := await reader.read(100)):
            if not heard:
                raise ConnectionResetError
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        while not writer.transport.is_closing():
            _say(writer, '421["sync",{"cursors":{}}]')
            await asyncio.sleep(0.05)
    finally:
        writer.transport.abort()


def _say(writer: asyncio.StreamWriter, message: str) -> None:
    data = message.encode()
    head = b"\x81" + (bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2))
    writer.write(head + b"\0\0\0\0" + data)
