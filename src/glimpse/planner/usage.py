"""Usage: what the workload makes each resource of a stack consume. Workload × Stack, before any price."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from glimpse.planner.capacity import Capacity
from glimpse.planner.given_usage import type_of
from glimpse.planner.meter import Meter
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.bucket import Bucket
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.distribution import FILES, SERVICE, Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.function import REQUESTS, SOCKETS, Function
from glimpse.planner.resources.gateway import HttpApi, WebSocketApi
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.resources.registry import Registry
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.resources.table import Table
from glimpse.planner.resources.topic import Topic
from glimpse.planner.resources.transfer import between_zones, internet_out, stated_transfer
from glimpse.planner.scaling_target import CAPACITY
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.traffic import Traffic, hours_of
from glimpse.planner.workload import Workload

SCALING_TARGET = "aws_appautoscaling_target"

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


def asked_keys(stack: Stack, usage: Usage) -> dict[str, set[str]]:
    """The usage keys that each address of the stack looks up, the addresses of its flows among them."""
    asked: dict[str, set[str]] = {address: set() for address in stack.addresses()}
    for meter in usage.meters:
        asked.setdefault(meter.origin.address, set()).update(meter.usage_keys)
    for address in asked:
        # Costs nothing itself, and is asked by the resource that it scales.
        if type_of(address) == SCALING_TARGET:
            asked[address].add(CAPACITY)
    return asked


def flows_in(stack: Stack) -> tuple[bool, bool]:
    """Whether anything sends to the internet, and whether servers ask a database or a cache."""
    servers = stack.has(FargateService, Instances)
    sends = servers or stack.has(Balancer, Bucket, HttpApi, WebSocketApi)
    return sends, servers and stack.has(Database, Cache, ServerlessCache)


def flow_meters(stack: Stack, traffic: Traffic) -> tuple[Meter, ...]:
    """Transfer, as far as the stack has anything that sends it, and what people state under addresses of its own."""
    sends, asks = flows_in(stack)
    flows = ((internet_out(traffic),) if sends else ()) + ((between_zones(traffic),) if asks else ())
    return (*flows, *stated_transfer(traffic))


def traffic_of(stack: Stack, workload: Workload, capacity: Capacity | None, today: datetime.date) -> Traffic:
    """How the workload is shared among what the stack has."""
    edges = stack.of(Distribution)
    service_edges = sum(SERVICE in edge.carries for edge in edges)
    balancers = [balancer for balancer in stack.of(Balancer) if balancer.kind == "application"]
    # Behind a distribution the balancer may be internal and still carry what people do.
    public = balancers if service_edges else [balancer for balancer in balancers if not balancer.internal]
    services = [service for service in stack.of(FargateService) if service.behind_balancer]
    functions = stack.of(Function)
    # What is named and could not be read: it carries something, and nobody knows what.
    unread = Counter(kind for entry in stack.unpriced for kind in entry.may_be)

    def sharing(known: int, kind: type[Resource]) -> int:
        """Among how many something is shared: what could not be read may carry as much as what could."""
        return known + unread[kind] if known else 0

    def shared(kind: type[Resource]) -> int:
        return max(1, sharing(stack.count(kind) if stack.has(kind) else 0, kind))

    return Traffic(
        workload=workload,
        hours=hours_of(workload),
        today=today,
        capacity=capacity,
        commitments=stack.commitments,
        uploads_through_api=not any(service.uploads == "presigned" for service in services),
        balancers=max(1, sharing(len(public), Balancer)),
        services=max(1, sharing(len(services), FargateService)),
        log_groups=shared(LogGroup),
        buckets=stack.count(Bucket),
        registries=stack.count(Registry),
        topics=stack.count(Topic),
        nat_gateways=stack.count(NatGateway),
        http_apis=shared(HttpApi),
        socket_apis=shared(WebSocketApi),
        tables=max(1, sharing(sum(table.provisioned is None for table in stack.of(Table)), Table)),
        serverless_caches=shared(ServerlessCache),
        request_functions=sharing(sum(REQUESTS in function.answers for function in functions), Function),
        socket_functions=sharing(sum(SOCKETS in function.answers for function in functions), Function),
        behind_balancers=len(services) + unread[FargateService] if public or unread[Balancer] else 0,
        service_edges=service_edges,
        file_edges=sum(FILES in edge.carries for edge in edges),
        unread_edges=unread[Distribution],
        zones=max((balancer.zones or 0 for balancer in public), default=0) or ASSUMED_ZONES,
    )
