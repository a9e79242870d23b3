"""In which VPC something stands, and what that VPC reaches without its NAT gateways."""

from __future__ import annotations

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree
from glimpse.planner.outside.terraform_files.families.launching import SUBNETS
from glimpse.planner.resources.nat_gateway import GATEWAY_ENDPOINTS

VPCS = ("aws_vpc", "aws_default_vpc")
ENDPOINT = "aws_vpc_endpoint"


def vpc_of(block: Block, tree: Tree, *subnets: str) -> str | None:
    """
    The VPC of the subnets that a block names in these arguments, by its address, else by its id; None where that is
    unknown, or there are several.
    """
    places = [subnet for name in subnets for subnet in tree.certain_references(block, name, *SUBNETS)]
    found = {named_vpc(place, tree) for place in places}
    return found.pop() if len(found) == 1 else None


def named_vpc(block: Block, tree: Tree) -> str | None:
    """The VPC that a block names as its own."""
    named = tree.certain_references(block, "vpc_id", *VPCS)
    return named[0].address if len(named) == 1 else block.values.known.text("vpc_id")


def gateway_endpoints(vpc: str | None, tree: Tree) -> frozenset[str] | None:
    """
    The services that a VPC reaches by gateway endpoints. None where an endpoint may be of any VPC or service, and where
    the VPC is made elsewhere: its endpoints are, too.
    """
    if vpc not in {block.address for block in tree.of(*VPCS)}:
        return None
    found: set[str] = set()
    for block in tree.of(ENDPOINT):
        try:
            service = _service(block)
        except ArgumentUnknown:
            return None
        place = named_vpc(block, tree)
        if service and place is None:
            return None
        if service and place == vpc:
            found.add(service)
    return frozenset(found)


def _service(block: Block) -> str | None:
    """The service of a gateway endpoint: the end of its name; None of another kind."""
    if (block.values.text("vpc_endpoint_type") or "Gateway") != "Gateway":
        return None
    service = (block.values.text("service_name") or "").rpartition(".")[2]
    return service if service in GATEWAY_ENDPOINTS else None
