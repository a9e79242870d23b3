"""The rows in which nothing happens: idle sockets, a quiet task, and one that has just started."""

from __future__ import annotations

import asyncio

from benchmarks.chat.load import LoadStats, connect_clients
from benchmarks.chat.processes import resident_bytes
from benchmarks.chat.rows import FIRST_IDLE_USER, IDLE_CONVERSATIONS, USERS, Bench, pairs, settle, task_group
from benchmarks.chat.servers import SECRET, running_server
from glimpse.operations.outside.control_group import ControlGroup


def idle(bench: Bench) -> None:
    """Idle sockets of users with 20 conversations each: memory, CPU, and the cost of their connects."""
    bench.serve(bench.glimpse, lambda *task: _idle(bench, *task), None)


async def _idle(bench: Bench, port: int, pid: int, group: ControlGroup) -> None:
    def user_of(number: int) -> tuple[str, str]:
        return f"u{FIRST_IDLE_USER + number}", ""

    count, stats = bench.options.idle, LoadStats()
    base = group.memory_bytes()
    first = await connect_clients(port, SECRET, USERS, stats, user_of)
    memory, resident, cpu = group.memory_bytes(), resident_bytes(pid), group.cpu_seconds()
    more = await connect_clients(port, SECRET, count, stats, lambda number: user_of(USERS + number))
    await asyncio.sleep(1)
    connect_cpu, cpu = group.cpu_seconds() - cpu, group.cpu_seconds()
    await asyncio.sleep(bench.options.idle_seconds)
    heartbeats = (group.cpu_seconds() - cpu) / len(first + more)
    bench.record(
        f"glimpse, idle sockets, {IDLE_CONVERSATIONS} conversations each",
        **{
            "bytes a socket": (group.memory_bytes() - memory) / count,
            "resident bytes a socket": (resident_bytes(pid) - resident) / count,
            "µs a connect": connect_cpu / count * 1e6,
            "µs a socket an hour": heartbeats * 3600 / bench.options.idle_seconds * 1e6,
            "MiB before anybody came": base / 2**20,
        },
    )
    for client in first + more:
        client.close()


def quiet(bench: Bench) -> None:
    """CPU an hour of a task with nobody on it, and with 1,000 idle sockets, without a bus and with one."""
    for _ in range(bench.options.rounds):
        for name, bus_url in {"without a bus": "", "PostgreSQL bus": "postgresql:"}.items():
            server = bench.glimpse_with(bus_url=bus_url)
            bench.serve(server, lambda *task, name=name: _quiet(bench, name, *task))


async def _quiet(bench: Bench, name: str, port: int, pid: int, group: ControlGroup) -> None:
    for sockets in (0, USERS):
        clients = await connect_clients(port, SECRET, sockets, LoadStats(), pairs)
        await settle(group)
        cpu, stored = group.cpu_seconds(), bench.database.cpu_seconds()
        await asyncio.sleep(bench.options.idle_seconds)
        cpu, stored = group.cpu_seconds() - cpu, bench.database.cpu_seconds() - stored
        times = 3600 / bench.options.idle_seconds
        figures = {"CPU s an hour": cpu * times, "database CPU s an hour": stored * times}
        bench.record(f"glimpse, {sockets:,} idle sockets, {name}", **figures)
        for client in clients:
            client.close()


def start(bench: Bench) -> None:
    """From the start of the process until it serves: CPU seconds and memory."""
    for _ in range(bench.options.rounds):
        with task_group() as group, running_server(bench.glimpse, bench.url, group) as (_, pid):
            figures = {"CPU s": group.cpu_seconds(), "MiB": group.memory_bytes() / 2**20}
            bench.record("glimpse, start", **figures, **{"resident MiB": resident_bytes(pid) / 2**20})
