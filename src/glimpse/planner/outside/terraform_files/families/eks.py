"""Amazon EKS: clusters, node groups and Fargate profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.environments import environment_of
from glimpse.planner.outside.terraform_files.families.launching import (
    addresses_of,
    is_set,
    launched,
    template_named,
    unpriced_parts,
    zone_of,
)
from glimpse.planner.outside.terraform_files.families.reader import StackItem, certainly_referring
from glimpse.planner.outside.terraform_files.families.resting import awake_hours_of_group
from glimpse.planner.outside.terraform_files.families.risk_facts import unnoted
from glimpse.planner.resources.eks import Cluster, FargateProfile
from glimpse.planner.resources.volume import Disk
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced
from glimpse.planner.terraform.values import Unknown

DEFAULT_TYPE = "t3.medium"
LINUX_GIB, WINDOWS_GIB = 20, 50
"""A node's type and disk where nothing says otherwise (EKS API reference, CreateNodegroup)."""

TIER = "tier-"


def cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    tier = values.block("control_plane_scaling_config").text("tier") or ""
    networks = values.block("remote_network_config")
    yield Cluster(
        origin=block.origin,
        version=values.known.text("version"),
        extends=values.block("upgrade_policy").text("support_type") != "STANDARD",
        version_known=not values.is_unknown("version"),
        tier=tier.removeprefix(TIER).upper() if tier.startswith(TIER) else None,
        logs=values.has("enabled_cluster_log_types") and not _has_log_group(block, tree),
        auto_mode=bool(values.block("compute_config").boolean("enabled")),
        hybrid=networks.has("remote_node_networks"),
    )
    if values.has("outpost_config"):
        yield Unpriced(block.origin, "Local cluster on Outposts", say("on_outposts_cluster"))


def node_group(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Its own types win over the template's; a disk size stands only where there is no template, and so do defaults."""
    values = block.values
    launch = template_named(block, tree)
    types = _types(values)
    windows = (values.text("ami_type") or "").startswith("WINDOWS")
    gib = WINDOWS_GIB if windows else LINUX_GIB
    addresses, assumed = addresses_of(block, tree, launch, "subnet_ids")
    capacity = values.text("capacity_type") or "ON_DEMAND"
    count = values.block("scaling_config").known.integer("desired_size")
    schedules = certainly_referring(block, "autoscaling_group_name", "aws_autoscaling_schedule", tree)
    nodes = replace(
        launched(block, launch, gib),
        instance_type=types[0] if types else launch.instance_type or (None if launch.is_partial else DEFAULT_TYPE),
        count=count,
        addresses=addresses,
        address_assumes=assumed,
        spot=launch.spot or capacity == "SPOT",
        system="Windows" if windows else None,
        assumes=(say("first_of_types", count=len(types), type=types[0]),) if len(types) > 1 else (),
        zone_id=zone_of(block, tree, "subnet_ids"),
        scales=True,
        most=values.block("scaling_config").known.integer("max_size"),
        environment=environment_of(block),
        awake_hours=awake_hours_of_group(schedules, count),
        least=unnoted(values.block("scaling_config")).integer("min_size"),
    )
    if not values.has("launch_template"):
        size = values.known.integer("disk_size")
        nodes = replace(nodes, disks=(_disk(size if is_set(values, "disk_size") else gib),))
    if capacity == "CAPACITY_BLOCK":
        yield Unpriced(block.origin, "Capacity block", say("part_unknown"))
    else:
        yield nodes
    if values.has("warm_pool_config"):
        yield Unpriced(block.origin, "Warm pool", say("warm_pool"))
    yield from unpriced_parts(block, launch)


def _disk(gib: int | None) -> Disk:
    """The disk of a node whose group names no template, and so no type either: Amazon EKS chooses it."""
    return Disk("gp2", gib, kind_assumed=True)


def _types(values: Values) -> list[str]:
    """Raises ArgumentUnknown where one of them is."""
    items = values.items("instance_types") or ()
    for item in items:
        if isinstance(item, Unknown):
            raise ArgumentUnknown("instance_types", item)
    return [item for item in items if isinstance(item, str)]


def fargate_profile(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield FargateProfile(block.origin)


def _has_log_group(block: Block, tree: Tree) -> bool:
    """EKS writes to a group of this name; where the stack has it, the logs are charged there."""
    name = block.values.known.text("name")
    names = (row.values.known.text("name") for row in tree.of("aws_cloudwatch_log_group"))
    refers = any(
        block in tree.certain_references(row, "name", block.type) for row in tree.of("aws_cloudwatch_log_group")
    )
    return refers or (name is not None and f"/aws/eks/{name}/cluster" in names)


READERS = {
    "aws_eks_cluster": cluster,
    "aws_eks_node_group": node_group,
    "aws_eks_fargate_profile": fargate_profile,
}
