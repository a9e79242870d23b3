"""EC2 instances, Auto Scaling groups with their launch templates, disks and Elastic IPs."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import ROLE, Block, Tree, Values, role
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.volume import Disk, Volume

TENANCIES = {"default": "Shared", "dedicated": "Dedicated", "host": "Host"}
NAT = "nat"
"""The value of the role tag by which a group says that its instance carries the others' way out."""

ROOT_DEVICES = ("/dev/xvda", "/dev/sda1")


def instance(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    template = _template(block, tree)
    interfaces = template.blocks("network_interfaces") if template else ()
    elastic = tree.linking(block, "instance", "aws_eip") or tree.linking(block, "instance_id", "aws_eip_association")
    flags = [
        values.flag("associate_public_ip_address"),
        *(row.flag("associate_public_ip_address") for row in interfaces),
    ]
    own = next((flag for flag in flags if flag is not None), None)
    root = values.block("root_block_device")
    extra = tuple(_disk(row) for row in values.blocks("ebs_block_device"))
    disks = (_disk(root), *extra) if root.raw else (*(_template_disks(template) or (Disk("gp2", None),)), *extra)
    yield Instances(
        origin=block.origin,
        instance_type=values.text("instance_type") or (template.text("instance_type") if template else None),
        count=1,
        disks=disks,
        addresses=0 if elastic else int(own) if own is not None else _subnet_addresses(block, tree),
        spot=bool(
            values.blocks("instance_market_options") or (template and template.blocks("instance_market_options"))
        ),
        tenancy=TENANCIES.get(values.text("tenancy") or "default", "Dedicated"),
        elastic=tuple(address.address for address in elastic if address.type == "aws_eip"),
        is_nat=values.flag("source_dest_check") is False or role(values) == NAT,
    )


def group(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    template = _template(block, tree)
    public = None
    if template:
        flags = [row.flag("associate_public_ip_address") for row in template.blocks("network_interfaces")]
        flags.append(template.flag("associate_public_ip_address"))
        public = next((int(flag) for flag in flags if flag is not None), None)
    yield Instances(
        origin=block.origin,
        instance_type=template.text("instance_type") if template else None,
        count=values.whole("desired_capacity")
        if values.whole("desired_capacity") is not None
        else values.whole("min_size"),
        disks=_template_disks(template) or (Disk("gp2", None),),
        addresses=_subnet_addresses(block, tree, "vpc_zone_identifier") if public is None else public,
        is_nat=any((row.text("key"), row.text("value")) == (ROLE, NAT) for row in values.blocks("tag")),
        spot=bool(template and (template.blocks("instance_market_options") or template.text("spot_price"))),
    )


def volume(block: Block, tree: Tree) -> Iterator[Found]:
    size = block.values.whole("size")
    kind = block.values.text("type") or "gp2"
    disk = Disk(kind, size, block.values.whole("iops"), block.values.whole("throughput"))
    yield Volume(block.origin, disk)


def address(block: Block, tree: Tree) -> Iterator[Found]:
    yield PublicAddress(block.origin)


def _template(block: Block, tree: Tree) -> Values | None:
    linked = (
        *tree.linked(block, "launch_template.id", "aws_launch_template"),
        *tree.linked(block, "launch_template.name", "aws_launch_template"),
        *tree.linked(block, "launch_configuration", "aws_launch_configuration"),
    )
    if linked:
        return linked[0].values
    name = block.values.block("launch_template").text("name")
    named = [row.values for row in tree.of("aws_launch_template") if name and row.values.text("name") == name]
    return named[0] if named else None


def _disk(row: Values) -> Disk:
    size = row.whole("volume_size")
    return Disk(row.text("volume_type") or "gp2", size, row.whole("iops"), row.whole("throughput"))


def _template_disks(template: Values | None) -> tuple[Disk, ...]:
    """
    The disks a template names. Where none is the root device, the image decides its size: unknown.
    """
    if template is None:
        return ()
    rows = template.blocks("block_device_mappings")
    disks = tuple(_disk(row.block("ebs")) for row in rows if row.blocks("ebs"))
    if root := template.block("root_block_device"):
        disks += (_disk(root),) if root.raw else ()
    named_root = any(row.text("device_name") in ROOT_DEVICES for row in rows) or template.blocks("root_block_device")
    return disks if named_root else (Disk("gp2", None), *disks)


def _subnet_addresses(block: Block, tree: Tree, argument: str = "subnet_id") -> int | None:
    subnets = tree.linked(block, argument, "aws_subnet")
    if not subnets:
        return None
    return int(any(subnet.values.flag("map_public_ip_on_launch") for subnet in subnets))


READERS = {
    "aws_instance": instance,
    "aws_autoscaling_group": group,
    "aws_ebs_volume": volume,
    "aws_eip": address,
}
