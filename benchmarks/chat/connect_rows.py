"""The rows of connects: what one costs, many at once after a task was killed, and whether memory grows."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import uvloop

from benchmarks.chat.load import LoadClient, LoadStats, connect_clients
from benchmarks.chat.polling import connect_and_upgrade
from benchmarks.chat.processes import resident_bytes
from benchmarks.chat.rows import STORM_CLIENTS, Bench, pairs, pairs_of, settle, task_group
from benchmarks.chat.servers import RIVALS, SECRET, Server, running_server
from glimpse.chat.tokens import Tokens
from glimpse.operations.outside.control_group import ControlGroup

CONNECTS = 2_000

# The defaults of socket.io-client 4.8: reconnectionDelay with its randomizationFactor, reconnectionDelayMax, timeout.
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS, ATTEMPT_SECONDS = (0.5, 1.5), 5.0, 20.0
SOON_SECONDS, MAX_STORM_SECONDS = 5.0, 180.0


def connects(bench: Bench) -> None:
    """Connects by WebSocket only, and by polling followed by an upgrade; each user has one conversation."""
    for _ in range(bench.options.rounds):
        # The other rival accepts no polling.
        for server in bench.servers[:2]:
            bench.serve(server, lambda *task, server=server: _connects(bench, server, *task), None)


async def _connects(bench: Bench, server: Server, port: int, pid: int, group: ControlGroup) -> None:
    stats, user_of = LoadStats(), pairs_of(server)

    async def by_websocket() -> Sequence[asyncio.WriteTransport]:
        clients = await connect_clients(port, SECRET, CONNECTS, stats, user_of)
        return [client.transport for client in clients]

    async def by_polling() -> Sequence[asyncio.WriteTransport]:
        return await connect_and_upgrade(port, SECRET, CONNECTS, lambda number: user_of(number)[0])

    ways: Sequence[tuple[str, Callable[[], Awaitable[Sequence[asyncio.WriteTransport]]]]] = [
        ("", by_websocket),  # warms the server
        ("WebSocket only", by_websocket),
        ("polling, then upgrade", by_polling),
    ]
    for way, connect in ways:
        await settle(group)
        cpu, stored = group.cpu_seconds(), bench.database.cpu_seconds()
        transports = await connect()
        await asyncio.sleep(0.5)
        cpu, stored = group.cpu_seconds() - cpu, bench.database.cpu_seconds() - stored
        if way:
            figures = {f"µs {way}": cpu / CONNECTS * 1e6, f"database µs {way}": stored / CONNECTS * 1e6}
            bench.record(f"{server.name}, connects", **figures)
        for transport in transports:
            transport.abort()


def storm(bench: Bench) -> None:
    """SIGKILL of a task with 2,000 clients, who connect by WebSocket to another that runs already, or to a new one."""
    # Tasks that serve one database at a time need a bus.
    servers = (bench.glimpse_with(bus_url="postgresql:"), *bench.servers[1:2])
    for _ in range(bench.options.rounds):
        for is_new in (False, True):
            for server in servers:
                uvloop.run(_storm(bench, server, is_new))


@dataclass
class Address:
    """Where clients connect, as a balancer's address leads to another task after the first one ended."""

    port: int


async def _storm(bench: Bench, server: Server, is_new: bool) -> None:
    stats, kind = LoadStats(), "a new task" if is_new else "a task that runs already"

    def user_of(number: int) -> tuple[str, str]:
        # Each has a user of its own.
        return (str(number + 1), "") if server in RIVALS else (f"u{number}", "")

    with ExitStack() as stack:
        killed, other = (stack.enter_context(task_group(number=number)) for number in range(2))
        port, pid = stack.enter_context(running_server(server, bench.url, killed))
        starting = running_server(server, bench.url, other)
        clients = await connect_clients(port, SECRET, STORM_CLIENTS, stats, user_of)
        await settle(killed)
        address, tokens = Address(port), Tokens([SECRET], 3600)
        returning = [
            asyncio.create_task(connect_again(client, address, tokens.issue(user_of(number)[0], time.time()), number))
            for number, client in enumerate(clients)
        ]
        if not is_new:
            address.port, _ = await asyncio.to_thread(stack.enter_context, starting)
            await settle(other)
        began = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        if is_new:
            address.port, _ = await asyncio.to_thread(stack.enter_context, starting)
        serving, cpu = time.perf_counter(), other.cpu_seconds()
        async with asyncio.timeout(MAX_STORM_SECONDS):
            back = await asyncio.gather(*returning)
        seconds = [at - serving for _, at in back]
        await settle(other)
        assert not any(client.closed.done() for client, _ in back), "a client was disconnected again"
        soon = sum(each <= SOON_SECONDS for each in seconds) / len(seconds)
        bench.record(
            f"{server.name}, storm of {STORM_CLIENTS:,} onto {kind}",
            **{
                "s from SIGKILL until a task serves": serving - began,
                f"% back within {SOON_SECONDS:.0f} s of that": soon * 100,
                "s until all are back": max(seconds),
                "server µs a connect": (other.cpu_seconds() - cpu) / len(seconds) * 1e6,
            },
        )
        for client, _ in back:
            client.close()


async def connect_again(lost: LoadClient, address: Address, token: str, seed: int) -> tuple[LoadClient, float]:
    """
    Wait until a client lost its connection, and connect as socket.io-client does: a random pause before each attempt,
    which doubles. The new client, and when it was connected.
    """
    await lost.closed
    loop, pauses, factor = asyncio.get_running_loop(), random.Random(seed), 1
    while True:
        await asyncio.sleep(min(factor * pauses.uniform(*FIRST_PAUSE_SECONDS), MAX_PAUSE_SECONDS))
        factor *= 2
        make, transport = partial(LoadClient, token, "", LoadStats()), None
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                transport, client = await loop.create_connection(make, "127.0.0.1", address.port)
                answer = await client.connected
        except OSError:  # refused, closed or, as TimeoutError is one, too late
            if transport:
                transport.abort()
            continue
        assert answer.startswith(b"40"), answer
        return client, time.perf_counter()


def churn(bench: Bench) -> None:
    """Many connects from several addresses, a third of them refused, all closed abruptly: does memory grow?"""
    bench.serve(bench.glimpse, lambda *task: _churn(bench, *task), None)


async def _churn(bench: Bench, port: int, pid: int, group: ControlGroup) -> None:
    total, batch = bench.options.churn, 1_000
    after: list[int] = []
    for number in range(total // batch):
        secret = SECRET if number % 3 else "another secret, so that every connect is refused"
        address = f"127.0.0.{1 + number % 5}"
        for client in await connect_clients(port, secret, batch, LoadStats(), pairs, address):
            client.close()
        await asyncio.sleep(0.1)
        after.append(resident_bytes(pid))
    half, last = after[len(after) // 2], after[-1]
    bench.record(
        f"glimpse, {total:,} connects, refusals and drops",
        **{"MB at the half": half / 1e6, "MB at the end": last / 1e6, "growth %": (last / half - 1) * 100},
    )
