"""
Everybody comes back at once: a task dies with 2,000 people on it, and the other one has a quarter vCPU.

Run:     python -m benchmarks.faults.storm [--people 2000] [--rounds 3]
Needs:   what benchmarks.faults.measure needs, and root for control groups. The tasks have the first core, a quarter of
         it each; PostgreSQL, the balancer and the people on the unmodified socket.io-client share the second.

Each round once with SIGKILL, when all lose their connection in the same moment, and once with SIGTERM, when the task
sends them away one after the other.
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

from benchmarks.chat.cage import Cage
from benchmarks.chat.measure import commit, machine
from benchmarks.chat.rows import MAX_MEMORY_BYTES, SHARE
from benchmarks.chat.servers import OTHER_CORE, SERVER_CORE
from benchmarks.chat.servers import people as make_people
from benchmarks.faults.checker import returns
from benchmarks.faults.cluster import Cluster, Database, PostgresCarries, a_cluster, a_database
from benchmarks.faults.measure import CACHE
from benchmarks.faults.people import installed_clients, people

DRAIN_SECONDS = 25
PATIENCE_SECONDS = 120.0
SETTLED_SECONDS = 3.0


def crowd_of(cluster: Cluster, count: int) -> list[dict[str, Any]]:
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


async def storm(folder: Path, clients: Path, database: Database, count: int, how: signal.Signals) -> list[float]:
    """How long each was away, in seconds."""
    with ExitStack() as stack:
        cages = [
            stack.enter_context(Cage(f"glimpse-benchmark-task{number}", SERVER_CORE, SHARE, MAX_MEMORY_BYTES))
            for number in range(2)
        ]
        hold = lambda number, pid: cages[number].hold([pid])  # noqa: E731
        async with a_cluster(folder, database, PostgresCarries(database), DRAIN_SECONDS, hold=hold) as cluster:
            going, staying = cluster.tasks
            await cluster.balancer.out(staying)
            async with people(clients, crowd_of(cluster, count)) as crowd:
                assert await crowd.all_here(PATIENCE_SECONDS), "not everybody came"
                await asyncio.sleep(SETTLED_SECONDS)
                await cluster.balancer.back(staying)
                going.signal(how)
                await cluster.balancer.out(going)
                await going.ended()
                while sum(note["what"] == "disconnect" for note in crowd.notes) < count:
                    await asyncio.sleep(0.05)
                assert await crowd.all_here(PATIENCE_SECONDS), "not everybody came back"
                return [(back - lost) / 1000 for _, lost, back, _ in returns(crowd.notes)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.sched_setaffinity(0, {OTHER_CORE})
    clients = installed_clients(CACHE)
    print(f"{date.today()}, {machine()}, commit {commit()}, {given.people:,} people", flush=True)
    with a_database() as database:
        asyncio.run(make_people(database.url, given.people, 1))
        for _ in range(given.rounds):
            for how in (signal.SIGKILL, signal.SIGTERM):
                with tempfile.TemporaryDirectory() as folder:
                    away = sorted(asyncio.run(storm(Path(folder), clients, database, given.people, how)))
                print(
                    f"{how.name}: {len(away):,} were away for {statistics.median(away):.2f} s (median),"
                    f" {away[int(len(away) * 0.99)]:.2f} s (99 %), {away[-1]:.2f} s (most);"
                    f" {sum(each <= 5 for each in away) / len(away):.1%} for 5 s at most",
                    flush=True,
                )


if __name__ == "__main__":
    main()
