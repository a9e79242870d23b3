"""Levers on what is kept and what is promised to AWS: secrets, logs, reservations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from glimpse.planner.levers.lever import without
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.resources.secret import Secret
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Commitment

LOG_DAYS = 7
TERM = "reserved_1yr_no_upfront"
"""The shortest reservation, and the one that asks for no money beforehand."""


def parameters(stack: Stack) -> Stack:
    """Standard parameters instead of secrets: they cost nothing."""
    return without(stack, lambda resource: isinstance(resource, Secret))


def log_retention(stack: Stack) -> Stack:
    """Logs are kept for a week."""
    return stack.each(
        LogGroup,
        lambda group: (
            replace(group, kept_days=LOG_DAYS, retention_known=True)
            if group.kept_days is None or group.kept_days > LOG_DAYS
            else group
        ),
    )


def reserved_database(stack: Stack) -> Stack:
    return _reserved(stack, (row.origin.address for row in stack.of(Database) if row.instance_class))


def reserved_cache(stack: Stack) -> Stack:
    return _reserved(stack, (row.origin.address for row in stack.of(Cache) if row.node_type))


def _reserved(stack: Stack, addresses: Iterable[str]) -> Stack:
    held = stack.bought | {row.address for row in stack.commitments}
    rows = tuple(Commitment(address, TERM) for address in addresses if address not in held)
    return replace(stack, commitments=(*stack.commitments, *rows)) if rows else stack
