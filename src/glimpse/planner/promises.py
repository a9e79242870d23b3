"""
What a stack promises: what its `glimpse.toml` states, and for everything else what the stack has today.

No advice takes something away that the owner did not permit. A promise from the stack belongs to one resource; it is
left out if the workload states a promise of that name, or says that it may be given up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import REDIS_FAMILY, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.workload import Promises, Workload

STATED, STACK = "stated", "stack"
PromisedValue = str | int | bool

PROMISE_NAMES = frozenset(
    {
        *(name for name in Promises.__dataclass_fields__ if name != "may_give_up"),
        *("instances", "multi_az", "cache", "cache_nodes", "zones", "log_days"),
    }
)
"""The promises that can be stated, or that a resource has."""

FOR_EVER = 10**6
"""Days that a log group without an expiry is kept, for a comparison."""


@dataclass(frozen=True, slots=True)
class Promise:
    """
    `source` is STATED, or STACK for what the resource at `address` has. If `value` is a number, more keeps the promise
    too.
    """

    name: str
    value: PromisedValue
    source: str
    address: str | None = None


def promises_of(stack: Stack, workload: Workload) -> tuple[Promise, ...]:
    """Every promise that changes of a stack are judged by."""
    stated = tuple(stated_promises(workload.promises))
    return (*stated, *(promise for rows in own_promises(stack, workload).values() for promise in rows))


def own_promises(stack: Stack, workload: Workload) -> dict[tuple[type, str], tuple[Promise, ...]]:
    """What each resource has today, by its family and address."""
    left_out = {promise.name for promise in stated_promises(workload.promises)} | workload.promises.may_give_up
    found = {}
    for resource in stack.resources:
        address = resource.origin.address
        rows = tuple(
            Promise(name, value, STACK, address) for name, value in has_today(resource) if name not in left_out
        )
        if rows:
            found[type(resource), address] = rows
    return found


def stated_promises(promises: Promises) -> Iterator[Promise]:
    for name in Promises.__dataclass_fields__:
        value = getattr(promises, name)
        if value is not None and name != "may_give_up":
            yield Promise(name, value, STATED)


def has_today(resource: Resource) -> Iterator[tuple[str, PromisedValue]]:
    """
    What a resource has of which a cheaper design could have less.

    What is unknown is no promise: nothing can be compared with it, and a lever leaves it alone.
    """
    match resource:
        case FargateService(fewest=int(fewest), most=int(most)):
            yield "min_tasks", fewest
            yield "max_tasks", most
            yield "min_on_demand_tasks", resource.on_demand_tasks(fewest)[0]
        case Instances(is_nat=False, count=int(count)):
            yield "instances", count
        case Database(engine=engine, multi_az=multi_az):
            yield "database", engine.lower()
            if multi_az:
                yield "multi_az", True
        case AuroraInstance(engine=engine):
            yield "database", engine.lower()
        case Cache(is_bus=False, engine=engine, nodes=nodes, multi_az=multi_az):
            yield "cache", REDIS_FAMILY[0].lower() if engine in REDIS_FAMILY else engine.lower()
            if multi_az:
                yield "multi_az", True
            if nodes is not None:
                yield "cache_nodes", nodes
        case Balancer(zones=int(zones)):
            yield "zones", zones
        case LogGroup(retention_known=True, kept_days=days):
            yield "log_days", FOR_EVER if days is None else days
        case _:
            pass


def keeps(promise: Promise, found: PromisedValue | None) -> bool:
    """Whether a changed resource has no less than was promised of it."""
    if isinstance(found, int) and isinstance(promise.value, int):
        return found >= promise.value
    return found == promise.value
