"""
Levers on DynamoDB tables: how requests are paid for, and the table class.

On demand to provisioned is no lever: how many units a table needs follows from its peaks, which neither the files nor
a month's usage tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever
from glimpse.planner.resources.table import STANDARD, STANDARD_IA, Replica, Table, TableIndex
from glimpse.planner.stack import Stack


def on_demand_table(stack: Stack) -> Stack:
    """
    Each request is paid for instead of capacity by the hour: cheaper below some number of requests.

    Left alone: capacity that is scaled, for which more than the table would have to change, or that nobody knows.
    """

    def change(table: Table) -> Table:
        is_scaled = any(table.scaling) or any(any(index.scaling) for index in table.indexes)
        units = (*(table.provisioned or (None,)), *(unit for index in table.indexes for unit in index.capacity))
        return table if is_scaled or None in units else replace(table, provisioned=None, indexes=())

    return _tables(stack, change)


def infrequent_access_table(stack: Stack) -> Stack:
    """The class whose storage costs less and whose requests cost more."""
    return _tables(
        stack, lambda table: replace(table, table_class=STANDARD_IA) if table.table_class == STANDARD else table
    )


def _tables(stack: Stack, change: Callable[[Table], Table]) -> Stack:
    """
    Every table, changed by itself: those that are reserved, or whose copies or indexes stand in resources of their
    own, stay as they are.
    """
    if stack.has(TableIndex):
        return stack
    kept = {replica.table.origin.address for replica in stack.of(Replica)} | stack.bought
    kept |= {row.address for row in stack.commitments}
    return stack.each(Table, lambda table: table if table.origin.address in kept else change(table))


LEVERS = (
    Lever(
        "on_demand_table", "table capacity", GIVES_UP, on_demand_table, TERRAFORM, "variable",
        gives_up="provisioned_capacity",
    ),
    Lever(
        "infrequent_access_table", "table class", GIVES_UP, infrequent_access_table, TERRAFORM, "variable",
        gives_up="standard_storage",
    ),
)  # fmt: skip
