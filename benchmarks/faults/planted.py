"""`glimpse serve` with a planted bug, which the checker must find: `python -m benchmarks.faults.planted BUG`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from glimpse.chat.outside.postgres.queries import QUERIES
from glimpse.chat.publications import Delivery, EntryCommitted, OnDelivered
from glimpse.chat.relay.delivery_order import DeliveryOrder, Gap
from glimpse.cli import main


def not_durable() -> None:
    """Messages are acknowledged before they are on the disk, and the service's start-up check of that is disabled."""
    create_pool = asyncpg.create_pool

    async def disable_synchronous_commit(connection: asyncpg.Connection) -> None:
        await connection.execute("set synchronous_commit = off")
        # By default the server writes the log five times a second in the background, so that little would be lost.
        await connection.execute("alter system set wal_writer_delay = '10s'")
        await connection.execute("select pg_reload_conf()")

    def create_pool_without_durability(url: str, **options: Any) -> asyncpg.Pool:
        return create_pool(url, init=disable_synchronous_commit, **options)

    asyncpg.create_pool = create_pool_without_durability
    statements: Any = QUERIES
    statements["server"] = QUERIES["server"].replace("current_setting('synchronous_commit')", "'on'")


def leaves_gaps() -> None:
    """Events that the bus lost are never read from the database."""

    def no_gaps(order: DeliveryOrder, now: float) -> Sequence[Gap]:
        return ()

    DeliveryOrder.gaps_due = no_gaps  # type: ignore[method-assign]


def out_of_order() -> None:
    """Sockets get events in the order in which the bus delivers them."""

    def deliver_at_once(
        order: DeliveryOrder, committed: EntryCommitted, now: float, on_delivered: OnDelivered | None = None
    ) -> Sequence[Delivery]:
        return (Delivery(committed, on_delivered),)

    DeliveryOrder.add = deliver_at_once  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {each.__name__: each for each in (not_durable, leaves_gaps, out_of_order)}

if __name__ == "__main__":
    BUGS[sys.argv[1]]()
    sys.argv = ["glimpse", "serve"]
    main()
