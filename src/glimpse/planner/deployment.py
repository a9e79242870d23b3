"""
What runs once a stack is applied, and what watches it: the `deployment` of `glimpse.plan/1`.

It is for tools that run or check the stack. No price depends on any of it, and what the files do not tell is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from glimpse.planner.extended_support import standard_support_ends
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, place
from glimpse.planner.resources.cache import REDIS_FAMILY, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.sizing import CONNECTION_LIMITS, MIB_PER_GIB, RESERVED_CONNECTIONS
from glimpse.words import plain

if TYPE_CHECKING:
    from glimpse.planner.stack import Stack

POSTGRES = "postgres"
"""Terraform's name of the engine."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    path: str | None
    interval_seconds: int | None
    timeout_seconds: int | None
    healthy: int | None
    unhealthy: int | None


@dataclass(frozen=True, slots=True)
class BalancerFacts:
    """
    The balancer before the service, and the target group that its tasks join (`target_group` is its name).
    `has_vpc_origin`: CloudFront reaches it inside the VPC; left out where it does not.
    """

    name: str | None = None
    target_group: str | None = None
    idle_timeout_seconds: int | None = None
    deregistration_delay_seconds: int | None = None
    is_sticky: bool | None = None
    has_vpc_origin: bool | None = None
    health_check: HealthCheck | None = None


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """
    A CloudWatch alarm as it is written. `metrics` are all that it reads, as NAMESPACE/METRIC; `statistic` and the
    period are those of the first one. `threshold` is a decimal text.
    """

    address: str
    name: str | None
    metrics: tuple[str, ...]
    statistic: str | None
    comparison: str | None
    threshold: str | None
    period_seconds: int | None
    periods: int | None


@dataclass(frozen=True, slots=True)
class DeploymentFacts:
    """
    What only the blocks of a tree tell about its first ECS service behind a balancer, at the address `service`: names,
    checks and settings. None is unknown. `environment` has the settings of Glimpse that are known and no secret.
    """

    service: str
    name: str | None = None
    cluster: str | None = None
    minimum_healthy_percent: int | None = None
    maximum_percent: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    balancer: BalancerFacts = BalancerFacts()
    database: str | None = None
    """The address of the database."""

    identifier: str | None = None
    engine: str | None = None
    bucket: str | None = None
    domain: str | None = None
    zones: tuple[str, ...] = ()
    alarms: tuple[AlarmRule, ...] = ()


def deployment_as_json(stack: Stack) -> Mapping[str, Any] | None:
    """
    Null and empty fields stand for what the files do not tell. None where no ECS service on Fargate stands behind a
    balancer, or where nobody asked for it as the files were read.
    """
    facts = stack.deployment
    service = next((row for row in stack.of(FargateService) if facts and row.origin.address == facts.service), None)
    if facts is None or service is None:
        return None
    found = {
        "region": stack.region,
        "tasks": _tasks(service, facts),
        "balancer": asdict(facts.balancer),
        "database": _database(stack, facts),
        "bus": _bus(stack, service),
        "bucket": facts.bucket,
        "domain": facts.domain,
        "zones": facts.zones,
        "alarms": [asdict(alarm) for alarm in facts.alarms],
    }
    return {name: _plain(value) for name, value in found.items()}


def _tasks(service: FargateService, facts: DeploymentFacts) -> Mapping[str, Any]:
    desired, fewest, most = service.desired, service.fewest, service.most
    if service.scaling and fewest is not None and most is not None:
        # Autoscaling moves the desired count into its bounds; where the files do not tell it, the fewest run.
        desired = min(max(desired or 0, fewest), most)
    split = place(service.strategy, desired).expected if desired is not None else {}
    size = service.size
    return {
        "service": facts.name,
        "cluster": facts.cluster,
        "desired": desired,
        "fewest": fewest,
        "most": most,
        "vcpu": float(size.vcpu) if size else None,
        "memory_mib": int(size.memory_gib * MIB_PER_GIB) if size else None,
        "architecture": size.arch.upper() if size else None,
        "on_demand": split.get(FARGATE, 0) if desired is not None else None,
        "spot": split.get(FARGATE_SPOT, 0) if desired is not None else None,
        "stop_timeout_seconds": service.stop_seconds,
        "minimum_healthy_percent": facts.minimum_healthy_percent,
        "maximum_percent": facts.maximum_percent,
        "environment": {**_settings_of_tags(service), **facts.environment},
    }


def _settings_of_tags(service: FargateService) -> Mapping[str, str]:
    """The settings that the service's tags repeat: a plan hides the containers of a new task definition."""
    told = {
        "GLIMPSE_KEEP_ALIVE_SECONDS": service.keep_alive_seconds,
        "GLIMPSE_DATABASE_POOL": service.database_pool,
    }
    return {name: str(value) for name, value in told.items() if value is not None}


def _database(stack: Stack, facts: DeploymentFacts) -> Mapping[str, Any] | None:
    found = next((row for row in stack.of(Database) if row.origin.address == facts.database), None)
    if found is None:
        return None
    limit = CONNECTION_LIMITS.get(found.instance_class or "") if facts.engine == POSTGRES else None
    ends = standard_support_ends(found.engine, found.version)
    return {
        "identifier": facts.identifier,
        "engine": facts.engine,
        "version": found.version,
        "instance_class": found.instance_class,
        "storage_gb": found.storage_gib,
        "max_storage_gb": found.grows_to_gib or None,
        "connections": limit.lowest_seen if limit else None,
        "reserved": RESERVED_CONNECTIONS if limit else None,
        "standard_support_ends": ends.isoformat() if ends else None,
    }


def _bus(stack: Stack, service: FargateService) -> str | None:
    """What carries events between the tasks: what the service's tag names, or the cache of the stack."""
    engines = [*(cache.engine for cache in stack.of(Cache)), *(cache.engine for cache in stack.of(ServerlessCache))]
    return service.bus or next((engine.lower() for engine in engines if engine in REDIS_FAMILY), None)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return plain(value) if isinstance(value, str) else value
