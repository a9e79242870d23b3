"""What the parts of a stack allow each other: connections of the database, seconds of the balancer."""

from __future__ import annotations

from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.sizing import CONNECTION_LIMITS, fitted_pool, tasks_during_deploy
from glimpse.planner.stack import Stack


def reached_services(stack: Stack) -> tuple[FargateService, ...]:
    """The services that people reach: those behind a balancer, or all where none is."""
    services = stack.of(FargateService)
    return tuple(service for service in services if service.behind_balancer) or services


def idle_timeout(stack: Stack) -> int:
    """Seconds without a byte after which a balancer drops a connection: its default where none is there."""
    return max((balancer.idle_timeout for balancer in stack.of(Balancer)), default=60)


def usable_connections(stack: Stack) -> int | None:
    """What the one database of the stack has for the pools of tasks; None where that is not known."""
    limits = [CONNECTION_LIMITS.get(database.instance_class or "") for database in stack.of(Database)]
    return limits[0].usable if len(limits) == 1 and limits[0] else None


def pool_that_fits(stack: Stack, service: FargateService) -> int | None:
    """
    None where the database's limit is not known, or how many tasks there can be.

    Where the database is the bus, each task listens on a connection of its own beside its pool.
    """
    usable = usable_connections(stack)
    if usable is None or service.most is None:
        return None
    fitting = fitted_pool(usable, tasks_during_deploy(service.most, service.maximum_percent))
    return max(0, fitting - 1) if service.bus == "postgresql" else fitting


def tasks_that_fit(stack: Stack, service: FargateService, pool: int) -> int | None:
    """
    How many tasks may run at the most with a pool of so many connections each; None where the limit is not known.

    The other way round of `pool_that_fits`: usable ÷ (connections of a task × tasks of a deploy ÷ tasks).
    """
    usable = usable_connections(stack)
    if usable is None:
        return None
    connections = pool + 1 if service.bus == "postgresql" else pool
    return usable * 100 // (connections * service.maximum_percent)
