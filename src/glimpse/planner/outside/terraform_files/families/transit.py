"""VPN, Transit Gateway and Direct Connect: ways to other networks."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import Reader, StackItem, alone
from glimpse.planner.resources.direct_connect import DirectConnection
from glimpse.planner.resources.transit_gateway import DIRECT_CONNECT, PEERING, PLAIN, TransitAttachment
from glimpse.planner.resources.vpn import ClientVpnAssociation, ClientVpnEndpoint, VpnConnection
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced


def vpn(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    yield VpnConnection(
        origin=block.origin,
        in_transit=values.has("transit_gateway_id"),
        accelerated=bool(values.boolean("enable_acceleration")),
        large=values.text("tunnel_bandwidth") == "large",
        keys_in_secrets=values.text("preshared_key_storage") == "SecretsManager",
    )
    if values.has("vpn_concentrator_id"):
        yield Unpriced(block.origin, "Site-to-Site VPN concentrator", say("part_unknown"))


def client_vpn(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ClientVpnEndpoint(block.origin)
    if block.values.has("transit_gateway_configuration"):
        yield Unpriced(block.origin, "Client VPN transit gateway attachment", say("part_unknown"))


def attachment(kind: str) -> Reader:
    """Reads an attachment of one kind."""

    def read(block: Block, tree: Tree) -> Iterator[StackItem]:
        yield TransitAttachment(block.origin, kind)

    return read


PRIVATE = "aws_vpn_gateway"
GATEWAYS = (PRIVATE, "aws_ec2_transit_gateway")


def gateway_association(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A Direct Connect gateway at a transit gateway is an attachment of that; at a private gateway it is free."""
    values, argument = block.values, "associated_gateway_id"
    linked = tree.references(block, argument, *GATEWAYS)
    if linked:
        private = linked[0].type == PRIVATE
    elif stated := values.known.text("associated_gateway_type"):
        private = stated == "virtualPrivateGateway"
    else:
        private = (values.text(argument) or "").startswith("vgw-")
    if private:
        yield block.origin
    else:
        yield TransitAttachment(block.origin, DIRECT_CONNECT)


def connection(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield DirectConnection(block.origin, block.values.text("bandwidth"), block.values.text("location"))


def hosted_connection(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Its location is that of the connection that hosts it."""
    host = next(iter(tree.references(block, "connection_id", "aws_dx_connection")), None)
    location = host.values.text("location") if host else None
    yield DirectConnection(block.origin, block.values.text("bandwidth"), location, hosted=True)


READERS = {
    "aws_vpn_connection": vpn,
    "aws_ec2_client_vpn_endpoint": client_vpn,
    "aws_ec2_client_vpn_network_association": alone(ClientVpnAssociation),
    "aws_ec2_transit_gateway_vpc_attachment": attachment(PLAIN),
    "aws_ec2_transit_gateway_peering_attachment": attachment(PEERING),
    "aws_ec2_transit_gateway_peering_attachment_accepter": attachment(PEERING),
    "aws_dx_gateway_association": gateway_association,
    "aws_dx_connection": connection,
    "aws_dx_hosted_connection": hosted_connection,
}
