"""
Levers on what is not production: one zone, and nothing runs at night.

`glimpse.toml` states whether something is production; else its own tag tells, else a part of its name. If nothing
tells, it is taken for production and left alone.
"""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.environment import is_not_production
from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever, each_service
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import WHOLE_DAY, Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.sizing import Scaling
from glimpse.planner.stack import Resource, Stack

NIGHT = frozenset((22, 23, *range(7)))
"""The hours in which what is not production may sleep: from 22:00 to 7:00, as its schedule says."""

AWAKE_HOURS = WHOLE_DAY - len(NIGHT)


def single_zone(stack: Stack) -> Stack:
    """No standby and no replicas of what is not production."""

    def database(resource: Database) -> Resource:
        bought = resource.origin.address in stack.bought
        if not resource.multi_az or bought or not _may_have_less(stack, resource.environment):
            return resource
        return replace(resource, multi_az=False)

    def cache(resource: Cache) -> Resource:
        """The primaries stay; where scaling decides how many nodes there are, it goes on doing so."""
        if resource.shards is None or resource.nodes is None or resource.scaling or resource.nodes <= resource.shards:
            return resource
        if resource.origin.address in stack.bought or not _may_have_less(stack, resource.environment):
            return resource
        return replace(resource, nodes=resource.shards, multi_az=False)

    return stack.each(Database, database).each(Cache, cache)


def night_off(stack: Stack, service: FargateService) -> FargateService:
    """No task at night where it is not production."""
    scaling = service.scaling
    if scaling is None and service.desired:
        scaling = Scaling(service.desired, service.desired)
    if not scaling or scaling.schedule or not _may_have_less(stack, service.environment):
        return service
    awake = (scaling.lowest, scaling.highest)
    schedule = tuple((0, 0) if hour in NIGHT else awake for hour in range(WHOLE_DAY))
    return replace(service, scaling=replace(scaling, schedule=schedule))


def servers_off(stack: Stack) -> Stack:
    """Instances and databases that are not production stand still at night; their storage and addresses stay."""

    def instances(resource: Instances) -> Resource:
        """
        A schedule has to know how many it brings back; fleets have none. NAT instances are not stopped, nor is a single
        Spot instance, which cannot be stopped by hand.
        """
        rests = resource.awake_hours != WHOLE_DAY or resource.stopped or bool(resource.sizes)
        is_fleet = resource.scales and resource.most is None
        if rests or is_fleet or not resource.count or resource.is_nat or (resource.spot and not resource.scales):
            return resource
        return _asleep(stack, resource)

    def database(resource: Database) -> Resource:
        """RDS stops no replica, nothing that has one, and no SQL Server in two zones (RDS user guide, "stopping")."""
        mirrored = resource.multi_az and "SQL Server" in resource.engine
        if resource.awake_hours != WHOLE_DAY or resource.replicates is not False or mirrored:
            return resource
        return _asleep(stack, resource)

    return stack.each(Instances, instances).each(Database, database)


def _asleep(stack: Stack, resource: Instances | Database) -> Resource:
    if resource.origin.address in stack.bought or not _may_have_less(stack, resource.environment):
        return resource
    return replace(resource, awake_hours=AWAKE_HOURS)


def _may_have_less(stack: Stack, environment: str | None) -> bool:
    return is_not_production(stack.environment or environment)


LEVERS = (
    Lever(
        "single_zone", "zones", GIVES_UP, single_zone, TERRAFORM, "variable",
        gives_up="multi_az", lowers=("cache_nodes",),
    ),
    Lever(
        "night_off", "night", GIVES_UP, each_service(night_off), TERRAFORM, "variable",
        gives_up="nights", lowers=("min_tasks", "min_on_demand_tasks"),
        edit={"environment": "development", "night_off": "true"},
    ),
    Lever(
        "servers_off", "servers' night", GIVES_UP, servers_off, TERRAFORM, "config",
        gives_up="nights", lowers=("instances",),
    ),
)  # fmt: skip
