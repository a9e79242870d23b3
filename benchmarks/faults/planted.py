"""`glimpse serve` with a bug in it, to see whether the checker finds it: `python -m benchmarks.faults.planted BUG`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from glimpse.chat.bus import EntryCommitted
from glimpse.chat.delivery_order import Delivered, DeliveryOrder, Gap
from glimpse.chat.outside.postgres.queries import QUERIES
from glimpse.cli import main


def not_durable() -> None:
    """A message is acknowledged before it is on the disk, and the look at the start is fooled."""
    create_pool = asyncpg.create_pool

    async def forget(connection: asyncpg.Connection) -> None:
        await connection.execute("set synchronous_commit = off")

    def forgetful(url: str, **options: Any) -> asyncpg.Pool:
        return create_pool(url, init=forget, **options)

    asyncpg.create_pool = forgetful
    statements: Any = QUERIES
    statements["server"] = QUERIES["server"].replace("current_setting('synchronous_commit')", "'on'")


def leaves_gaps() -> None:
    """What the bus lost is never read from the database."""

    def nothing(order: DeliveryOrder, now: float) -> Sequence[Gap]:
        return ()

    DeliveryOrder.overdue = nothing  # type: ignore[method-assign]


def out_of_order() -> None:
    """Whatever a task hears of first, its people hear first."""

    def at_once(order: DeliveryOrder, landed: EntryCommitted, now: float, delivered: Delivered | None = None) -> None:
        order._deliver(landed)
        if delivered:
            delivered()

    DeliveryOrder.offered = at_once  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {each.__name__: each for each in (not_durable, leaves_gaps, out_of_order)}

if __name__ == "__main__":
    BUGS[sys.argv[1]]()
    sys.argv = ["glimpse", "serve"]
    main()
