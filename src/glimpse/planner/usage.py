"""Usage: what the workload makes each resource of a stack consume. Workload × Stack, before any price."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from glimpse.planner.capacity import Capacity
from glimpse.planner.meter import Meter
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.bucket import Bucket
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.resources.registry import Registry
from glimpse.planner.resources.topic import Topic
from glimpse.planner.resources.transfer import between_zones, internet_out
from glimpse.planner.stack import Stack
from glimpse.planner.traffic import Traffic, hours_of
from glimpse.planner.workload import Workload

ASSUMED_ZONES = 2
"""A balancer needs two zones at least, so a stack that does not say how many it uses is taken to use two."""


@dataclass(frozen=True)
class Usage:
    traffic: Traffic
    meters: tuple[Meter, ...]


def usage_of(stack: Stack, workload: Workload, capacity: Capacity | None, today: datetime.date) -> Usage:
    traffic = traffic_of(stack, workload, capacity, today)
    meters = [meter for resource in stack.resources for meter in resource.meters(traffic)]
    return Usage(traffic, (*meters, *flow_meters(stack, traffic)))


def flow_meters(stack: Stack, traffic: Traffic) -> tuple[Meter, ...]:
    """Transfer, as far as the stack has anything that sends it."""
    servers = (*stack.of(FargateService), *stack.of(Instances))
    sends = (*servers, *stack.of(Balancer), *stack.of(Bucket))
    asks = servers and (*stack.of(Database), *stack.of(Cache))
    return ((internet_out(traffic),) if sends else ()) + ((between_zones(traffic),) if asks else ())


def traffic_of(stack: Stack, workload: Workload, capacity: Capacity | None, today: datetime.date) -> Traffic:
    """How the workload is shared among what the stack has."""
    public = [balancer for balancer in stack.of(Balancer) if not balancer.internal and balancer.kind == "application"]
    services = [service for service in stack.of(FargateService) if service.behind_balancer]
    return Traffic(
        workload=workload,
        hours=hours_of(workload),
        today=today,
        capacity=capacity,
        uploads_through_api=not any(service.uploads == "presigned" for service in services),
        balancers=max(1, len(public)),
        services=max(1, len(services)),
        log_groups=max(1, len(stack.of(LogGroup))),
        buckets=max(1, len(stack.of(Bucket))),
        registries=max(1, len(stack.of(Registry))),
        topics=max(1, len(stack.of(Topic))),
        nat_gateways=max(1, len(stack.of(NatGateway))),
        zones=max((balancer.addresses or 0 for balancer in public), default=0) or ASSUMED_ZONES,
    )
