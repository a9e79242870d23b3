"""Levers on the ways in and out: who holds public addresses, and who carries the traffic."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import new, with_more, without
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.bucket import Bucket
from glimpse.planner.resources.distribution import FILES, SERVICE, Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.function import Function
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.stack import Resource, Stack


def nat_gateway(stack: Stack) -> Stack:
    """AWS's own NAT instead of an instance that is one's own to mend."""
    instances = [resource for resource in stack.of(Instances) if resource.is_nat]
    if not instances:
        return stack
    address = PublicAddress(new("nat_address"))
    gateway = NatGateway(new("nat_gateway"), address.origin.address)
    spared = without(stack, lambda resource: resource in instances or resource.origin.address in _elastic(stack))
    return with_more(spared, gateway, address)


def task_addresses(stack: Stack) -> Stack:
    """Tasks in public subnets with an address each, instead of a NAT."""
    spared = without_nat(stack)
    if spared is stack:
        return stack
    return spared.each(FargateService, lambda service: replace(service, public_address=True))


def ipv6(stack: Stack) -> Stack:
    """Tasks go out by IPv6 through an egress-only gateway, which costs nothing itself: no NAT, no public IPv4."""
    return without_nat(stack).each(FargateService, lambda service: replace(service, public_address=False))


def without_nat(stack: Stack) -> Stack:
    """The stack without its NAT: where nothing but tasks is known to go out through it. They then need another way."""
    if not stack.has(FargateService) or _others_go_out(stack):
        return stack
    elastic = _elastic(stack)
    return without(stack, lambda resource: _is_nat(resource) or resource.origin.address in elastic)


def _others_go_out(stack: Stack) -> bool:
    """Whether anything beside tasks may use the NAT: servers, functions, or what the reader does not know."""
    servers = any(not instances.is_nat for instances in stack.of(Instances))
    unknown = any(entry.why.code != "part_unknown" for entry in stack.unpriced)
    return servers or stack.has(Function) or unknown or bool(stack.unresolved)


def _elastic(stack: Stack) -> set[str]:
    """Where the Elastic IPs of the NATs are charged."""
    found = {gateway.elastic for gateway in stack.of(NatGateway) if gateway.elastic}
    return found.union(*(instances.elastic for instances in stack.of(Instances) if instances.is_nat))


def cloudfront_ingress(stack: Stack) -> Stack:
    """CloudFront before a balancer without public addresses (a VPC origin); where one balancer faces the internet."""
    public = [balancer for balancer in stack.of(Balancer) if balancer.kind == "application" and not balancer.internal]
    if len(public) != 1 or any(SERVICE in edge.carries for edge in stack.of(Distribution)):
        return stack
    hidden = stack.changed(public[0], replace(public[0], internal=True, addresses=0))
    return with_more(hidden, Distribution(new("distribution"), frozenset({SERVICE})))


def cloudfront_downloads(stack: Stack) -> Stack:
    """Files by way of CloudFront instead of straight from the bucket."""
    if not stack.has(Bucket) or any(FILES in edge.carries for edge in stack.of(Distribution)):
        return stack
    return with_more(stack, Distribution(new("file_distribution"), frozenset({FILES})))


def _is_nat(resource: Resource) -> bool:
    return isinstance(resource, NatGateway) or (isinstance(resource, Instances) and resource.is_nat)
