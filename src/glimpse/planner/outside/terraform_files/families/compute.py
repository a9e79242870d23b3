"""EC2: instances, Auto Scaling groups, fleets, hosts and reservations of capacity, and Elastic IPs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from glimpse.planner.outside.terraform_files.block import (
    ROLE,
    ArgumentUnknown,
    Block,
    Tree,
    Values,
    cause_text,
    is_one_of,
    role,
)
from glimpse.planner.outside.terraform_files.families.environments import environment_of
from glimpse.planner.outside.terraform_files.families.launching import (
    OWN_TEMPLATE,
    Launch,
    addresses_of,
    is_set,
    launch_of,
    launched,
    merged,
    named,
    own_launch,
    template_named,
    tenancy_of,
    unpriced_parts,
    zone_of,
)
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.outside.terraform_files.families.references import OF_ADDRESS, is_used
from glimpse.planner.outside.terraform_files.families.resting import (
    INSTANCE_CALLS,
    WHOLE_DAY,
    awake_hours,
    awake_hours_of_group,
)
from glimpse.planner.outside.terraform_files.families.risk_facts import has_policy, unnoted, zones_behind
from glimpse.planner.outside.terraform_files.families.vpcs import vpc_of
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.host import CapacityReservation, Host
from glimpse.planner.resources.instance import DEDICATED, SHARED, PurchaseSplit
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Unpriced

NAT = "nat"
"""The value of the role tag by which a group says that its instance carries the others' way out."""

POLICY = "mixed_instances_policy.launch_template.launch_template_specification."
MIXED_TEMPLATE = tuple(f"{POLICY}{name}" for name in ("launch_template_id", "launch_template_name", "version"))
FLEET = "launch_template_config.launch_template_specification."
FLEET_TEMPLATE = tuple(
    f"{FLEET}{name}" for name in ("launch_template_id", "launch_template_name", "id", "name", "version")
)
FLEET_SUBNETS = (
    "launch_specification.subnet_id",
    "launch_template_config.override.subnet_id",
    "launch_template_config.overrides.subnet_id",
)
ON_DEMAND, ALL = "on-demand", 100

BASTION = frozenset("bastion bastions bastionhost jump jumphost jumpbox".split())
NAMING_TAGS = ("Name", "Role", "role", ROLE)
"""Words by which people call a server that is only logged in to on the way to others, and the tags that say it."""

INSTANCE_TARGETS = {
    "aws_lb_target_group_attachment": "target_id",
    "aws_alb_target_group_attachment": "target_id",
    "aws_elb": "instances",
    "aws_elb_attachment": "instance",
}
GROUP_ATTACHMENTS = {"aws_autoscaling_attachment": "autoscaling_group_name"}
GROUP_TARGETS = ("target_group_arns", "load_balancers")
"""Where a balancer's targets are named: types and arguments that name an instance, or a group; a group's own."""


