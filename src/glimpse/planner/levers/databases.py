"""A lever on databases: storage that grows before it is full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from glimpse.planner.levers.lever import SAME_FOR_LESS, TERRAFORM, Lever, each
from glimpse.planner.resources.database import GENERAL, PROVISIONED, Database
from glimpse.planner.stack import Stack

CUSTOM, SQL_SERVER = "RDS Custom", "SQL Server"

GROWTH_FACTOR = 5
"""How many times its storage a database may grow to: far enough for years, and a runaway log still meets a limit."""

MAX_GIB, MAX_SQL_SERVER_GIB = 65_536, 16_384
"""
The largest volumes of RDS (RDS user guide, "Amazon RDS DB instance storage"); those of SQL Server as they were before
AWS raised them, because not every instance takes larger ones.
"""

LEAST_PERCENT_MORE = 26
"""RDS wants a limit at least 10 % above the storage, and recommends 26 % (RDS user guide, storage autoscaling)."""


def cannot_grow(database: Database) -> bool:
    """
    Whether an RDS instance certainly has a size and no storage autoscaling. Autoscaling is for General Purpose and
    Provisioned IOPS storage, and not for RDS Custom.
    """
    if database.storage_gib is None or database.storage_assumed or not database.grows_known or database.grows_to_gib:
        return False
    return database.storage_type in (*GENERAL, *PROVISIONED) and not database.engine.startswith(CUSTOM)


def storage_autoscaling(database: Database) -> Database:
    """
    With five times its storage as the limit. Provisioned IOPS must stay in proportion to the limit: one for each GiB is
    enough for every engine. A database is left alone where that leaves too little room above what it has.
    """
    gib = database.storage_gib
    if gib is None or not cannot_grow(database):
        return database
    limits = [GROWTH_FACTOR * gib, MAX_SQL_SERVER_GIB if SQL_SERVER in database.engine else MAX_GIB]
    if database.storage_type in PROVISIONED:
        limits.append(database.iops or 0)
    limit = min(limits)
    return replace(database, grows_to_gib=limit) if 100 * limit >= (100 + LEAST_PERCENT_MORE) * gib else database


def _limit_edit(stack: Stack) -> Mapping[str, int]:
    return {"database_max_storage_gb": max((row.grows_to_gib or 0 for row in stack.of(Database)), default=0)}


LEVERS = (
    Lever(
        "storage_autoscaling", "storage limit", SAME_FOR_LESS, each(Database, storage_autoscaling), TERRAFORM,
        "variable", edit=_limit_edit, mends=True,
    ),
)  # fmt: skip
