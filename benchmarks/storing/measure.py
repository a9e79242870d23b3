"""
Measure what storing a message costs the database and this process, alone and in batches, beside a plain insert.

Run:     python -m benchmarks.storing.measure [--rounds 5] [--messages 2000]
Compare: the ratios. Within a round, the ways to store one message take turns, so that noise affects all alike.
Needs:   Linux. The CPU time of the database is that of its sessions, without its background processes.
Units:   microseconds per message.

The plain insert returns nothing. "numbering alone" takes the next seq of the conversation, inserts and returns what the
database made, and does nothing else: it shows how far the rest of an append can be cut.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.chat.measure import commit, machine
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.values import NewMessage, StoredEntry

CONVERSATIONS = 500
SLICES = 3
"""How often the ways to store one message take turns in a round."""

MESSAGES_BY_BATCH_SIZE = {10: 10_000, 100: 40_000, 500: 40_000}
PLAIN, NUMBERING, APPEND = "plain insert", "numbering alone", "append n=1"
STATEMENTS = {
    PLAIN: """
insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body)
values ($1, $5, 'message', gen_random_uuid()::text, $2, now(), $3, $4)
""",
    NUMBERING: """
with numbered as (
    update conversations set last_seq = last_seq + 1, changed_at = greatest(changed_at, clock_timestamp())
    where id = $1
    returning last_seq, changed_at
)
insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body)
select $1, last_seq, 'message', gen_random_uuid()::text, $2, changed_at, $3, $4 from numbered
returning seq, id, created_at
""",
}
Costs = tuple[float, float, float]
"""Time by the clock, CPU time of the database's sessions, and that of this process."""


class Messages:
    """Makes messages, each in another conversation than the one before."""

    def __init__(self) -> None:
        self.made = 0

    def __iter__(self) -> Iterator[NewMessage]:
        return self

    def __next__(self) -> NewMessage:
        n = self.made = self.made + 1
        conversation = n * 7919 % CONVERSATIONS
        return NewMessage(
            f"conversation-{conversation:023d}",
            f"user-{conversation:030d}-{'ab'[n % 2]}",
            f"client-{n:029d}",
            "x" * 100,
        )


class Storing:
    """The ways to store messages, on one connection of its own or by the store."""

    def __init__(self, connection: Any, store: PostgresStore, one: int) -> None:
        self._connection, self._store, self._one, self._messages = connection, store, one, Messages()
        self._sessions: list[Path] = []
        self.costs: dict[str, list[Costs]] = defaultdict(list)
        """In microseconds a message, by way, one per round."""

    async def round(self) -> None:
        rows = await self._connection.fetch("select pid from pg_stat_activity where backend_type = 'client backend'")
        self._sessions = [Path(f"/proc/{row['pid']}/schedstat") for row in rows]
        spent: dict[str, list[Costs]] = defaultdict(list)
        for number in range(SLICES * 3):
            # Each way is once the first, once the second and once the last.
            name = [PLAIN, NUMBERING, APPEND][(number + number // 3) % 3]
            work = partial(self._append, 1) if name == APPEND else partial(self._execute, name)
            spent[name].append(await self._measure(partial(work, self._one // SLICES)))
        for name, slices in spent.items():
            self._record(name, [sum(each) for each in zip(*slices, strict=True)], self._one // SLICES * SLICES)
        for size, total in MESSAGES_BY_BATCH_SIZE.items():
            count = min(total, 10 * self._one) // size
            costs = await self._measure(partial(self._append, size, count))
            self._record(f"append n={size}", costs, count * size)

    def _record(self, name: str, costs: Sequence[float], messages: int) -> None:
        wall, database, own = (seconds / messages * 1e6 for seconds in costs)
        self.costs[name].append((wall, database, own))

    async def _measure(self, work: Callable[[], Awaitable[None]]) -> Costs:
        """In seconds."""
        wall, database, own = time.perf_counter(), self._database_seconds(), time.process_time()
        await work()
        return time.perf_counter() - wall, self._database_seconds() - database, time.process_time() - own

    def _database_seconds(self) -> float:
        """The CPU time of all sessions of clients since each began."""
        return sum(int(session.read_text().split()[0]) for session in self._sessions) / 1e9

    async def _execute(self, name: str, count: int) -> None:
        for message in (next(self._messages) for _ in range(count)):
            values: list[str | int] = [message.conversation_id, message.sender_id, message.client_id, message.body]
            if name == PLAIN:
                values.append(10**9 + self._messages.made)
            await self._connection.fetch(STATEMENTS[name], *values)

    async def _append(self, size: int, count: int) -> None:
        for _ in range(count):
            outcomes: Any = await self._store.append([next(self._messages) for _ in range(size)])
            if not all(isinstance(outcome, StoredEntry) and outcome.is_new for outcome in outcomes):
                raise SystemExit("a message was not stored")


async def measure(url: str, rounds: int, one: int) -> dict[str, list[Costs]]:
    connection = await asyncpg.connect(url)
    await migrate(connection)
    store = await PostgresStore.open(url, connections=2)
    for n in range(CONVERSATIONS):
        pair = [f"user-{n:030d}-{side}" for side in "ab"]
        for user in pair:
            await store.ensure_user(user)
        await store.create_conversation(f"conversation-{n:023d}", pair[0], pair[1:])
    storing = Storing(connection, store, one)
    await storing.round()
    storing.costs.clear()  # that round warmed everything
    for _ in range(rounds):
        await storing.round()
    await store.close()
    await connection.close()
    return storing.costs


def spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(costs: dict[str, list[Costs]]) -> str:
    lines = [
        "| how | wall | database CPU | own CPU | database CPU, times a plain insert's |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, rounds in costs.items():
        columns = [spread([each[place] for each in rounds], 1) for place in range(3)]
        ratios = [each[1] / plain[1] for each, plain in zip(rounds, costs[PLAIN], strict=True)]
        lines.append(f"| {name} | {' | '.join(columns)} | {spread(ratios, 2)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=2_000, help="how many are stored one by one in a round")
    options = parser.parse_args()
    command = f"python -m benchmarks.storing.measure {' '.join(sys.argv[1:])}".rstrip()
    print(f"{date.today()}, commit {commit()}: {command}\n{machine()}", flush=True)
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as url:
        print(table(asyncio.run(measure(url, options.rounds, options.messages))))


if __name__ == "__main__":
    main()
