"""One round: users chat while faults happen, and afterwards every promise must have been kept."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults.checker import (
    Bounds,
    DatabaseState,
    EntryRow,
    Note,
    delivery_delays,
    longest_silence,
    reconnects,
    slowest_acknowledgement,
    violations,
)
from benchmarks.faults.clients import running_clients
from benchmarks.faults.cluster import (
    SERVE,
    BusServer,
    Cluster,
    Database,
    PostgresBusServer,
    ValkeyBusServer,
    running_cluster,
)
from benchmarks.faults.faults import BUS_FAULTS, DRAIN_FAULTS, FAULTS, NO_EXCUSES

USERS = 7
PROXIED_USER = 6
"""Connects through the proxy that the fault `vanished` holds."""

SECOND_SOCKETS = {4: 1, 5: 0}
"""Users who also have a socket on this task, past the balancer, and send every message through both."""

PAUSE_MS = 80
BEFORE_SECONDS, AFTER_SECONDS = 1.0, 1.0
CONNECT_SECONDS = 15.0
FINISH_SECONDS = 15.0
SETTLE_MS = 2_000.0
"""After the last message: an event is at most so late, while the bus fails."""

ROUND_SECONDS = 180.0
MAX_RECONNECT_MS = 5_000.0
MAX_DELIVERY_MS = 2_500.0
"""The promise is 2 s. The other half second is for clients that run late on a busy machine."""


@dataclass(frozen=True)
class RoundResult:
    """What a round did and what it measured; times are in ms, except `seconds`."""

    seed: str
    bus: str
    faults: Sequence[str]
    broken: Sequence[str]
    """A sentence for each broken promise."""

    messages: int
    moved: int
    """The number of lost connections."""

    back: Sequence[float]
    """From each disconnect to the user's next connect."""

    without_service: float
    """The longest time without any acknowledgement."""

    slowest: float
    """The longest wait for an acknowledgement."""

    latest: float
    """The longest time from the first receiver of a message to the last one."""

    seconds: float


async def run_round(
    folder: Path,
    scripts: Path,
    database: Database,
    seed: str,
    faults: Sequence[str],
    command: Sequence[str] = SERVE,
    time_factor: float = 1.0,
) -> RoundResult:
    """
    Run the service with `command`, and inject `faults`.

    `folder` gets the notes and the logs. `scripts`: the folder of `install_clients`. `time_factor` multiplies every
    bound on time, where only lost, repeated and disordered messages are to be found. Raises TimeoutError where the
    round itself hangs.
    """
    rng = random.Random(seed)
    began = time.monotonic()
    bus = rng.choice([lambda: PostgresBusServer(database), ValkeyBusServer])()
    try:
        async with (
            asyncio.timeout(ROUND_SECONDS * time_factor),
            running_cluster(folder, database, bus, command=command) as cluster,
        ):
            cluster.drain_tolerance_seconds *= time_factor
            users = await _create_users(cluster, seed, rng)
            async with running_clients(scripts, users) as clients:
                if not await clients.all_connected(CONNECT_SECONDS * time_factor):
                    cluster.violations.append("not every user could connect at the beginning")
                await asyncio.sleep(BEFORE_SECONDS)
                await asyncio.gather(*(_inject_later(cluster, name, rng) for name in faults))
                if not await clients.all_connected(CONNECT_SECONDS * time_factor):
                    seconds = CONNECT_SECONDS * time_factor
                    cluster.violations.append(f"not every user was connected {seconds:.0f} s after the last fault")
                await asyncio.sleep(AFTER_SECONDS)
                if not await clients.finish(FINISH_SECONDS * time_factor, SETTLE_MS * time_factor):
                    seconds = FINISH_SECONDS * time_factor
                    cluster.violations.append(f"the users could not finish within {seconds:.0f} s")
            stored = await _database_state(database, [user["name"] for user in users])
            excuses = set(faults) - NO_EXCUSES
            bounds = Bounds(
                max_reconnect_ms=MAX_RECONNECT_MS * time_factor,
                max_delivery_ms=MAX_DELIVERY_MS * time_factor if BUS_FAULTS.issuperset(excuses) else None,
                expects_draining=DRAIN_FAULTS.issuperset(excuses),
                outages=cluster.outages,
            )
            broken = [*cluster.violations, *violations(clients.notes, stored, bounds)]
    finally:
        bus.stop()
    (folder / "notes.jsonl").write_text("".join(json.dumps(note) + "\n" for note in clients.notes))
    (folder / "broken").write_text("\n".join(broken))
    return _result(seed, bus, faults, broken, clients.notes, time.monotonic() - began)


