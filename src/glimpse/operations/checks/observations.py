"""
What can be seen of a running stack besides its service: from the local stack, from AWS, or not at all.

Each method raises NotObservable where that cannot be seen; the check is then unknown, for the reason it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from glimpse.operations.deployment import Alarm


class NotObservable(Exception):
    """Something that cannot be seen: `code` and `values` are the sentence that says why."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values


class RunningTasks(Struct, frozen=True):
    """
    `wanted`: the desired count. `on_demand` and `spot` are None where placement cannot be seen. `fewest` and `most` are
    the bounds of autoscaling in force, None where nothing scales.
    """

    running: int
    wanted: int
    on_demand: int | None = None
    spot: int | None = None
    fewest: int | None = None
    most: int | None = None


class DatabaseConnections(Struct, frozen=True):
    """`open`: now, or the most of the last day; `limit`: `max_connections`, None where it cannot be asked."""

    open: int
    limit: int | None


class TaskSettings(Struct, frozen=True):
    """What the running tasks were started with; None where a setting is not there."""

    keep_alive_seconds: int | None
    database_pool: int | None
    drain_seconds: int | None
    stop_timeout_seconds: int | None


class BalancerSettings(Struct, frozen=True):
    idle_timeout_seconds: int
    deregistration_delay_seconds: int
    is_sticky: bool
    is_on_tls: bool


class Storage(Struct, frozen=True):
    """The database's. `growth_bytes_a_day` is None where there is no history."""

    used_bytes: int
    allocated_bytes: int | None
    most_bytes: int | None = None
    growth_bytes_a_day: float | None = None
    messages: int | None = None
    """How many entries the database stores, where that can be counted."""


class Errors(Struct, frozen=True):
    """Answers with 5xx of the last `minutes`, by the balancer and the tasks together."""

    count: int
    minutes: int


class Engine(Struct, frozen=True):
    """`standard_support_ends`: an ISO date; None where it is not known."""

    version: str
    standard_support_ends: str | None = None


class Spending(Struct, frozen=True):
    """Of the last `days` full days, in USD as a decimal text; `services` names what it is of."""

    usd: str
    days: int
    services: str


class Observations(Protocol):
    async def running_tasks(self) -> RunningTasks: ...

    async def task_settings(self) -> TaskSettings: ...

    async def balancer_settings(self) -> BalancerSettings: ...

    async def database_connections(self) -> DatabaseConnections: ...

    async def engine(self) -> Engine: ...

    async def storage(self) -> Storage: ...

    async def balancer_errors(self) -> Errors: ...

    async def alarms(self) -> Sequence[Alarm]: ...

    async def spending(self) -> Spending: ...

    async def reclaim_spot_task(self) -> str:
        """
        Take one Spot task away as Spot would (AWS: stop-task), and return its name. Only called where that was agreed
        to.
        """

    async def is_recovered(self, task: str) -> bool:
        """Whether as many tasks as wanted run again, without the one that was taken away."""
