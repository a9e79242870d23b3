"""EC2 instances, Auto Scaling groups with their launch templates, disks and Elastic IPs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    elastic = tree.referenced_by(block, "instance", "aws_eip")
    elastic = elastic or tree.referenced_by(block, "instance_id", "aws_eip_association")
    own = _public_address((values, *interfaces))
    root = values.block("root_block_device")
    extra = tuple(_disk(row) for row in values.blocks("ebs_block_device"))
    own_root = (_disk(root),) if values.has("root_block_device") else _template_disks(template) or (Disk("gp2", None),)
    disks = (*own_root, *extra)
    yield Instances(
        origin=block.origin,
        instance_type=values.text("instance_type") or (template.text("instance_type") if template else None),
        count=1,
        disks=disks,
        addresses=0 if elastic else own if own != BY_SUBNET else _subnet_addresses(block, tree),
        spot=bool(
            values.blocks("instance_market_options") or (template and template.blocks("instance_market_options"))
        ),
        tenancy=TENANCIES.get(values.text("tenancy") or "default", "Dedicated"),
        elastic=tuple(address.address for address in elastic if address.type == "aws_eip"),
        is_nat=values.boolean("source_dest_check") is False or role(values) == NAT,
    )


def group(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    template = _template(block, tree)
    public = _public_address((*template.blocks("network_interfaces"), template)) if template else BY_SUBNET
    count = "desired_capacity" if values.has("desired_capacity") else "min_size"
    yield Instances(
        origin=block.origin,
        instance_type=template.text("instance_type") if template else None,
        count=values.known.integer(count),
        disks=_template_disks(template) or (Disk("gp2", None),),
        addresses=_subnet_addresses(block, tree, "vpc_zone_identifier") if public == BY_SUBNET else public,
        is_nat=any((row.text("key"), row.text("value")) == (ROLE, NAT) for row in values.known.blocks("tag")),
        spot=bool(template and (template.blocks("instance_market_options") or template.text("spot_price"))),
    )


def volume(block: Block, tree: Tree) -> Iterator[Found]:
    size = block.values.known.integer("size")
    kind = block.values.text("type") or "gp2"
    disk = Disk(kind, size, block.values.integer("iops"), block.values.integer("throughput"))
    yield Volume(block.origin, disk)


def address(block: Block, tree: Tree) -> Iterator[Found]:
    yield PublicAddress(block.origin)


def _template(block: Block, tree: Tree) -> Values | None:
    linked = (
        *tree.references(block, "launch_template.id", "aws_launch_template"),
        *tree.references(block, "launch_template.name", "aws_launch_template"),
        *tree.references(block, "launch_configuration", "aws_launch_configuration"),
    )
    if linked:
        return linked[0].values
    name = block.values.block("launch_template").known.text("name")
    named = [row.values for row in tree.of("aws_launch_template") if name and row.values.known.text("name") == name]
    return named[0] if named else None


def _disk(row: Values) -> Disk:
    size = row.known.integer("volume_size")
    return Disk(row.text("volume_type") or "gp2", size, row.integer("iops"), row.integer("throughput"))


def _template_disks(template: Values | None) -> tuple[Disk, ...]:
    """
    The disks a template names. Where none is the root device, the image decides its size: unknown.
    """
    if template is None:
        return ()
    rows = template.blocks("block_device_mappings")
    disks = tuple(_disk(row.block("ebs")) for row in rows if row.blocks("ebs"))
    disks += tuple(_disk(root) for root in template.blocks("root_block_device"))
    named_root = any(row.text("device_name") in ROOT_DEVICES for row in rows) or template.blocks("root_block_device")
    return disks if named_root else (Disk("gp2", None), *disks)


BY_SUBNET = -1
"""Of a public address: nothing says whether there is one, so the subnet decides."""


def _public_address(places: Sequence[Values]) -> int | None:
    """How many public addresses the first place gives that says anything; None where that is unknown."""
    said = next((row for row in places if row.has("associate_public_ip_address")), None)
    if said is None:
        return BY_SUBNET
    public = said.known.boolean("associate_public_ip_address")
    return None if public is None else int(public)


def _subnet_addresses(block: Block, tree: Tree, argument: str = "subnet_id") -> int | None:
    found = [row.values.known for row in tree.certain_references(block, argument, "aws_subnet")]
    if not found or any(row.has(PUBLIC) and row.boolean(PUBLIC) is None for row in found):
        return None
    return int(any(row.boolean(PUBLIC) for row in found))


PUBLIC = "map_public_ip_on_launch"


READERS = {
    "aws_instance": instance,
    "aws_autoscaling_group": group,
    "aws_ebs_volume": volume,
    "aws_eip": address,
}
