"""Levers on the ways out of a VPC: NAT gateways and instances, endpoints, IPv6, and public addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from glimpse.planner.levers.lever import (
    GIVES_UP,
    GLIMPSE,
    PLANNED,
    SAME_FOR_LESS,
    TERRAFORM,
    Lever,
    new,
    with_more,
    without,
)
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.airflow import AirflowEnvironment
from glimpse.planner.resources.app_runner import AppRunnerService
from glimpse.planner.resources.beanstalk import Environment
from glimpse.planner.resources.code_build import BuildFleet, BuildProject
from glimpse.planner.resources.dms import ReplicationInstance, ServerlessReplication
from glimpse.planner.resources.eks import Cluster
from glimpse.planner.resources.endpoint import Endpoint
from glimpse.planner.resources.fargate import FargateService, StartedTasks, TasksAnywhere, TasksOnInstances
from glimpse.planner.resources.flink import StreamApplication
from glimpse.planner.resources.function import Function
from glimpse.planner.resources.glue import GlueJob
from glimpse.planner.resources.instance import STANDARD, Instances
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.resources.monitoring import Alarms
from glimpse.planner.resources.msk import Connector
from glimpse.planner.resources.nat_gateway import GATEWAY_ENDPOINTS, FromOtherZones, NatGateway
from glimpse.planner.resources.parameter import AdvancedParameter, StandardParameter
from glimpse.planner.resources.queue import Queue
from glimpse.planner.resources.sagemaker import EndpointVariant, Notebook
from glimpse.planner.resources.secret import Secret
from glimpse.planner.resources.topic import Topic
from glimpse.planner.resources.transit_gateway import TransitAttachment
from glimpse.planner.resources.volume import Disk
from glimpse.planner.resources.vpn import ClientVpnEndpoint, VpnConnection
from glimpse.planner.stack import Resource, Stack

NAT_INSTANCE_TYPE, NAT_INSTANCE_GIB = "t4g.nano", 8
"""What fck-nat, an image for NAT instances, is run on by default: 2 vCPU, 0.5 GiB, the root disk of Amazon Linux."""

OTHERS = (
    Function, StartedTasks, TasksAnywhere, TasksOnInstances, Cluster, Environment, BuildProject, BuildFleet,
    AirflowEnvironment, AppRunnerService, GlueJob, EndpointVariant, Notebook, ReplicationInstance,
    ServerlessReplication, StreamApplication, Connector, TransitAttachment, VpnConnection, ClientVpnEndpoint,
)  # fmt: skip
"""
Families, beside services and servers, whose traffic may leave through a NAT: they run in a VPC, or bring others there.
"""

ALWAYS_CALLED = ("ecr_api", "ecr_dkr")
"""The interface endpoints that a task needs to fetch its image; its layers come from S3 (Amazon ECR user guide)."""

CALLED: tuple[tuple[str, tuple[type[Resource], ...]], ...] = (
    ("logs", (LogGroup,)),
    ("secretsmanager", (Secret,)),
    ("ssm", (AdvancedParameter, StandardParameter)),
    ("sqs", (Queue,)),
    ("sns", (Topic,)),
)
"""Endpoints of services that tasks call where the stack has any of what stands there."""


def nat_gateway(stack: Stack) -> Stack:
    """AWS's NAT gateway in place of a NAT instance that the owner maintains."""
    instances = [resource for resource in stack.of(Instances) if resource.is_nat]
    if not instances:
        return stack
    address = PublicAddress(new("nat_address"))
    gateway = NatGateway(new("nat_gateway"), address.origin.address)
    spared = without(stack, lambda resource: resource in instances or resource.origin.address in _elastic(stack))
    return with_more(spared, gateway, address)


def gateway_endpoints(stack: Stack) -> Stack:
    """S3 and DynamoDB by gateway endpoints, which cost nothing, beside a NAT gateway that charges each GB to them."""

    def change(gateway: NatGateway) -> NatGateway:
        known = gateway.endpoints is not None and gateway.private is False
        reached = gateway.endpoints or frozenset()
        if not known or reached >= GATEWAY_ENDPOINTS:
            return gateway
        return replace(gateway, endpoints=reached | GATEWAY_ENDPOINTS)

    return stack.each(NatGateway, change)


