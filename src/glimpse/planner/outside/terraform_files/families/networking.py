"""Ways out of a VPC that are charged."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.resources.endpoint import Endpoint
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced


def nat_gateway(block: Block, tree: Tree) -> Iterator[Found]:
    elastic = next(iter(tree.certain_references(block, "allocation_id", "aws_eip")), None)
    yield NatGateway(block.origin, elastic.address if elastic else None)


def endpoint(block: Block, tree: Tree) -> Iterator[Found]:
    kind = block.values.text("vpc_endpoint_type") or "Gateway"
    if kind == "Gateway":
        yield block.origin
    elif kind == "Interface":
        yield Endpoint(block.origin, tree.count(block, "subnet_ids", "aws_subnet"))
    else:
        yield Unpriced(block.origin, "VPC endpoint", say("family_unknown", type=f"{block.type} ({kind})"))


READERS = {"aws_nat_gateway": nat_gateway, "aws_vpc_endpoint": endpoint}
