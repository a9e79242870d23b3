"""What the rows of the table share: the users, the database, the tasks, and how load is put on them and measured."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import asyncpg
import uvloop

from benchmarks.chat.load import LoadClient, LoadStats, closed_loop, connect_clients, finish_sending, open_loop
from benchmarks.chat.servers import RIVALS, SECRET, SERVER_CORE, Server, glimpse, running_server
from glimpse.operations.outside.control_group import ControlGroup

TASK_VCPU, MAX_MEMORY_BYTES = 0.25, 512 * 2**20
USERS = 1_000
STEADY_RATE = 300
"""Messages a second."""

STORM_CLIENTS = 2_000
FIRST_IDLE_USER, IDLE_CONVERSATIONS = 2_000, 20
"""The users from this one on have several conversations each, those before it one."""

WARM_UP_SECONDS = 3.0
QUIET_CPU, MAX_SETTLE_SECONDS = 0.02, 60.0
"""A server that uses less of a core than this has finished what its clients' connects left behind."""

BODY_LENGTHS = (100, 225, 350)
"""
Characters of a message's text. With UUIDs as ids, the event of a message of the middle length has 500 bytes, which is
the planner's default for `sizes.message_bytes`.
"""

Figures = dict[str, list[float]]
"""Measurements by name, which includes the unit; one number per round."""


def pairs(number: int) -> tuple[str, str]:
    """The user and conversation of a client: users in turn, each with the first of their conversations."""
    user = number % USERS
    return f"u{user}", f"c{user // 2}"


def numeric_pairs(number: int) -> tuple[str, str]:
    """The same with the ids of the rivals, which count from 1."""
    user = number % USERS
    return str(user + 1), str(user // 2 + 1)


def pairs_of(server: Server) -> Callable[[int], tuple[str, str]]:
    return numeric_pairs if server in RIVALS else pairs


class ControlGroups:
    """Adds up the CPU time of several control groups."""

    def __init__(self, groups: Sequence[ControlGroup]) -> None:
        self._groups = groups

    def cpu_seconds(self) -> float:
        return sum(group.cpu_seconds() for group in self._groups)


CpuMeter = ControlGroup | ControlGroups


def task_group(share: float | None = TASK_VCPU, number: int = 0) -> ControlGroup:
    """The control group of a task. A share of None means a whole core and no limit on memory."""
    # Several benchmarks may run at once.
    name = f"glimpse-benchmark-task{number}-{os.getpid()}"
    return ControlGroup(name, SERVER_CORE, share, MAX_MEMORY_BYTES if share else None)


async def settle(group: CpuMeter) -> None:
    """Wait until a server is quiet. Raises TimeoutError where it does not become quiet."""
    async with asyncio.timeout(MAX_SETTLE_SECONDS):
        used, seconds = 1.0, 0.5
        while used > QUIET_CPU * seconds:
            cpu = group.cpu_seconds()
            await asyncio.sleep(seconds)
            used = group.cpu_seconds() - cpu


class Bench:
    """A database with users, and the measurements on it."""

    def __init__(self, url: str, database_group: ControlGroup, options: argparse.Namespace) -> None:
        self.url, self.database, self.options = url, database_group, options
        self.results: dict[str, Figures] = {}
        self.glimpse = self.glimpse_with()
        self.servers: Sequence[Server] = (self.glimpse,) if options.alone else (self.glimpse, *RIVALS)

    def glimpse_with(self, **settings: str) -> Server:
        return glimpse(self.options.python, **settings)

    def record(self, row: str, **figures: float) -> None:
        for name, value in figures.items():
            self.results.setdefault(row, {}).setdefault(name, []).append(value)

    def last(self, row: str, name: str) -> float:
        """What was recorded last."""
        return self.results[row][name][-1]

    def serve(
        self,
        server: Server,
        work: Callable[[int, int, ControlGroup], Coroutine[Any, Any, None]],
        share: float | None = TASK_VCPU,
    ) -> None:
        """Run `work` with the port, the pid and the control group of a new server."""
        with task_group(share) as group, running_server(server, self.url, group) as (port, pid):
            uvloop.run(work(port, pid, group))

    @contextmanager
    def tasks_on(self, bus_url: str) -> Iterator[tuple[list[int], list[ControlGroup]]]:
        """
        The ports of two new tasks, each in its own control group on the same core. Where `bus_url` is empty, of one
        task.
        """
        with ExitStack() as stack:
            ports, groups = [], []
            for number in range(2 if bus_url else 1):
                groups.append(stack.enter_context(task_group(number=number)))
                server = running_server(self.glimpse_with(bus_url=bus_url), self.url, groups[-1])
                ports.append(stack.enter_context(server)[0])
            yield ports, groups

    async def connect(
        self, port: int, stats: LoadStats, count: int, user_of: Callable[[int], tuple[str, str]]
    ) -> list[LoadClient]:
        """`count` clients in a closed loop that is warm."""
        clients = await connect_clients(port, SECRET, count, stats, user_of)
        await closed_loop(clients, stats, 0, WARM_UP_SECONDS)
        return clients

    async def full_load(self, row: str, clients: Sequence[LoadClient], stats: LoadStats, group: CpuMeter) -> None:
        """Measure a closed loop that goes on, and end it."""
        stats.reset()
        began, cpu, stored = time.perf_counter(), group.cpu_seconds(), self.database.cpu_seconds()
        await asyncio.sleep(self.options.seconds)
        seconds = time.perf_counter() - began
        self._record_load(row, stats, seconds, group.cpu_seconds() - cpu, self.database.cpu_seconds() - stored)
        await finish_sending(clients)

    async def load(
        self, row: str, clients: Sequence[LoadClient], stats: LoadStats, group: CpuMeter, rate: float
    ) -> None:
        """Measure an open loop of `rate` messages a second."""
        await open_loop(clients, rate, WARM_UP_SECONDS, seed=1)
        await finish_sending(clients)
        stats.reset()
        began, cpu, stored = time.perf_counter(), group.cpu_seconds(), self.database.cpu_seconds()
        await open_loop(clients, rate, self.options.seconds, seed=2)
        seconds = time.perf_counter() - began
        await finish_sending(clients)
        self._record_load(row, stats, seconds, group.cpu_seconds() - cpu, self.database.cpu_seconds() - stored)

    def _record_load(self, row: str, stats: LoadStats, seconds: float, cpu: float, stored: float) -> None:
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

    def record_ratio(self, row: str, beside: str, name: str) -> None:
        """Record a row's last figure divided by that of another row in the same round."""
        self.record(row, **{f"{name}, times {beside}": self.last(row, name) / self.last(beside, name)})

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        await connection.execute(statement)
        await connection.close()


def table(results: dict[str, Figures]) -> str:
    lines = ["| | what | median | least to most |", "|---|---|---:|---:|"]
    for row, figures in results.items():
        for name, values in figures.items():
            median = statistics.median(values)
            digits = 0 if median >= 100 else 1 if median >= 10 else 2
            spread = f"{min(values):,.{digits}f} to {max(values):,.{digits}f}" if len(values) > 1 else "one run"
            lines.append(f"| {row} | {name} | {median:,.{digits}f} | {spread} |")
    return "\n".join(lines)
