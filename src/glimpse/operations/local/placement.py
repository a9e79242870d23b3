"""Where a task goes: its capacity provider, and the HAProxy server that leads to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from glimpse.operations.deployment import Tasks
from glimpse.operations.state import FARGATE, FARGATE_SPOT

SERVERS_PER_TASK = 2
"""A rolling deployment runs up to twice as many tasks (AWS's default maximum percent is 200)."""


def server_names(tasks: int) -> Sequence[str]:
    """The servers of a backend for this many tasks."""
    return [f"server-{number}" for number in range(1, SERVERS_PER_TASK * tasks + 1)]


def on_demand_count(tasks: Tasks, wanted: int) -> int:
    """
    How many of `wanted` tasks run on demand, in the proportion of the Terraform's; one stays where there is any, as a
    base does.
    """
    placed = tasks.on_demand + tasks.spot
    return max(min(1, tasks.on_demand), round(wanted * tasks.on_demand / placed)) if placed else wanted


def next_provider(tasks: Tasks, wanted: int, running: Iterable[str]) -> str:
    """
    The capacity provider of a service's next task. `wanted`: how many tasks it runs here. `running`: the providers of
    the other tasks.
    """
    if not tasks.spot:
        return FARGATE
    return FARGATE if list(running).count(FARGATE) < on_demand_count(tasks, wanted) else FARGATE_SPOT
