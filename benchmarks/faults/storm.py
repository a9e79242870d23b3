"""
A reconnect storm: a task with 2,000 users ends, and all of them reconnect to the other one, which has a quarter vCPU.

Run:     python -m benchmarks.faults.storm [--people 2000] [--rounds 3]
Needs:   what benchmarks.faults.measure needs, and root for control groups. The tasks have the first core, a quarter of
         it each; PostgreSQL, the balancer and the users on the unmodified socket.io-client share the second.

Each round runs once with SIGKILL, when all users lose their connection at the same moment, and once with SIGTERM, when
the draining task disconnects them one by one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.chat.measure import commit, machine
from benchmarks.chat.rows import MAX_MEMORY_BYTES, TASK_VCPU
from benchmarks.chat.servers import CLIENT_CORE, SERVER_CORE, create_users
from benchmarks.faults.checker import reconnects
from benchmarks.faults.clients import install_clients, running_clients
from benchmarks.faults.cluster import Cluster, Database, PostgresBusServer, running_cluster, running_database
from benchmarks.faults.measure import CACHE
from glimpse.operations.outside.control_group import ControlGroup

DRAIN_SECONDS = 25
CONNECT_SECONDS = 120.0
SETTLE_SECONDS = 3.0
"""Between the last connect and the signal, so that the connects cost nothing any more."""


def user_options(cluster: Cluster, count: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"u{number}",
            "token": cluster.token(f"u{number}"),
            "url": f"http://127.0.0.1:{cluster.balancer.port}",
            "transports": ["websocket"],
            "others": [],
            "seed": number,
            "pauseMs": 0,
        }
        for number in range(count)
    ]


async def storm(
    folder: Path, scripts: Path, database: Database, count: int, stop_signal: signal.Signals
) -> list[float]:
    """The seconds that each user was disconnected."""
    with ExitStack() as stack:
        groups = [
            stack.enter_context(
                ControlGroup(f"glimpse-benchmark-task{number}", SERVER_CORE, TASK_VCPU, MAX_MEMORY_BYTES)
            )
            for number in range(2)
        ]
        add_to_group = lambda number, pid: groups[number].add([pid])  # noqa: E731
        async with running_cluster(
            folder, database, PostgresBusServer(database), DRAIN_SECONDS, on_process=add_to_group
        ) as cluster:
            stopping, remaining = cluster.tasks
            await cluster.balancer.disable(remaining)
            async with running_clients(scripts, user_options(cluster, count)) as clients:
                assert await clients.all_connected(CONNECT_SECONDS), "not every user could connect"
                await asyncio.sleep(SETTLE_SECONDS)
                await cluster.balancer.enable(remaining)
                stopping.signal(stop_signal)
                await cluster.balancer.disable(stopping)
                await stopping.wait()
                while sum(note["what"] == "disconnect" for note in clients.notes) < count:
                    await asyncio.sleep(0.05)
                assert await clients.all_connected(CONNECT_SECONDS), "not every user could reconnect"
                return [(back_at - lost_at) / 1000 for _, lost_at, back_at, _ in reconnects(clients.notes)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.sched_setaffinity(0, {CLIENT_CORE})
    scripts = install_clients(CACHE)
    print(f"{date.today()}, {machine()}, commit {commit()}, {options.people:,} people", flush=True)
    with running_database() as database:
        asyncio.run(create_users(database.url, options.people, 1))
        for _ in range(options.rounds):
            for stop_signal in (signal.SIGKILL, signal.SIGTERM):
                with tempfile.TemporaryDirectory() as folder:
                    away = sorted(asyncio.run(storm(Path(folder), scripts, database, options.people, stop_signal)))
                print(
                    f"{stop_signal.name}: {len(away):,} were away for {statistics.median(away):.2f} s (median),"
                    f" {away[int(len(away) * 0.99)]:.2f} s (99 %), {away[-1]:.2f} s (most);"
                    f" {sum(each <= 5 for each in away) / len(away):.1%} for 5 s at most",
                    flush=True,
                )


if __name__ == "__main__":
    main()
