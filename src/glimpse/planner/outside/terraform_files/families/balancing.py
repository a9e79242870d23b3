"""Load balancers of every kind, with their listeners, rules and target groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem, flag
from glimpse.planner.outside.terraform_files.families.references import OF_TARGET_GROUP, is_used
from glimpse.planner.outside.terraform_files.families.risk_facts import GROUPS, target_group
from glimpse.planner.outside.terraform_files.families.vpcs import vpc_of
from glimpse.planner.resources.balancer import Balancer, ClassicBalancer, GatewayBalancer, TrustStore

RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
FORWARDS = ("default_action.target_group_arn", "default_action.forward", "action.target_group_arn", "action.forward")
WITHOUT_IPV4 = "dualstack-without-public-ipv4"


def balancer(block: Block, tree: Tree) -> Iterator[StackItem]:
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
        protocols=_protocols(listeners),
        functions=_are_functions(groups) if _are_known(parts, tree) else None,
        cross_zone=kind == "network" and flag(block.values, "enable_cross_zone_load_balancing"),
        has_targets=_has_targets(parts, groups, tree),
        target_groups=tuple(target_group(group) for group in {group.address: group for group in groups}.values()),
        vpc=vpc_of(block, tree, "subnets", "subnet_mapping.subnet_id"),
    )


def _are_known(parts: Sequence[Block], tree: Tree) -> bool:
    """Whether every target group that listeners and rules forward to is known."""
    try:
        for part in parts:
            for name in FORWARDS:
                tree.references(part, name, *GROUPS)
    except ArgumentUnknown:
        return False
    return True


def _has_targets(parts: Sequence[Block], groups: Sequence[Block], tree: Tree) -> bool | None:
    """
    Whether anything is behind the listeners and rules; False if they only answer by themselves.

    None where nobody knows, and where a Kubernetes cluster stands, whose controllers register targets by themselves.
    """
    if tree.of("aws_eks_cluster") or not _are_known(parts, tree):
        return None
    if parts and not groups and not any(map(_forwards, parts)):
        return True
    if any(
        _forwards(part) and not any(tree.certain_references(part, name, *GROUPS) for name in FORWARDS) for part in parts
    ):
        return None
    if any(map(_leads_elsewhere, parts)):
        return True
    used = [is_used(group, tree, OF_TARGET_GROUP) for group in groups]
    return True if True in used else None if None in used else False


def _actions(part: Block) -> tuple[Values, ...]:
    """What a listener does by default, or what a rule does."""
    return (*part.values.known.blocks("default_action"), *part.values.known.blocks("action"))


def _forwards(part: Block) -> bool:
    """Whether a listener or a rule may forward to a target group: also where its action is unknown."""
    actions = _actions(part)
    return not actions or any(action.text("type") in (None, "forward") for action in actions)


def _leads_elsewhere(part: Block) -> bool:
    """Whether a redirect goes to another host than the one asked for."""
    hosts = (row.text("host") for action in _actions(part) for row in action.blocks("redirect"))
    return any(host not in (None, "#{host}") for host in hosts)


def _are_functions(groups: Sequence[Block]) -> bool | None:
    """Whether all targets are Lambda functions; None where nobody knows."""
    if any(group.values.is_unknown("target_type") for group in groups):
        return None
    return bool(groups) and all(group.values.text("target_type") == "lambda" for group in groups)


def _reserved(values: Values) -> int | None:
    """Capacity units that are kept for the balancer; None where nobody knows how many."""
    if not values.has("minimum_load_balancer_capacity"):
        return 0
    return values.known.block("minimum_load_balancer_capacity").integer("capacity_units")


def _protocols(listeners: Sequence[Block]) -> frozenset[str] | None:
    """TCP, UDP or TLS, as a network balancer's units tell them apart; QUIC runs over UDP. None is unknown."""
    if any(listener.values.is_unknown("protocol") for listener in listeners):
        return None
    named = [name for listener in listeners for name in (listener.values.text("protocol") or "").split("_")]
    return frozenset("UDP" if name == "QUIC" else name for name in named)


def classic(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    zones = tree.count(block, "subnets", "aws_subnet") or tree.count(block, "availability_zones")
    yield ClassicBalancer(block.origin, 0 if values.boolean("internal") else zones)


def trust_store(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield TrustStore(block.origin)


def _addresses(block: Block, zones: int | None) -> int | None:
    """
    The public addresses of a balancer: one for each zone without an Elastic IP, which is charged by its own resource.
    """
    mappings = block.values.blocks("subnet_mapping")
    return sum(1 for row in mappings if not row.has("allocation_id")) if mappings else zones


def _zones(block: Block, tree: Tree) -> int | None:
    """The number of zones, which is the number of subnets: a balancer takes one subnet of each zone."""
    return len(block.values.blocks("subnet_mapping")) or tree.count(block, "subnets", "aws_subnet")


READERS = {
    "aws_lb": balancer,
    "aws_alb": balancer,
    "aws_elb": classic,
    "aws_lb_trust_store": trust_store,
}
CARRIERS = {"aws_lb": (Balancer,), "aws_alb": (Balancer,)}
