"""
The levers: named changes of a stack, each with what it edits, what implements it, its effort and its risk.

A lever is a function Stack → Stack; where it has nothing to change it gives the same stack back.
To add one: a function here, a row in LEVERS, its risk in `words/sentences.toml`, its edit in the
environment's variables, and a scenario that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.resources.secret import Secret
from glimpse.planner.sizing import CONNECTION_LIMITS, fitted_pool, tasks_during_deploy
from glimpse.planner.stack import Resource, Stack

EFFORTS = ("none", "variable", "config", "code", "migration")

FEWEST_TASKS = 2
"""The plan document's "2 tasks": what a deploy begins with, and what it may fall back to."""

KEEP_ALIVE_MARGIN_SECONDS = 5
"""How much longer than the balancer's idle timeout a server must keep a connection (65 s against 60 s)."""


@dataclass(frozen=True, slots=True)
class Lever:
    """
    `implemented`: terraform, service, both, or planned — what of this repository makes the change real today.

    `edit`: the variables of `startup-prod` that it sets, and their values there.
    """

    name: str
    change: Callable[[Stack], Stack]
    implemented: str
    effort: str
    edit: Mapping[str, str | int]


def each_service(change: Callable[[Stack, FargateService], FargateService]) -> Callable[[Stack], Stack]:
    return lambda stack: stack.each(FargateService, lambda service: change(stack, service))


def task_count(stack: Stack, service: FargateService) -> FargateService:
    """Begin every deploy with two tasks instead of more."""
    fewer = service.desired is not None and service.desired > FEWEST_TASKS
    return replace(service, desired=FEWEST_TASKS) if fewer else service


def min_capacity(stack: Stack, service: FargateService) -> FargateService:
    """Let autoscaling go down to one task, as the document's own edit does."""
    if not service.scaling or service.scaling.lowest <= 1:
        return service
    return replace(service, scaling=replace(service.scaling, lowest=1))


def spot_base(stack: Stack, service: FargateService) -> FargateService:
    """Drop the on-demand base: the only way to raise the Spot share of two tasks."""
    if not any(share.provider == FARGATE_SPOT for share in service.strategy):
        return service
    return replace(service, strategy=tuple(replace(share, base=0) for share in service.strategy))


def spot_weights(stack: Stack, service: FargateService) -> FargateService:
    """Weights 10 : 90, so that the document's "90 %" is a ratio of what stands above the base."""
    weights = {share.provider: share.weight for share in service.strategy}
    if FARGATE not in weights or weights.get(FARGATE_SPOT, 0) >= 9 * weights[FARGATE] > 0:
        return service
    base = max(share.base for share in service.strategy if share.provider == FARGATE)
    if FARGATE_SPOT not in weights:
        base = max(base, 1)
    return replace(service, strategy=(ProviderShare(FARGATE, base, 10), ProviderShare(FARGATE_SPOT, 0, 90)))


def presigned_uploads(stack: Stack, service: FargateService) -> FargateService:
    """Clients put files straight into the bucket."""
    return replace(service, uploads="presigned") if service.uploads == "api" else service


def keep_alive(stack: Stack, service: FargateService) -> FargateService:
    """The server keeps connections longer than the balancer does."""
    wanted = idle_timeout(stack) + KEEP_ALIVE_MARGIN_SECONDS
    known = service.keep_alive_seconds
    return replace(service, keep_alive_seconds=wanted) if known is not None and known < wanted else service


def pool_size(stack: Stack, service: FargateService) -> FargateService:
    """The largest pool with which every task of a deploy at its peak still finds its connections."""
    fitting = pool_that_fits(stack, service)
    if fitting is None or service.database_pool is None:
        return service
    return replace(service, database_pool=fitting)


def arm(stack: Stack, service: FargateService) -> FargateService:
    """Tasks on ARM processors."""
    if service.size is None or service.size.arch == "arm64":
        return service
    return replace(service, size=replace(service.size, arch="arm64"))


def valkey_node(stack: Stack) -> Stack:
    """The same node with Valkey, which speaks Redis's protocol."""
    return stack.each(Cache, lambda cache: replace(cache, engine="Valkey") if cache.engine == "Redis" else cache)


def parameters(stack: Stack) -> Stack:
    """Standard parameters instead of secrets: they cost nothing."""
    return _without(stack, lambda resource: isinstance(resource, Secret))


def task_addresses(stack: Stack) -> Stack:
    """Tasks in public subnets with an address each, instead of a NAT: where nothing but tasks goes out through it."""
    others = [instances for instances in stack.of(Instances) if not instances.is_nat]
    if others or not stack.of(FargateService):
        return stack
    elastic = {gateway.elastic for gateway in stack.of(NatGateway)} - {None}
    without = _without(stack, lambda resource: _is_nat(resource) or resource.origin.address in elastic)
    if without is stack:
        return stack
    return without.each(FargateService, lambda service: replace(service, public_address=True))


def _is_nat(resource: Resource) -> bool:
    return isinstance(resource, NatGateway) or (isinstance(resource, Instances) and resource.is_nat)


def _without(stack: Stack, gone: Callable[[Resource], bool]) -> Stack:
    kept = tuple(resource for resource in stack.resources if not gone(resource))
    return stack if len(kept) == len(stack.resources) else replace(stack, resources=kept)


def idle_timeout(stack: Stack) -> int:
    return max((balancer.idle_timeout for balancer in stack.of(Balancer)), default=60)


def usable_connections(stack: Stack) -> int | None:
    """What the one database of the stack has for the pools of tasks; None where that is not known."""
    limits = [CONNECTION_LIMITS.get(database.instance_class or "") for database in stack.of(Database)]
    return limits[0].usable if len(limits) == 1 and limits[0] else None


def pool_that_fits(stack: Stack, service: FargateService) -> int | None:
    """None where the database's limit is not known, or how many tasks there can be."""
    usable = usable_connections(stack)
    if usable is None or service.most is None:
        return None
    return fitted_pool(usable, tasks_during_deploy(service.most, service.maximum_percent))


LEVERS: Mapping[str, Lever] = {
    lever.name: lever
    for lever in (
        Lever("task_count", each_service(task_count), "terraform", "variable", {"desired_count": 2}),
        Lever("min_capacity", each_service(min_capacity), "terraform", "variable", {"min_capacity": 1}),
        Lever("spot_base", each_service(spot_base), "terraform", "variable", {"fargate_base": 0}),
        Lever(
            "spot_weights",
            each_service(spot_weights),
            "terraform",
            "variable",
            {"fargate_weight": 10, "fargate_spot_weight": 90},
        ),
        Lever("arm", each_service(arm), "terraform", "config", {"cpu_architecture": "ARM64"}),
        Lever("valkey_node", valkey_node, "terraform", "variable", {"cache_engine": "valkey"}),
        Lever("parameters", parameters, "terraform", "config", {"secret_store": "parameter_store"}),
        Lever("task_addresses", task_addresses, "terraform", "config", {"egress": "task_addresses"}),
        Lever("presigned_uploads", each_service(presigned_uploads), "planned", "code", {"uploads": "presigned"}),
        Lever("keep_alive", each_service(keep_alive), "planned", "config", {"keep_alive_seconds": 65}),
        Lever("pool_size", each_service(pool_size), "planned", "config", {"database_pool": 1}),
    )
}


def applied(stack: Stack, levers: Sequence[Lever]) -> Stack:
    for lever in levers:
        stack = lever.change(stack)
    return stack
