"""Levers on the tasks: how many, on which capacity, and what the service in them is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from glimpse.planner.levers.lever import BOTH, GIVES_UP, GLIMPSE, SAME_FOR_LESS, TERRAFORM, Lever, each_service
from glimpse.planner.limits import idle_timeout, pool_that_fits, tasks_that_fit
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.stack import Stack

FEWEST_TASKS = 2
"""The plan document's "2 tasks": what a deploy begins with, and what it may fall back to."""

KEEP_ALIVE_MARGIN_SECONDS = 5
"""How much longer than the balancer's idle timeout a server must keep a connection (65 s against 60 s)."""

POOL_OF_A_TASK = 4
"""The pool that Glimpse has where nothing else is set (`GLIMPSE_DATABASE_POOL`), and was measured with."""


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


def on_demand_pair(stack: Stack, service: FargateService) -> FargateService:
    """Two tasks that Spot cannot take: what a stricter promise would ask for."""
    provided = {share.provider for share in service.strategy}
    if FARGATE not in provided or any(share.base >= 2 for share in service.strategy if share.provider == FARGATE):
        return service
    return replace(
        service,
        strategy=tuple(replace(share, base=2 if share.provider == FARGATE else 0) for share in service.strategy),
    )


def spot_weights(stack: Stack, service: FargateService) -> FargateService:
    """Weights 10 : 90, so that the document's "90 %" is a ratio of what stands above the base."""
    weights = {share.provider: share.weight for share in service.strategy}
    if weights.keys() != {FARGATE, FARGATE_SPOT} or weights[FARGATE_SPOT] >= 9 * weights[FARGATE] > 0:
        return service
    base = max(share.base for share in service.strategy if share.provider == FARGATE)
    return replace(service, strategy=(ProviderShare(FARGATE, base, 10), ProviderShare(FARGATE_SPOT, 0, 90)))


def presigned_uploads(stack: Stack, service: FargateService) -> FargateService:
    """Clients put files straight into the bucket."""
    return replace(service, uploads="presigned") if service.uploads == "api" else service


def keep_alive(stack: Stack, service: FargateService) -> FargateService:
    """The server keeps connections longer than the balancer does."""
    wanted = idle_timeout(stack) + KEEP_ALIVE_MARGIN_SECONDS
    known = service.keep_alive_seconds
    return (
        replace(service, keep_alive_seconds=wanted) if known is not None and known <= idle_timeout(stack) else service
    )


def max_capacity(stack: Stack, service: FargateService) -> FargateService:
    """As many tasks at the most as find the connections that one needs, when a deploy doubles them."""
    most = tasks_that_fit(stack, service, POOL_OF_A_TASK)
    if not most or not service.scaling or service.database_pool is None or service.scaling.highest <= most:
        return service
    if service.scaling.schedule or service.scaling.lowest > most:
        return service
    return replace(service, scaling=replace(service.scaling, highest=most))


def pool_size(stack: Stack, service: FargateService) -> FargateService:
    """A pool with which every task of a deploy at its peak still finds its connections."""
    fitting = pool_that_fits(stack, service)
    if not fitting or service.database_pool is None or service.database_pool <= fitting:
        return service
    return replace(service, database_pool=min(fitting, POOL_OF_A_TASK))


def _keep_alive_edit(stack: Stack) -> Mapping[str, int]:
    return _edit("keep_alive_seconds", [service.keep_alive_seconds for service in stack.of(FargateService)])


def _pool_edit(stack: Stack) -> Mapping[str, int]:
    return _edit("database_pool", [service.database_pool for service in stack.of(FargateService)])


def _most_edit(stack: Stack) -> Mapping[str, int]:
    return _edit("max_capacity", [service.most for service in stack.of(FargateService)])


def _edit(variable: str, values: Sequence[int | None]) -> Mapping[str, int]:
    """The value of the one service of this repository's own environment."""
    return {variable: values[0]} if values and values[0] is not None else {}


LEVERS = (
    Lever(
        "task_count", "desired", GIVES_UP, each_service(task_count), TERRAFORM, "variable",
        gives_up="min_tasks", edit={"desired_count": 2},
    ),
    Lever(
        "min_capacity", "fewest", GIVES_UP, each_service(min_capacity), TERRAFORM, "variable",
        gives_up="min_tasks", edit={"min_capacity": 1},
    ),
    Lever(
        "spot_base", "base", GIVES_UP, each_service(spot_base), TERRAFORM, "variable",
        gives_up="min_on_demand_tasks", edit={"fargate_base": 0},
    ),
    Lever(
        "on_demand_pair", "base", SAME_FOR_LESS, each_service(on_demand_pair), TERRAFORM, "variable",
        edit={"fargate_base": 2},
    ),
    Lever(
        "spot_weights", "weights", GIVES_UP, each_service(spot_weights), TERRAFORM, "variable",
        gives_up="on_demand_share", edit={"fargate_weight": 10, "fargate_spot_weight": 90},
    ),
    Lever(
        "presigned_uploads", "uploads", SAME_FOR_LESS, each_service(presigned_uploads), BOTH, "code",
        edit={"uploads": "presigned"}, requires=GLIMPSE,
    ),
    Lever(
        "keep_alive", "keep-alive", SAME_FOR_LESS, each_service(keep_alive), BOTH, "config",
        edit=_keep_alive_edit, requires=GLIMPSE, mends=True,
    ),
    Lever(
        "max_capacity",
        "most",
        GIVES_UP,
        each_service(max_capacity),
        TERRAFORM,
        "variable",
        gives_up="max_tasks",
        edit=_most_edit,
        requires=GLIMPSE,
        mends=True,
    ),
    Lever(
        "pool_size",
        "pool",
        SAME_FOR_LESS,
        each_service(pool_size),
        BOTH,
        "config",
        edit=_pool_edit,
        requires=GLIMPSE,
        mends=True,
    ),
)  # fmt: skip
