"""Ways into and out of a VPC, and what is charged inside it."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, alone, flag
from glimpse.planner.outside.terraform_files.families.risk_facts import zones_behind
from glimpse.planner.outside.terraform_files.families.vpcs import gateway_endpoints, named_vpc, vpc_of
from glimpse.planner.resources.endpoint import INTERFACE, PRICES, Endpoint
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.resources.vpc import Ipam, LatticeService, Peering, TrafficMirror

ASSOCIATION = "aws_vpc_endpoint_subnet_association"


def nat_gateway(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Private gateways cost the same. A regional one stands where its addresses are given, else where AWS puts it."""
    elastic = next(iter(tree.certain_references(block, "allocation_id", "aws_eip")), None)
    regional = block.values.text("availability_mode") == "regional"
    zones = len(block.values.known.blocks("availability_zone_address")) or None if regional else 1
    vpc = named_vpc(block, tree) if regional else vpc_of(block, tree, "subnet_id")
    unknown = block.values.is_unknown("connectivity_type")
    yield NatGateway(
        block.origin,
        elastic.address if elastic else None,
        zones,
        regional,
        zones_behind=None if regional else zones_behind(block, tree),
        private=None if unknown else block.values.text("connectivity_type") == "private",
        vpc=vpc,
        endpoints=gateway_endpoints(vpc, tree),
    )


def endpoint(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    kind = values.text("vpc_endpoint_type") or "Gateway"
    if kind not in PRICES:
        yield block.origin
        return
    zones = _zones(block, tree)
    assumed = zones == 0
    yield Endpoint(
        block.origin,
        1 if assumed else zones,
        kind,
        assumed=assumed,
        in_other_region=_is_in_other_region(block, tree, "service_region"),
    )


def _zones(block: Block, tree: Tree) -> int | None:
    """In how many subnets an endpoint stands, however they are named; 0 where none is, None where nobody knows."""
    apart = len(tree.referenced_by(block, "vpc_endpoint_id", ASSOCIATION))
    rows = len(block.values.blocks("subnet_configuration"))
    if not block.values.has("subnet_ids"):
        return rows + apart
    named = tree.count(block, "subnet_ids", "aws_subnet")
    return None if named is None else named + apart


def _is_in_other_region(block: Block, tree: Tree, argument: str) -> bool | None:
    """Whether an argument names another region than the one where a block stands; None where nobody knows."""
    if block.values.is_unknown(argument):
        return flag(block.values, argument)
    return block.values.text(argument) not in (None, block.region or tree.region)


def endpoint_subnet(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A further subnet of an endpoint, which counts at the endpoint if that is in the stack."""
    if tree.references(block, "vpc_endpoint_id", "aws_vpc_endpoint"):
        yield block.origin
    else:
        yield Endpoint(block.origin, 1, INTERFACE)


def ipam(block: Block, tree: Tree) -> Iterator[StackItem]:
    """An IPAM. The free tier costs nothing; without a stated tier it is the advanced one."""
    yield block.origin if block.values.text("tier") == "free" else Ipam(block.origin)


def peering(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Peering(block.origin, in_other_region=_is_in_other_region(block, tree, "peer_region"))


READERS = {
    "aws_nat_gateway": nat_gateway,
    "aws_vpc_endpoint": endpoint,
    ASSOCIATION: endpoint_subnet,
    "aws_vpc_ipam": ipam,
    "aws_vpc_peering_connection": peering,
    "aws_ec2_traffic_mirror_session": alone(TrafficMirror),
    "aws_vpclattice_service": alone(LatticeService),
}
