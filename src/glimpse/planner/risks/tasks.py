"""Risks of tasks: pools, keep-alive, the end of a Spot task, and autoscaling that cannot scale."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.bill import Bill
from glimpse.planner.limits import idle_timeout, pool_that_fits, reached_services, usable_connections
from glimpse.planner.placement import FARGATE_SPOT
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.risks.risk import Risk, mended_in_glimpse
from glimpse.planner.sentence import say
from glimpse.planner.sizing import ADMIN_CONNECTIONS, RESERVED_CONNECTIONS, tasks_during_deploy


def pools_that_do_not_fit(bill: Bill) -> Iterator[Risk]:
    """Connections of every task at the peak of a deploy, against what the database leaves for pools."""
    stack = bill.stack
    usable = usable_connections(stack)
    for service in reached_services(stack):
        fitting = pool_that_fits(stack, service)
        pool = service.database_pool
        if usable is None or fitting is None or pool is None or pool <= fitting:
            continue
        tasks = tasks_during_deploy(service.most or 0, service.maximum_percent)
        what = say(
            "pool_does_not_fit",
            pool=pool,
            tasks=tasks,
            connections=pool * tasks,
            usable=usable,
            fitting=fitting,
            seen=usable + RESERVED_CONNECTIONS + ADMIN_CONNECTIONS,
            reserved=RESERVED_CONNECTIONS,
            admin=ADMIN_CONNECTIONS,
        )
        # No pool is small enough where not even one connection a task fits.
        yield Risk(what, service.origin, mended_in_glimpse(stack, "pool_size") if fitting else None)


def keep_alive_too_short(bill: Bill) -> Iterator[Risk]:
    """
    A server that closes a connection before the balancer does: the request that is on its way gets a 502 (Application
    Load Balancers user guide, troubleshooting).
    """
    stack = bill.stack
    idle = idle_timeout(stack)
    for service in reached_services(stack):
        if service.keep_alive_seconds is not None and service.keep_alive_seconds <= idle:
            what = say("keep_alive_too_short", seconds=service.keep_alive_seconds, idle=idle)
            yield Risk(what, service.origin, mended_in_glimpse(stack, "keep_alive"))


def killed_before_drained(bill: Bill) -> Iterator[Risk]:
    """
    A Spot task is told to stop at once when it is reclaimed, and killed after its stop timeout (ECS developer guide,
    "Fargate capacity providers"), however long its target group still drains.
    """
    for service in bill.stack.of(FargateService):
        drains = [group.drain_seconds for group in service.target_groups if group.drain_seconds is not None]
        on_spot = any(share.provider == FARGATE_SPOT and (share.base or share.weight) for share in service.strategy)
        if on_spot and drains and service.stop_seconds is not None and service.stop_seconds < max(drains):
            yield Risk(say("killed_before_drained", stop=service.stop_seconds, drain=max(drains)), service.origin)


def scaling_without_room(bill: Bill) -> Iterator[Risk]:
    """Policies of a target that may change nothing, or that may add no task to those that a deploy begins with."""
    for service in bill.stack.of(FargateService):
        scaling = service.scaling
        if scaling is None or not scaling.policies or scaling.schedule:
            continue
        if scaling.lowest == scaling.highest:
            yield Risk(say("scaling_without_room", count=scaling.highest), service.origin)
        elif service.desired == scaling.highest:
            yield Risk(say("scaling_at_its_most", count=scaling.highest), service.origin)
