"""The faults. Each one ends with every part as it was before, or replaced as the platform would replace it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import socket
import time
from collections.abc import Awaitable, Callable

import asyncpg

from benchmarks.attacks.attacks import AT_SMALL_SCALE, attack_in_process
from benchmarks.faults.cluster import SECRET, Cluster, Task
from benchmarks.faults.faulty_proxy import FaultyProxy

DEREGISTRATION_SECONDS = 0.5
"""After a task ends, the platform takes this long to remove it from the balancer."""

ATTACK_SECONDS, ATTACK_SCALE = 4.0, 0.05

Fault = Callable[[Cluster, random.Random], Awaitable[None]]


async def killed(cluster: Cluster, rng: random.Random) -> None:
    """A task gets SIGKILL and is replaced."""
    task = rng.choice(cluster.tasks)
    async with cluster.replacing(task):
        task.signal(signal.SIGKILL)
        await task.wait()
        await asyncio.sleep(DEREGISTRATION_SECONDS)
        await _replace(cluster, task)


async def stopped(cluster: Cluster, rng: random.Random) -> None:
    """A task gets SIGTERM and the balancer finds out by its health checks, as when somebody stops a task by hand."""
    task = rng.choice(cluster.tasks)
    async with cluster.replacing(task):
        await _stop_and_replace(cluster, task)


async def reclaimed(cluster: Cluster, rng: random.Random) -> None:
    """A task gets SIGTERM and leaves the balancer at the same moment, as when Spot reclaims it."""
    task = rng.choice(cluster.tasks)
    async with cluster.replacing(task):
        await cluster.balancer.disable(task)
        await _stop_and_replace(cluster, task)


async def deployed(cluster: Cluster, rng: random.Random) -> None:
    """The balancer cuts a task's connections and SIGTERM comes later, as in a deploy after its deregistration delay."""
    task = rng.choice(cluster.tasks)
    async with cluster.replacing(task):
        await cluster.balancer.disable(task)
        await cluster.balancer.close_connections(task)
        await asyncio.sleep(1)
        await _stop_and_replace(cluster, task)


async def frozen(cluster: Cluster, rng: random.Random, seconds: float = 3.0) -> None:
    """A task gets SIGSTOP, and SIGCONT three seconds later."""
    task = rng.choice(cluster.tasks)
    async with task.lock:
        task.signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        task.signal(signal.SIGCONT)


async def frozen_long(cluster: Cluster, rng: random.Random) -> None:
    """A task gets SIGSTOP, and SIGCONT a minute later, when its clients and the balancer have given it up."""
    await frozen(cluster, rng, 60.0)


async def bus_killed(cluster: Cluster, rng: random.Random) -> None:
    """The bus is away for three seconds."""
    async with cluster.bus_lock:
        for task in cluster.tasks:
            task.bus_proxy.is_refused = True
            task.bus_proxy.cut()
        cluster.bus.stop()
        await asyncio.sleep(3)
        cluster.bus.start()
        cluster.update_proxy_targets()
        for task in cluster.tasks:
            task.bus_proxy.is_refused = False


async def bus_slow(cluster: Cluster, rng: random.Random) -> None:
    """Everything to and from the bus takes 0.3 s longer."""
    async with cluster.bus_lock:
        await _delay([task.bus_proxy for task in cluster.tasks], 0.3)


async def bus_deaf(cluster: Cluster, rng: random.Random) -> None:
    """One task neither receives from the bus nor sends to it, though its connections stay open."""
    async with cluster.bus_lock:
        proxy = rng.choice(cluster.tasks).bus_proxy
        proxy.hold()
        await asyncio.sleep(4)
        if rng.random() < 0.5:
            proxy.cut()
        proxy.release()


