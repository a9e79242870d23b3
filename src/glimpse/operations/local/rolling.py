"""How an ECS service replaces the tasks that it has by those that it should have."""

from __future__ import annotations

from msgspec import Struct

from glimpse.operations.deployment import Tasks


class Counts(Struct, frozen=True):
    """
    Of a service's tasks that are not leaving. `old` ones have the settings of an earlier deploy; `serving` ones are
    registered with the balancer.
    """

    new_serving: int = 0
    new_starting: int = 0
    old_serving: int = 0
    old_starting: int = 0


class Bounds(Struct, frozen=True):
    """How many tasks serve at least, and exist at most, while a deployment replaces them."""

    wanted: int
    fewest: int
    most: int


class Step(Struct, frozen=True):
    """What to do now: start this many new tasks, stop this many old ones that serve, and all that do not serve yet."""

    start: int
    stop_serving: int
    stop_starting: int


def bounds(tasks: Tasks, wanted: int) -> Bounds:
    """ECS rounds the minimum up and the maximum down (API reference, DeploymentConfiguration)."""
    return Bounds(
        wanted,
        fewest=-(-wanted * tasks.minimum_healthy_percent // 100),
        most=wanted * tasks.maximum_percent // 100,
    )


def next_step(counts: Counts, bounds: Bounds) -> Step:
    new = counts.new_serving + counts.new_starting
    old = counts.old_serving + counts.old_starting
    serving = counts.new_serving + counts.old_serving
    return Step(
        start=max(0, min(bounds.wanted - new, bounds.most - new - old)),
        stop_serving=min(counts.old_serving, max(0, serving - bounds.fewest)),
        stop_starting=counts.old_starting,
    )


def has_room(bounds: Bounds) -> bool:
    """Whether a deployment can take any step at all."""
    return bounds.most > bounds.wanted or bounds.fewest < bounds.wanted
