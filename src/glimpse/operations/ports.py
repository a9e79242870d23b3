"""What drills, the page and `verify` need of a stack that runs on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Protocol

from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.state import StackState, TimelineEvent
from glimpse.operations.timings import Timings

OnEvent = Callable[[TimelineEvent], None]


class LocalStack(Protocol):
    """
    A stack that serves. Each method that takes something away returns once everything is as it was before: the
    replacement serves, and the balancer sends it connections. What happens meanwhile goes to `timeline`.
    """

    plan: Plan
    deployment: Deployment
    """The plan's, with the tasks and the bus of the options."""

    timings: Timings
    subscribers: set[OnEvent]
    """Called with each event as it happens."""

    drill: str | None
    """The name of the drill that runs now: whoever runs it sets and unsets it."""

    def state(self) -> StackState: ...

    def record(self, subject: str, code: str, **values: str | int | float) -> None:
        """Add an event to the timeline."""

    async def reclaim_task(self, task: str, random: Random) -> None:
        """
        As Spot does: SIGTERM, and the balancer sends it no new connections from the same moment on; its connections
        are cut after the deregistration delay, and SIGKILL comes after the stop timeout. The replacement starts at
        once, and serves after a drawn start time.
        """

    async def kill_task(self, task: str, random: Random) -> None:
        """SIGKILL. ECS notices within a second, and the replacement serves after a drawn start time."""

    async def kill_part(self, part: str) -> None:
        """SIGKILL "database", "bus" or "storage", and start it again at once, with its data."""

    async def deploy(self, environment: Mapping[str, str], random: Random) -> None:
        """
        A rolling deployment within the minimum and maximum percent: new tasks with these settings (over those of the
        Terraform; they stay in force) start, register when healthy, and old ones leave: deregistered, cut after the
        delay, then SIGTERM.
        """

    async def cut_clients(self) -> None:
        """The balancer closes all connections of all clients at the same moment."""