async def database_killed(cluster: Cluster, rng: random.Random) -> None:
    """PostgreSQL gets SIGKILL, is away for a second, and recovers."""
    async with cluster.database_lock, cluster.outage():
        await asyncio.to_thread(cluster.database.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(cluster.database.start)
        cluster.update_proxy_targets()


async def database_full(cluster: Cluster, rng: random.Random) -> None:
    """The tasks lose their connections to PostgreSQL, and others take all free ones before the tasks reconnect."""
    connections: list[asyncpg.Connection] = []
    proxies = [task.database_proxy for task in cluster.tasks]
    async with cluster.database_lock, cluster.outage():
        for proxy in proxies:
            proxy.is_refused = True
            proxy.cut()
        try:
            with contextlib.suppress(asyncpg.TooManyConnectionsError):
                while True:
                    connections.append(await asyncpg.connect(cluster.database.url))
            for proxy in proxies:
                proxy.is_refused = False
            await asyncio.sleep(2)
        finally:
            for connection in connections:
                connection.terminate()


async def database_slow(cluster: Cluster, rng: random.Random) -> None:
    """Everything to and from PostgreSQL takes 0.2 s longer."""
    async with cluster.database_lock:
        await _delay([task.database_proxy for task in cluster.tasks], 0.2)


async def row_held(cluster: Cluster, rng: random.Random) -> None:
    """Somebody locks the rows that every message needs, so that clients send again before the first try commits."""
    async with cluster.database_lock, cluster.database.connected() as connection:
        for _ in range(3):
            async with connection.transaction():
                # In the order in which the service locks them: another order would cause deadlocks.
                await connection.execute("select from conversations order by id for update")
                await asyncio.sleep(rng.uniform(0.3, 1.2))
            await asyncio.sleep(0.2)


async def reply_lost(cluster: Cluster, rng: random.Random) -> None:
    """Connections to PostgreSQL are lost after a commit and before its reply."""
    async with cluster.database_lock:
        for _ in range(8):
            proxy = rng.choice(cluster.tasks).database_proxy
            proxy.loses_reply = True
            await asyncio.sleep(0.3)
            proxy.loses_reply = False


async def never_reads(cluster: Cluster, rng: random.Random) -> None:
    """A client asks for long messages again and again, and never reads the answers."""
    task = rng.choice(cluster.tasks)
    async with task.lock:
        name = f"never-reads-{rng.getrandbits(64)}"
        async with cluster.database_lock, cluster.database.connected() as connection:
            await insert_long_messages(connection, name)
        try:
            async with asyncio.timeout(10):
                await _wait_until_closed(cluster, task, name)
        except TimeoutError:
            cluster.violations.append("a client that never reads was not disconnected within 10 s")
        except (OSError, asyncio.IncompleteReadError):
            pass  # another fault came first


async def attacker(cluster: Cluster, rng: random.Random) -> None:
    """Two of the attacks of benchmarks/attacks go on for four seconds, with a twentieth of their connections."""
    ports = [cluster.client_proxy.port, cluster.balancer.port, *(task.port for task in cluster.tasks)]
    names = rng.sample(AT_SMALL_SCALE, 2)
    got = await asyncio.gather(
        *(attack_in_process(name, rng.choice(ports), SECRET, ATTACK_SECONDS, scale=ATTACK_SCALE) for name in names)
    )
    lines = (f"{name}: {counts}\n" for name, counts in zip(names, got, strict=True))
    (cluster.folder / "attacks").write_text("".join(lines))


async def vanished(cluster: Cluster, rng: random.Random) -> None:
    """The connections of one user silently stop carrying data, in both directions."""
    cluster.client_proxy.blackhole()
    await asyncio.sleep(52)


SHORT_FAULTS: dict[str, Fault] = {
    each.__name__: each
    for each in (
        killed, stopped, reclaimed, deployed, frozen, bus_killed, bus_slow, bus_deaf, database_killed, database_full,
        database_slow, row_held, reply_lost, never_reads, attacker,
    )
}  # fmt: skip
"""At most ten seconds each."""

FAULTS = {**SHORT_FAULTS, **{each.__name__: each for each in (frozen_long, vanished)}}

BUS_FAULTS = {"bus_killed", "bus_slow", "bus_deaf"}
DRAIN_FAULTS = {"stopped", "reclaimed"}
NO_EXCUSES = {"attacker"}
"""Beside these faults everything is required that is required without them."""


async def _stop_and_replace(cluster: Cluster, task: Task) -> None:
    """Stop a task with SIGTERM; it must end with status 0 within its drain time."""
    began = time.monotonic()
    task.signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(cluster.drain_seconds + cluster.drain_tolerance_seconds):
            code = await task.wait()
            if code:
                log = task.log.read_text()[-500:]
                cluster.violations.append(f"task {task.number} drained and ended with {code}: {log}")
    except TimeoutError:
        cluster.violations.append(f"task {task.number} was not gone {time.monotonic() - began:.1f} s after SIGTERM")
        await task.stop()
    await _replace(cluster, task)


async def _replace(cluster: Cluster, task: Task) -> None:
    await cluster.balancer.disable(task)
    await cluster.balancer.close_connections(task)
    await task.start()
    await cluster.balancer.enable(task)


async def _delay(proxies: list[FaultyProxy], delay: float) -> None:
    for proxy in proxies:
        proxy.delay = delay
    await asyncio.sleep(4)
    for proxy in proxies:
        proxy.delay = 0.0


async def insert_long_messages(connection: asyncpg.Connection, name: str) -> None:
    """320 kB, so that each sync returns its maximum of 256 kB: some twenty answers fill the system's socket buffers."""
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


async def _wait_until_closed(cluster: Cluster, task: Task, name: str) -> None:
    """Connect as a client that never reads, and return once the task closes the connection."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", task.port))
    client.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=client, limit=2**10)
    try:
        writer.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: faults\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        _send_text(writer, f'40{{"token":"{cluster.token(name)}"}}')
        while b"40{" not in (received := await reader.read(100)):
            if not received:
                raise ConnectionResetError
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        while not writer.transport.is_closing():
            _send_text(writer, '421["sync",{"cursors":{}}]')
            await asyncio.sleep(0.05)
    finally:
        writer.transport.abort()


def _send_text(writer: asyncio.StreamWriter, message: str) -> None:
    data = message.encode()
    head = b"\x81" + (bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2))
    writer.write(head + b"\0\0\0\0" + data)