def one_nat_gateway(stack: Stack) -> Stack:
    """One NAT gateway for all zones of a VPC; what goes out from the other zones crosses to it."""
    groups = [group for group in _by_vpc(stack) if len(group) > 1]
    if not groups:
        return stack
    moved = [gateway for group in groups for gateway in group[1:]]
    kept = stack
    for first, *others in groups:
        behind = [gateway.zones_behind for gateway in (first, *others)]
        total = None if None in behind else sum(zones or 0 for zones in behind)
        kept = kept.changed(first, replace(first, zones_behind=total))
    gone = {gateway.origin.address for gateway in moved} | {gateway.elastic for gateway in moved if gateway.elastic}
    spared = without(kept, lambda resource: resource.origin.address in gone)
    share = Fraction(len(moved), stack.count(NatGateway))
    return with_more(spared, FromOtherZones(new("nat_from_other_zones"), tuple(moved), share))


def _by_vpc(stack: Stack) -> list[list[NatGateway]]:
    """The gateways to the internet that stand in one zone each, of each VPC that is known."""
    found: dict[tuple[str, str | None], list[NatGateway]] = {}
    for gateway in _in_one_zone(stack):
        if gateway.vpc:
            found.setdefault((gateway.vpc, gateway.origin.region), []).append(gateway)
    return list(found.values())


def _in_one_zone(stack: Stack) -> Iterator[NatGateway]:
    for gateway in stack.of(NatGateway):
        if gateway.private is False and not gateway.regional:
            yield gateway


def nat_instance(stack: Stack) -> Stack:
    """
    An instance of one's own instead of each NAT gateway, at its Elastic IP: no charge for a GB. Its CPU credits are
    standard ones, so that nothing beyond its hours is charged.
    """
    gateways = tuple(_in_one_zone(stack))
    if not gateways:
        return stack
    instances = (
        Instances(
            gateway.origin,
            NAT_INSTANCE_TYPE,
            1,
            (Disk("gp3", NAT_INSTANCE_GIB),),
            is_nat=True,
            elastic=(gateway.elastic,) if gateway.elastic else (),
            credits=STANDARD,
            vpc=gateway.vpc,
            zones_behind=gateway.zones_behind,
        )
        for gateway in gateways
    )
    return with_more(without(stack, lambda resource: resource in gateways), *instances)


def task_addresses(stack: Stack) -> Stack:
    """Tasks in public subnets with an address each, instead of a NAT."""
    spared = without_nat(stack)
    if spared is stack or any(service.public_address is None for service in stack.of(FargateService)):
        return stack
    return spared.each(FargateService, lambda service: replace(service, public_address=True))


def ipv6(stack: Stack) -> Stack:
    """Tasks go out by IPv6 through an egress-only gateway, which costs nothing itself: no NAT, no public IPv4."""

    def change(service: FargateService) -> FargateService:
        return replace(service, public_address=False) if service.public_address else service

    return without_nat(stack).each(FargateService, change)


def interface_endpoints(stack: Stack) -> Stack:
    """
    AWS's services by endpoints in as many zones as had a NAT gateway, S3 and DynamoDB by gateway endpoints for nothing:
    tasks reach nothing else. What passed the gateways is charged at one of the endpoints: a GB costs the same at all.
    """
    gateways = tuple(gateway for gateway in stack.of(NatGateway) if gateway.private is False)
    vpcs = {(gateway.vpc, gateway.origin.region) for gateway in gateways}
    if len(vpcs) != 1 or any(gateway.zones is None or not gateway.vpc for gateway in gateways):
        return stack
    spared = without_nat(stack)
    if spared is stack:
        return stack
    names = (*ALWAYS_CALLED, *(name for name, kinds in CALLED if stack.has(*kinds)))
    zones = sum(gateway.zones or 0 for gateway in gateways)
    origins, region = tuple(gateway.origin for gateway in gateways), gateways[0].origin.region
    endpoints = (
        Endpoint(replace(new(f"{name}_endpoint"), region=region), zones, instead_of=() if number else origins)
        for number, name in enumerate(names)
    )
    return with_more(spared, *endpoints)


