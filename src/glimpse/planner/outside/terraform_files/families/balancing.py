"""Load balancers of every kind, with their listeners, rules and target groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.resources.balancer import Balancer, ClassicBalancer, GatewayBalancer, TrustStore

RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
FORWARDS = ("default_action.target_group_arn", "default_action.forward", "action.target_group_arn", "action.forward")
WITHOUT_IPV4 = "dualstack-without-public-ipv4"


def balancer(block: Block, tree: Tree) -> Iterator[Found]:
    kind = block.values.text("load_balancer_type") or "application"
    if kind == "gateway":
        yield GatewayBalancer(block.origin)
        return
    listeners = tree.referenced_by(block, "load_balancer_arn", "aws_lb_listener", "aws_alb_listener")
    rules = [rule for listener in listeners for rule in tree.referenced_by(listener, "listener_arn", *RULES)]
    parts = (*listeners, *rules)
    groups = [group for part in parts for name in FORWARDS for group in tree.certain_references(part, name, *GROUPS)]
    internal = block.values.boolean("internal") or False
    zones = _zones(block, tree)
    yield Balancer(
        origin=block.origin,
        kind=kind,
        internal=internal,
        addresses=0 if internal or block.values.text("ip_address_type") == WITHOUT_IPV4 else _addresses(block, zones),
        # A listener's default action is a rule too.
        rules=len(rules) + len(listeners),
        idle_timeout=block.values.known.integer("idle_timeout") or 60,
        sticky=any(
            row.boolean("enabled") is not False for group in groups for row in group.values.known.blocks("stickiness")
        ),
        zones=zones,
        reserved=_reserved(block.values),
        protocols=frozenset(_protocols(listeners)),
        functions=bool(groups) and all(group.values.known.text("target_type") == "lambda" for group in groups),
        cross_zone=kind == "network" and bool(block.values.known.boolean("enable_cross_zone_load_balancing")),
    )


def _reserved(values: Values) -> int | None:
    """Capacity units that are kept for the balancer; None where nobody knows how many."""
    if not values.has("minimum_load_balancer_capacity"):
        return 0
    return values.known.block("minimum_load_balancer_capacity").integer("capacity_units")


def _protocols(listeners: Iterable[Block]) -> Iterator[str]:
    """TCP, UDP or TLS, as a network balancer's units tell them apart; QUIC runs over UDP."""
    for listener in listeners:
        for protocol in (listener.values.known.text("protocol") or "").split("_"):
            yield "UDP" if protocol == "QUIC" else protocol


def classic(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    zones = tree.count(block, "subnets", "aws_subnet") or tree.count(block, "availability_zones")
    yield ClassicBalancer(block.origin, 0 if values.boolean("internal") else zones)


def trust_store(block: Block, tree: Tree) -> Iterator[Found]:
    yield TrustStore(block.origin)


def _addresses(block: Block, zones: int | None) -> int | None:
    """One for each zone, unless an Elastic IP is given for it: that one is charged where it stands."""
    mappings = block.values.blocks("subnet_mapping")
    return sum(1 for row in mappings if not row.has("allocation_id")) if mappings else zones


def _zones(block: Block, tree: Tree) -> int | None:
    """As many as it has subnets: a balancer takes one of each zone."""
    return len(block.values.blocks("subnet_mapping")) or tree.count(block, "subnets", "aws_subnet")


READERS = {
    "aws_lb": balancer,
    "aws_alb": balancer,
    "aws_elb": classic,
    "aws_lb_trust_store": trust_store,
}
CARRIERS = {"aws_lb": (Balancer,), "aws_alb": (Balancer,)}