async def _inject_later(cluster: Cluster, name: str, rng: random.Random) -> None:
    """After a random delay, so that two faults overlap in different ways."""
    rng = random.Random(rng.random())
    await asyncio.sleep(rng.uniform(0, 1.5))
    await FAULTS[name](cluster, rng)


async def _create_users(cluster: Cluster, seed: str, rng: random.Random) -> list[dict[str, Any]]:
    """Store the users and their conversations, three of two users and two of more; return the input of `people.mjs`."""
    names = [f"{seed}-p{number}" for number in range(USERS)]
    conversations = [(0, 1), (2, 4), (3, 5), tuple(range(USERS)), (0, 2, 4, 6)]
    async with cluster.database.connected() as connection:
        await connection.execute("insert into users (id) select unnest($1::text[])", names)
        for number, numbers in enumerate(conversations):
            members, is_pair = [names[each] for each in numbers], len(numbers) == 2
            low, high = sorted(members) if is_pair else (None, None)
            await connection.execute(
                "insert into conversations (id, changed_at, member_ids, is_pair, pair_low, pair_high)"
                " values ($1, now(), $2, $3, $4, $5)",
                f"{seed}-c{number}",
                members,
                is_pair,
                low,
                high,
            )
            await connection.execute(
                "insert into members (conversation_id, user_id) select $1, unnest($2::text[])",
                f"{seed}-c{number}",
                members,
            )
    transports = [["websocket"], ["websocket"], ["polling", "websocket"], ["polling"], *[["websocket"]] * 3]
    return [
        {
            "name": name,
            "token": cluster.token(name),
            "url": f"http://127.0.0.1:{(cluster.client_proxy if number == PROXIED_USER else cluster.balancer).port}",
            "also": f"http://127.0.0.1:{cluster.tasks[SECOND_SOCKETS[number]].port}"
            if number in SECOND_SOCKETS
            else None,
            "transports": transports[number],
            "others": [each for each in names if each != name],
            "seed": rng.getrandbits(31),
            "pauseMs": PAUSE_MS,
        }
        for number, name in enumerate(names)
    ]


async def _database_state(database: Database, names: Sequence[str]) -> DatabaseState:
    async with database.connected() as connection:
        conversations = await connection.fetch(
            "select id, member_ids from conversations where member_ids && $1::text[]", names
        )
        ids = [row["id"] for row in conversations]
        entries = await connection.fetch(
            "select conversation_id, seq, id, type, sender_id, client_id, body, of_seq from entries"
            " where conversation_id = any($1) order by conversation_id, seq",
            ids,
        )
        reads = await connection.fetch(
            "select conversation_id, user_id, read_seq from members where conversation_id = any($1)", ids
        )
    return DatabaseState(
        [EntryRow(*row) for row in entries],
        {row["id"]: list(row["member_ids"]) for row in conversations},
        {(row["conversation_id"], row["user_id"]): row["read_seq"] for row in reads},
    )


def _result(
    seed: str, bus: BusServer, faults: Sequence[str], broken: Sequence[str], notes: Sequence[Note], seconds: float
) -> RoundResult:
    back = [back_at - lost_at for _, lost_at, back_at, _ in reconnects(notes)]
    return RoundResult(
        seed=seed,
        bus="PostgreSQL" if isinstance(bus, PostgresBusServer) else "Valkey",
        faults=faults,
        broken=broken,
        messages=len({(note["p"], note["clientId"]) for note in notes if note["what"] == "acknowledged"}),
        moved=len(back),
        back=back,
        without_service=longest_silence(notes),
        slowest=slowest_acknowledgement(notes),
        latest=max((ms for _, ms, _ in delivery_delays(notes)), default=0.0),
        seconds=seconds,
    )