def private_addresses(stack: Stack) -> Stack:
    """Servers behind a balancer without public addresses of their own, where their VPC has a NAT gateway."""
    ready = {gateway.vpc for gateway in stack.of(NatGateway) if gateway.private is False and gateway.vpc}

    def change(instances: Instances) -> Instances:
        fits = instances.behind_balancer and not instances.is_nat and instances.vpc in ready
        return replace(instances, addresses=0, leaves_by_nat=True) if fits and instances.addresses else instances

    return stack.each(Instances, change)


def without_nat(stack: Stack) -> Stack:
    """
    The stack without its NAT: where tasks without public addresses need it, and nothing else is known to go out through
    it. They then need another way.
    """
    if not any(service.public_address is False for service in stack.of(FargateService)) or _others_go_out(stack):
        return stack
    elastic = _elastic(stack)
    spared = without(stack, lambda resource: _is_nat(resource, stack) or resource.origin.address in elastic)
    if spared is stack:
        return stack
    return without(spared, lambda resource: isinstance(resource, Alarms) and resource.watches_nat)


def _others_go_out(stack: Stack) -> bool:
    """Whether anything beside the tasks of services may use the NAT, or what the reader does not know."""
    servers = any(not _is_nat(instances, stack) for instances in stack.of(Instances))
    unknown = any(entry.why.code != "part_unknown" for entry in stack.unpriced)
    return servers or stack.has(*OTHERS) or unknown or bool(stack.unresolved)


def _elastic(stack: Stack) -> set[str]:
    """Where the Elastic IPs of the NATs are charged."""
    found = {gateway.elastic for gateway in stack.of(NatGateway) if gateway.elastic}
    return found.union(*(instances.elastic for instances in stack.of(Instances) if instances.is_nat))


def _is_nat(resource: Resource, stack: Stack) -> bool:
    """Beside a NAT gateway, a server that forwards and that no route leads to may be a VPN's: then it is none."""
    if not isinstance(resource, Instances):
        return isinstance(resource, NatGateway)
    return resource.is_nat and (resource.scales or bool(resource.zones_behind) or not stack.has(NatGateway))


LEVERS = (
    Lever("gateway_endpoints", "gateway endpoints", SAME_FOR_LESS, gateway_endpoints, TERRAFORM, "config"),
    Lever("one_nat_gateway", "nat zones", GIVES_UP, one_nat_gateway, TERRAFORM, "config", gives_up="nat_zones"),
    Lever(
        "nat_gateway", "egress", GIVES_UP, nat_gateway, TERRAFORM, "variable",
        gives_up="nat_instance", edit={"egress": "nat_gateway"},
    ),
    Lever("nat_instance", "egress", GIVES_UP, nat_instance, TERRAFORM, "config", gives_up="nat_gateway"),
    Lever("interface_endpoints", "egress", GIVES_UP, interface_endpoints, TERRAFORM, "config", gives_up="ipv4_egress"),
    Lever(
        "task_addresses", "egress", GIVES_UP, task_addresses, TERRAFORM, "config",
        gives_up="private_tasks", edit={"egress": "task_addresses"},
    ),
    Lever(
        "ipv6_only", "egress", GIVES_UP, ipv6, TERRAFORM, "code",
        gives_up="ipv4_egress", edit={"egress": "ipv6_only"},
    ),
    Lever(
        "ipv6_dual_stack", "egress", GIVES_UP, ipv6, PLANNED, "config", gives_up="ipv4_egress", requires=GLIMPSE,
    ),
    Lever(
        "private_addresses", "server addresses", GIVES_UP, private_addresses, TERRAFORM, "config",
        gives_up="public_addresses",
    ),
)  # fmt: skip
