"""
Availability by AWS's service level agreements: the uptime below which AWS pays credits. It is no prediction.

Parts in a row multiply. Tasks are covered only if two tasks that Spot cannot reclaim run at once. A part without an
agreement here is named and left out, so the product is an upper bound for the chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.distribution import SERVICE, Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.function import Function
from glimpse.planner.resources.gateway import HttpApi, WebSocketApi
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.resources.table import Table
from glimpse.planner.stack import Stack

# Monthly uptime below which AWS grants credits. Fargate: compute SLA of 2022-05 (tasks in two zones). RDS: its SLA of
# 2024-01-22, which may not cover micro classes. ElastiCache: AWS Database Blog on 99.99 %. One EC2 instance, ALB, API
# Gateway, Lambda and DynamoDB: secondary sources of 2019 to 2022. As collected 2026-11-22.
SLA = {
    name: Fraction(percent) / 100
    for name, percent in {
        "balancer": "99.99",
        "api_gateway": "99.95",
        "tasks": "99.99",
        "functions": "99.95",
        "database": "99.5",
        "database_multi_az": "99.95",
        "table": "99.99",
        "cache": "99.5",
        "cache_multi_az": "99.99",
        "nat_instance": "99.5",
    }.items()
}

ASIDE = frozenset({"cache", "cache_multi_az", "nat_instance"})
"""Parts whose loss leaves messages flowing for a while: events come late, or no new task starts."""


@dataclass(frozen=True)
class Availability:
    """
    `least` counts every part, `most` only those without which nothing works. `tasks` at the fewest, and how many of
    them on demand. `unrated` names the parts that no agreement here covers.
    """

    least: Fraction
    most: Fraction
    tasks: int | None
    on_demand: int | None
    unrated: tuple[str, ...]


def availability(stack: Stack) -> Availability | None:
    """None for a stack in which nothing is known to answer people."""
    services = [service for service in stack.of(FargateService) if service.behind_balancer]
    if not services and not stack.has(Function):
        return None
    least = most = Fraction(1)
    unrated = []
    for part in dict.fromkeys(_parts(stack, services)):
        if part not in SLA:
            unrated.append(part)
            continue
        least *= SLA[part]
        most *= 1 if part in ASIDE else SLA[part]
    counts = [service.fewest for service in services]
    tasks = None if not counts or None in counts else min(count for count in counts if count is not None)
    on_demand = None if tasks is None else min(service.on_demand_tasks(tasks)[0] for service in services)
    return Availability(least, most, tasks, on_demand, tuple(unrated))


def _parts(stack: Stack, services: list[FargateService]) -> Iterator[str]:
    if any(SERVICE in edge.carries for edge in stack.of(Distribution)):
        yield "cloudfront"
    if stack.has(Balancer):
        yield "balancer"
    if stack.has(HttpApi, WebSocketApi):
        yield "api_gateway"
    for service in services:
        fewest = service.fewest
        covered = fewest is not None and service.on_demand_tasks(fewest)[0] >= 2
        yield "tasks" if covered else "spot_tasks"
    if stack.has(Function):
        yield "functions"
    for database in stack.of(Database):
        yield "database_multi_az" if database.multi_az else "database"
    if stack.has(Table) and stack.has(Function):
        yield "table"
    for cache in stack.of(Cache):
        yield "cache_multi_az" if cache.multi_az and (cache.nodes or 0) > 1 else "cache"
    if stack.has(ServerlessCache):
        yield "serverless_cache"
    if any(instances.is_nat for instances in stack.of(Instances)):
        yield "nat_instance"
    if stack.has(NatGateway):
        yield "nat_gateway"
