"""`glimpse serve` with a bug in it, to see whether the checker finds it: `python -m benchmarks.faults.planted BUG`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from glimpse.chat.outside.postgres.queries import QUERIES
from glimpse.chat.relay.bus import EntryCommitted
from glimpse.chat.relay.delivery_order import Delivery, DeliveryOrder, Gap, OnDelivered
from glimpse.cli import main


def not_durable() -> None:
    """A message is acknowledged before it is on the disk, and the check of that at the start passes all the same."""
    create_pool = asyncpg.create_pool

    async def forget(connection: asyncpg.Connection) -> None:
        await connection.execute("set synchronous_commit = off")
        # By default the server writes five times a second in the background: little would be lost on a busy machine.
        await connection.execute("alter system set wal_writer_delay = '10s'")
        await connection.execute("select pg_reload_conf()")

    def forgetful(url: str, **options: Any) -> asyncpg.Pool:
        return create_pool(url, init=forget, **options)

    asyncpg.create_pool = forgetful
    statements: Any = QUERIES
    statements["server"] = QUERIES["server"].replace("current_setting('synchronous_commit')", "'on'")


def leaves_gaps() -> None:
    """What the bus loses is never read from the database."""

    def nothing(order: DeliveryOrder, now: float) -> Sequence[Gap]:
        return ()

    DeliveryOrder.gaps_due = nothing  # type: ignore[method-assign]


def out_of_order() -> None:
    """Sockets get events in the order in which they arrive over the bus."""

    def at_once(
        order: DeliveryOrder, committed: EntryCommitted, now: float, on_delivered: OnDelivered | None = None
    ) -> Sequence[Delivery]:
        return (Delivery(committed, on_delivered),)

    DeliveryOrder.add = at_once  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {each.__name__: each for each in (not_durable, leaves_gaps, out_of_order)}

if __name__ == "__main__":
    BUGS[sys.argv[1]]()
    sys.argv = ["glimpse", "serve"]
    main()
