"""Levers on what carries events between the tasks."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import BOTH, GIVES_UP, GLIMPSE, SAME_FOR_LESS, TERRAFORM, Lever, new, without
from glimpse.planner.resources.cache import REDIS_FAMILY, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.stack import Resource, Stack


def valkey_serverless(stack: Stack) -> Stack:
    """ElastiCache Serverless for Valkey, charged by what it keeps and is asked, in place of the stack's one cache."""
    caches = [cache for cache in stack.of(Cache) if _is_bus(cache)]
    if len(caches) != 1:
        return stack
    return stack.changed(caches[0], ServerlessCache(new("serverless_cache"), "Valkey", is_bus=True))


def bus_postgresql(stack: Stack) -> Stack:
    """PostgreSQL carries the events between the tasks, so that no cache is needed."""
    if not any(database.engine == "PostgreSQL" for database in stack.of(Database)):
        return stack
    spared = without(stack, _is_bus)
    if spared is stack:
        return stack
    return spared.each(FargateService, lambda service: replace(service, bus="postgresql"))


def _is_bus(resource: Resource) -> bool:
    """A cache that is known to carry events alone: any other may hold what somebody needs."""
    return isinstance(resource, Cache | ServerlessCache) and resource.is_bus and resource.engine in REDIS_FAMILY


LEVERS = (
    Lever(
        "valkey_serverless", "bus", GIVES_UP, valkey_serverless, TERRAFORM, "code",
        gives_up="cache_node", edit={"bus": "cache_serverless", "cache_engine": "valkey"},
    ),
    Lever(
        "bus_postgresql", "bus", SAME_FOR_LESS, bus_postgresql, BOTH, "config",
        edit={"bus": "postgresql"}, requires=GLIMPSE,
    ),
)  # fmt: skip
