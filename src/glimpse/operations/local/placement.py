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


def next_provider(tasks: Tasks, wanted: int, running: Iterable[str]) -> str:
    """
    The capacity provider of a service's next task. `wanted`: how many tasks it runs here, in the proportion of the
    Terraform's; one on demand stays where there is any, as a base does. `running`: the providers of the other tasks.
    """
    placed = tasks.on_demand + tasks.spot
    if not tasks.spot:
        return FARGATE
    on_demand = round(wanted * tasks.on_demand / placed)
    if tasks.on_demand:
        on_demand = max(1, on_demand)
    return FARGATE if list(running).count(FARGATE) < on_demand else FARGATE_SPOT
