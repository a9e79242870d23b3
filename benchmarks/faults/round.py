"""One round: people talk, something fails, and then everything that was promised must hold."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults.checker import Bounds, EntryRow, Kept, Note, broken, delays, returns, slowest, without_service
from benchmarks.faults.cluster import SERVE, Bus, Cluster, Database, PostgresCarries, ValkeyCarries, a_cluster
from benchmarks.faults.faults import FAULTS, ONLY_DRAINS, ONLY_THE_BUS
from benchmarks.faults.people import people

PEOPLE = 7
ON_THE_STREET = 6
"""Who comes by the way on which people vanish."""

TWINS = {4: 1, 5: 0}
"""Who is on a certain task, too, and sends everything through both."""

PAUSE_MS = 80
BEFORE_SECONDS, AFTER_SECONDS = 1.0, 1.0
BACK_SECONDS = 15.0
FINISH_SECONDS = 15.0
ROUND_SECONDS = 180.0
LATE_MS = 2_500.0
"""The promise is 2 s; these machines may be half a second late in telling."""


@dataclass(frozen=True)
class Round:
    """What was done, and what came of it. Times in ms."""

    seed: str
    bus: str
    faults: Sequence[str]
    broken: Sequence[str]
    messages: int
    moved: int
    """How often somebody lost their connection."""

    back: Sequence[float]
    without_service: float
    slowest: float
    latest: float
    seconds: float


async def play(
    folder: Path, clients: Path, database: Database, seed: str, faults: Sequence[str], command: Sequence[str] = SERVE
) -> Round:
    """The folder keeps everything that was seen. Raises TimeoutError where the round itself hangs."""
    chance = random.Random(seed)
    began = time.monotonic()
    bus = chance.choice([lambda: PostgresCarries(database), ValkeyCarries])()
    try:
        async with asyncio.timeout(ROUND_SECONDS), a_cluster(folder, database, bus, command=command) as cluster:
            crowd = await _settled(cluster, seed, chance)
            async with people(clients, crowd) as talking:
                if not await talking.all_here(BACK_SECONDS):
                    cluster.broken.append("not everybody came in the beginning")
                await asyncio.sleep(BEFORE_SECONDS)
                await asyncio.gather(*(_after_a_while(cluster, name, chance) for name in faults))
                if not await talking.all_here(BACK_SECONDS):
                    cluster.broken.append(f"not everybody was back {BACK_SECONDS:.0f} s after the last fault")
                await asyncio.sleep(AFTER_SECONDS)
                if not await talking.finish(FINISH_SECONDS):
                    cluster.broken.append(f"people could not finish within {FINISH_SECONDS:.0f} s")
            kept = await _kept(database, [each["name"] for each in crowd])
            bounds = Bounds(
                late=LATE_MS if ONLY_THE_BUS.issuperset(faults) else None,
                is_told_before=ONLY_DRAINS.issuperset(faults),
                unserved=cluster.unserved,
            )
            found = [*cluster.broken, *broken(talking.notes, kept, bounds)]
    finally:
        bus.stop()
    (folder / "notes.jsonl").write_text("".join(json.dumps(note) + "\n" for note in talking.notes))
    (folder / "broken").write_text("\n".join(found))
    return _told(seed, bus, faults, found, talking.notes, time.monotonic() - began)


async def _after_a_while(cluster: Cluster, name: str, chance: random.Random) -> None:
    """Two faults may meet."""
    chance = random.Random(chance.random())
    await asyncio.sleep(chance.uniform(0, 1.5))
    await FAULTS[name](cluster, chance)


async def _settled(cluster: Cluster, seed: str, chance: random.Random) -> list[dict[str, Any]]:
    """Who talks, with their conversations in the database: three pairs, two circles."""
    names = [f"{seed}-p{number}" for number in range(PEOPLE)]
    circles = [(0, 1), (2, 4), (3, 5), tuple(range(PEOPLE)), (0, 2, 4, 6)]
    async with cluster.database.connected() as connection:
        await connection.execute("insert into users (id) select unnest($1::text[])", names)
        for number, circle in enumerate(circles):
            members, is_pair = [names[each] for each in circle], len(circle) == 2
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
            "url": f"http://127.0.0.1:{(cluster.street if number == ON_THE_STREET else cluster.balancer).port}",
            "also": f"http://127.0.0.1:{cluster.tasks[TWINS[number]].port}" if number in TWINS else None,
            "transports": transports[number],
            "others": [each for each in names if each != name],
            "seed": chance.getrandbits(31),
            "pauseMs": PAUSE_MS,
        }
        for number, name in enumerate(names)
    ]


async def _kept(database: Database, names: Sequence[str]) -> Kept:
    async with database.connected() as connection:
        ours = await connection.fetch("select id, member_ids from conversations where member_ids && $1::text[]", names)
        ids = [row["id"] for row in ours]
        entries = await connection.fetch(
            "select conversation_id, seq, id, type, sender_id, client_id, body, of_seq from entries"
            " where conversation_id = any($1) order by conversation_id, seq",
            ids,
        )
        reads = await connection.fetch(
            "select conversation_id, user_id, read_seq from members where conversation_id = any($1)", ids
        )
    return Kept(
        [EntryRow(*row) for row in entries],
        {row["id"]: list(row["member_ids"]) for row in ours},
        {(row["conversation_id"], row["user_id"]): row["read_seq"] for row in reads},
    )


def _told(
    seed: str, bus: Bus, faults: Sequence[str], found: Sequence[str], notes: Sequence[Note], seconds: float
) -> Round:
    back = [back - lost for _, lost, back, _ in returns(notes)]
    return Round(
        seed=seed,
        bus="PostgreSQL" if isinstance(bus, PostgresCarries) else "Valkey",
        faults=faults,
        broken=found,
        messages=len({(note["p"], note["clientId"]) for note in notes if note["what"] == "acknowledged"}),
        moved=len(back),
        back=back,
        without_service=without_service(notes),
        slowest=slowest(notes),
        latest=max((ms for _, ms, _ in delays(notes)), default=0.0),
        seconds=seconds,
    )
