"""
Measure what storing a message costs the database and this process, alone and in batches, beside a plain insert.

Run:     python benchmarks/storing/measure.py
Compare: run it before and after a change on an idle machine; the plain insert shows how busy the machine was.
Needs:   Linux. The CPU time of the database session is counted in ticks of 10 ms, so each row takes seconds.
Units:   microseconds per message.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg

from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.values import NewMessage, StoredEntry

CONVERSATIONS = 500
MESSAGES_BY_BATCH_SIZE = {1: 4000, 10: 10_000, 100: 40_000, 500: 40_000}
PLAIN_INSERT = """
insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body)
values ($1, $2, 'message', gen_random_uuid()::text, $3, now(), $4, $5)
"""


def session_seconds(pid: int) -> float:
    """The CPU time of a database session, from the pid of its process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(name: str, pid: int, messages: int, work: Callable[[], Awaitable[None]]) -> None:
    wall, session, own = time.perf_counter(), session_seconds(pid), time.process_time()
    await work()
    costs = (time.perf_counter() - wall, session_seconds(pid) - session, time.process_time() - own)
    wall_us, session_us, own_us = (seconds / messages * 1e6 for seconds in costs)
    print(f"{name:14} wall {wall_us:7.1f}   database CPU {session_us:6.1f}   own CPU {own_us:6.1f}")


async def main(url: str) -> None:
    connection = await asyncpg.connect(url)
    await migrate(connection)
    store = await PostgresStore.open(url, connections=2)
    for n in range(CONVERSATIONS):
        pair = [f"user-{n:030d}-{side}" for side in "ab"]
        for user in pair:
            await store.ensure_user(user)
        await store.create_conversation(f"conversation-{n:023d}", pair[0], pair[1:])
    numbers = iter(range(10**9))

    def message() -> NewMessage:
        n = next(numbers)
        conversation = n * 7919 % CONVERSATIONS
        return NewMessage(
            f"conversation-{conversation:023d}",
            f"user-{conversation:030d}-{'ab'[n % 2]}",
            f"client-{n:029d}",
            "x" * 100,
        )

    async def plain() -> None:
        for n in range(MESSAGES_BY_BATCH_SIZE[1]):
            m = message()
            await connection.execute(PLAIN_INSERT, m.conversation_id, 10**9 + n, m.sender_id, m.client_id, m.body)

    async def batches(size: int, total: int) -> None:
        for _ in range(total // size):
            outcomes: Any = await store.append([message() for _ in range(size)])
            if not all(isinstance(outcome, StoredEntry) and outcome.is_new for outcome in outcomes):
                raise SystemExit("a message was not stored")

    await batches(1, 1)
    pid = store._kept.get_server_pid()
    await measure(
        "plain insert", await connection.fetchval("select pg_backend_pid()"), MESSAGES_BY_BATCH_SIZE[1], plain
    )
    for size, total in MESSAGES_BY_BATCH_SIZE.items():
        await measure(f"append n={size}", pid, total, lambda size=size, total=total: batches(size, total))  # type: ignore[misc]
    await store.close()
    await connection.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as url:
        asyncio.run(main(url))