def instance(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    launch = launch_of(block, tree)
    elastic, unclear = _elastic(block, tree)
    states = tree.referenced_by(block, "instance_id", "aws_ec2_instance_state")
    addresses, assumed = (0, ()) if elastic else addresses_of(block, tree, launch, "subnet_id")
    if unclear and addresses != 0:
        yield Unpriced(block.origin, "Public IPv4 address", unclear)
        addresses, assumed = 0, ()
    yield replace(
        launched(block, launch),
        addresses=addresses,
        address_assumes=assumed,
        spot=launch.spot or block.type == "aws_spot_instance_request",
        zone_id=zone_of(block, tree, "subnet_id"),
        elastic=tuple(address.address for joining in elastic for address in _addresses_of(joining, tree)),
        is_nat=values.boolean("source_dest_check") is False or role(values) == NAT,
        stopped=any(state.values.text("state") == "stopped" for state in states),
        environment=environment_of(block),
        awake_hours=awake_hours(block, tree, INSTANCE_CALLS),
        zones_behind=zones_behind(block, tree),
        vpc=vpc_of(block, tree, "subnet_id"),
        behind_balancer=_is_behind_balancer(block, tree, INSTANCE_TARGETS),
        is_bastion=_is_bastion(block),
    )
    yield from _beside(block, tree, launch)


def _elastic(block: Block, tree: Tree) -> tuple[tuple[Block, ...], Sentence | None]:
    """
    What joins Elastic IPs to an instance. One of them may belong to it instead of an address of its own where a plan
    does not show whether it does: then with why.
    """
    try:
        own = tree.referenced_by(block, "instance", "aws_eip")
        return own or tree.referenced_by(block, "instance_id", "aws_eip_association"), None
    except ArgumentUnknown as unknown:
        if not is_one_of(unknown.why):
            raise
        return (), say("argument_unknown", argument=unknown.name, cause=cause_text(unknown.why))


def _addresses_of(joining: Block, tree: Tree) -> tuple[Block, ...]:
    """The Elastic IP that is joined to an instance: by itself, or by an association."""
    own = joining.type == "aws_eip"
    return (joining,) if own else tree.certain_references(joining, "allocation_id", "aws_eip")


def _is_behind_balancer(block: Block, tree: Tree, targets: Mapping[str, str]) -> bool:
    """Whether something that a balancer sends to names it, as far as that is certain."""
    for type_, argument in targets.items():
        try:
            if tree.referenced_by(block, argument, type_):
                return True
        except ArgumentUnknown:
            continue
    return False


def _is_bastion(block: Block) -> bool:
    """Whether its address in the files or one of its tags calls it a bastion, or a jump host."""
    values = unnoted(block.values).known
    tags: dict[str, object] = {**values.mapping("tags_all"), **values.mapping("tags")}
    tags |= {row.text("key") or "": row.text("value") for row in values.blocks("tag")}
    names = [block.address, *(name for tag in NAMING_TAGS if isinstance(name := tags.get(tag), str))]
    return any(word in BASTION for name in names for word in re.split(r"[^a-z0-9]+", name.lower()))


def group(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    policy = values.block("mixed_instances_policy")
    launch = template_named(block, tree, (*OWN_TEMPLATE, *MIXED_TEMPLATE))
    overrides = policy.block("launch_template").blocks("override")
    distribution = policy.block("instances_distribution")
    base = distribution.integer("on_demand_base_capacity")
    percent = distribution.integer("on_demand_percentage_above_base_capacity")
    count = values.known.integer("desired_capacity" if values.has("desired_capacity") else "min_size")
    first = _first_of(overrides, launch)
    addresses, assumed = addresses_of(block, tree, launch, "vpc_zone_identifier")
    unit = values.text("desired_capacity_type") or "units"
    schedules = _schedules_of(block, tree) if count is not None else ()
    awake = awake_hours_of_group(schedules, count)
    kept = replace(
        launched(block, first.launch),
        count=None if count is None else -(-count // first.weight),
        addresses=addresses,
        address_assumes=assumed,
        spot=launch.spot,
        split=PurchaseSplit(base or 0, ALL if percent is None else percent)
        if values.has("mixed_instances_policy")
        else None,
        weight=first.weight,
        assumes=first.assumes,
        zone_id=zone_of(block, tree, "vpc_zone_identifier"),
        is_nat=any((row.text("key"), row.text("value")) == (ROLE, NAT) for row in values.known.blocks("tag")),
        scales=True,
        most=values.known.integer("max_size"),
        sizes=tuple(-(-size // first.weight) for size in _scheduled(schedules, count)) if awake == WHOLE_DAY else (),
        environment=environment_of(block),
        awake_hours=awake,
        least=unnoted(values).integer("min_size"),
        has_policy=has_policy(block, tree),
        vpc=vpc_of(block, tree, "vpc_zone_identifier"),
        behind_balancer=any(values.known.has(name) for name in GROUP_TARGETS)
        or _is_behind_balancer(block, tree, GROUP_ATTACHMENTS),
        is_bastion=_is_bastion(block),
    )
    if unit != "units":
        kept = replace(kept, count=None, needs=say("needs_capacity_units", unit=unit))
    yield kept
    if values.has("warm_pool"):
        yield Unpriced(block.origin, "Warm pool", say("warm_pool"))
    yield from _beside(block, tree, launch)


def spot_fleet(block: Block, tree: Tree) -> Iterator[StackItem]:
    """`launch_specification` or `launch_template_config`, of which each may have overrides: the first counts."""
    values = block.values
    specifications = values.blocks("launch_specification")
    overrides = [row for config in values.blocks("launch_template_config") for row in config.blocks("overrides")]
    target, on_demand = values.known.integer("target_capacity"), values.integer("on_demand_target_capacity") or 0
    yield from _fleet(block, tree, specifications or overrides, target, PurchaseSplit(on_demand, 0))


def fleet(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A fleet buys its total, of which `on_demand_target_capacity` is on demand and the rest of its default type."""
    values = block.values
    target = values.block("target_capacity_specification")
    overrides = [row for config in values.blocks("launch_template_config") for row in config.blocks("override")]
    total, on_demand = target.known.integer("total_target_capacity"), target.integer("on_demand_target_capacity") or 0
    spot = target.integer("spot_target_capacity")
    if target.text("default_target_capacity_type") == ON_DEMAND:
        split = PurchaseSplit() if not spot or total is None else PurchaseSplit(total - spot, 0)
    else:
        split = PurchaseSplit(on_demand, 0)
    if values.text("type") in ("instant", "request"):
        yield Unpriced(block.origin, "EC2 Fleet", say("fleet_once"))
    else:
        # It maintains its total, and AWS scales it by no policy, as it does groups and Spot Fleets.
        yield from _fleet(block, tree, overrides, total, split, least=total)


def host(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    family = values.text("instance_family") or (values.text("instance_type") or "").partition(".")[0]
    if values.text("outpost_arn"):
        yield block.origin  # a host on an Outpost is part of what the Outpost costs
    else:
        yield Host(block.origin, family or None)


def reservation(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Instances that fit run in an open reservation by themselves; in a targeted one those that name it."""
    values = block.values
    wanted = values.text("instance_type")
    named = "capacity_reservation_specification.capacity_reservation_target.capacity_reservation_id"
    if values.text("instance_match_criteria") == "targeted":
        inside = len(tree.referenced_by(block, named, "aws_instance"))
    else:
        rows = [row.values.known for row in tree.of("aws_instance") if row.region == block.region]
        inside = sum(row.text("instance_type") == wanted for row in rows)
    platform = values.text("instance_platform") or ""
    yield CapacityReservation(
        origin=block.origin,
        instance_type=wanted,
        system="Linux" if platform.startswith("Linux/UNIX") else platform,
        tenancy=tenancy_of(values.text("tenancy")) or SHARED,
        count=values.known.integer("instance_count"),
        inside=inside,
    )


def address(block: Block, tree: Tree) -> Iterator[StackItem]:
    """
    An Elastic IP. Addresses of one's own, or of an Outpost, are not charged; those of a pool that Amazon fills are.
    """
    values = block.values
    own = values.text("customer_owned_ipv4_pool") or values.text("public_ipv4_pool") not in (None, "amazon")
    if is_set(values, "ipam_pool_id"):
        pool = named(block, tree, "ipam_pool_id", "aws_vpc_ipam_pool")
        if pool is None:
            yield Unpriced(block.origin, "Public IPv4 address", say("needs_address_pool"))
            return
        own = pool.values.text("public_ip_source") != "amazon"
    yield block.origin if own else PublicAddress(block.origin, _is_attached(block, tree))


def _is_attached(block: Block, tree: Tree) -> bool | None:
    """Whether anything in the files holds an Elastic IP; None where nobody knows."""
    values = block.values.known
    if any(values.text(name) for name in ("instance", "network_interface", "association_id")):
        return True
    if values.is_unknown("instance") or values.is_unknown("network_interface"):
        return None
    return is_used(block, tree, OF_ADDRESS)


class _First:
    """The first type that a group or a fleet may use, how many units it counts for, and what that assumes."""

    def __init__(self, launch: Launch, weight: int, types: Sequence[str]) -> None:
        self.launch = launch
        self.weight = weight
        several = len(set(types)) > 1
        self.assumes: tuple[Sentence, ...] = (
            (say("first_of_types", count=len(set(types)), type=types[0]),) if several else ()
        )


def _first_of(overrides: Sequence[Values], launch: Launch) -> _First:
    """With requirements instead of types AWS chooses: then there is no first."""
    if not overrides:
        return _First(launch, 1, ())
    first = overrides[0]
    types = [type_ for row in overrides if (type_ := row.text("instance_type"))]
    own = own_launch(first)
    by_requirements = launch.by_requirements or first.has("instance_requirements")
    found = replace(merged(own, launch), by_requirements=by_requirements and not own.instance_type)
    if found.by_requirements:
        found = replace(found, instance_type=None)
    return _First(found, first.integer("weighted_capacity") or 1, types)


def _fleet(
    block: Block,
    tree: Tree,
    specifications: Sequence[Values],
    target: int | None,
    split: PurchaseSplit,
    least: int | None = None,
) -> Iterator[StackItem]:
    launch = template_named(block, tree, FLEET_TEMPLATE)
    first = _first_of(specifications, launch)
    addresses, assumed = addresses_of(block, tree, first.launch, *FLEET_SUBNETS)
    yield replace(
        launched(block, first.launch),
        count=None if target is None else -(-target // first.weight),
        addresses=addresses,
        address_assumes=assumed,
        split=split,
        weight=first.weight,
        assumes=first.assumes,
        scales=True,
        least=least,
    )
    yield from _beside(block, tree, first.launch)


def _schedules_of(block: Block, tree: Tree) -> tuple[Block, ...]:
    """The schedules of a group: by reference, or by its name."""
    names = {block.values.known.text("name"), block.values.known.text("id")} - {None}
    joined = tree.referenced_by(block, "autoscaling_group_name", "aws_autoscaling_schedule")
    rows = {row.address: row for row in joined}
    for name in names:
        rows |= {row.address: row for row in _schedules(tree).get(name, ())}
    return tuple(rows.values())


def _scheduled(rows: Sequence[Block], count: int | None) -> Iterator[int]:
    """The sizes that schedules give a group. A size that a schedule leaves out, or sets to -1, stays as it was."""
    for row in rows if count is not None else ():
        least, most = row.values.integer("min_size"), row.values.integer("max_size")
        desired = row.values.integer("desired_capacity")
        size = (count or 0) if desired is None else desired
        size = size if least is None else max(size, least)
        yield size if most is None else min(size, most)


@lru_cache(maxsize=4)
def _schedules(tree: Tree) -> Mapping[str | None, Sequence[Block]]:
    """Schedules by the name of their group, where that is a text."""
    found: dict[str | None, list[Block]] = {}
    for row in tree.of("aws_autoscaling_schedule"):
        found.setdefault(row.values.known.text("autoscaling_group_name"), []).append(row)
    return found


def _beside(block: Block, tree: Tree, launch: Launch) -> Iterator[StackItem]:
    """What is charged beside the instances: the regional fee for Dedicated Instances, and what AWS no longer offers."""
    if launch.tenancy == DEDICATED:
        same = [row for row in tree.of("aws_instance", "aws_autoscaling_group") if row.region == block.region]
        first = next((row for row in same if launch_of(row, tree).tenancy == DEDICATED), block)
        if first is block:
            yield Unpriced(block.origin, "Dedicated Instances, fee per region", say("dedicated_region_fee"))
    yield from unpriced_parts(block, launch)


READERS = {
    "aws_instance": instance,
    "aws_spot_instance_request": instance,
    "aws_autoscaling_group": group,
    "aws_spot_fleet_request": spot_fleet,
    "aws_ec2_fleet": fleet,
    "aws_ec2_host": host,
    "aws_ec2_capacity_reservation": reservation,
    "aws_eip": address,
}
