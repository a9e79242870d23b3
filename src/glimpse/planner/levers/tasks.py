"""Levers on the tasks: how many, on which capacity, and what the service in them is told."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.limits import idle_timeout, pool_that_fits
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.stack import Stack

FEWEST_TASKS = 2
"""The plan document's "2 tasks": what a deploy begins with, and what it may fall back to."""

KEEP_ALIVE_MARGIN_SECONDS = 5
"""How much longer than the balancer's idle timeout a server must keep a connection (65 s against 60 s)."""

NIGHT = frozenset((22, 23, *range(7)))
"""The hours in which a development environment may sleep: from 22:00 to 7:00, as its schedule says."""


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
    if not fitting or service.database_pool is None:
        return service
    return replace(service, database_pool=fitting)


def arm(stack: Stack, service: FargateService) -> FargateService:
    """Tasks on ARM processors."""
    if service.size is None or service.size.arch == "arm64":
        return service
    return replace(service, size=replace(service.size, arch="arm64"))


def night_off(stack: Stack, service: FargateService) -> FargateService:
    """No task at night: for development alone, and refused anywhere else."""
    scaling = service.scaling
    if service.environment != "development" or not scaling or scaling.schedule:
        return service
    awake = (scaling.lowest, scaling.highest)
    return replace(
        service,
        scaling=replace(scaling, schedule=tuple((0, 0) if hour in NIGHT else awake for hour in range(24))),
    )


def log_sample(stack: Stack, service: FargateService) -> FargateService:
    """One line of every ten events is written; warnings and errors always are."""
    return replace(service, log_sample_percent=10) if service.log_sample_percent > 10 else service
