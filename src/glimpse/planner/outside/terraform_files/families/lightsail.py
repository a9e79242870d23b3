"""Amazon Lightsail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.lightsail import (
    LightsailContainers,
    LightsailDatabase,
    LightsailDisk,
    LightsailInstance,
    LightsailPart,
)
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

ATTACHMENT = "aws_lightsail_static_ip_attachment"
BUNDLE = re.compile(r"^(?P<size>[0-9a-z]+?)(?P<rest>(?:_[a-z][a-z0-9]*)*)_(?P<generation>\d+)_\d+$")
"""`small_win_ipv6_3_0`: a size, what is special, and the generation."""


def instance(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    size, rest, generation = _bundle(values.known.text("bundle_id"))
    only_ipv6 = "ipv6" in rest or values.text("ip_address_type") == "ipv6"
    add_ons = values.blocks("add_on")
    yield LightsailInstance(
        origin=block.origin,
        size=size,
        windows="win" in rest,
        dual_stack=not only_ipv6,
        generation=generation,
        snapshots=any((row.text("status") or "Enabled") == "Enabled" for row in add_ons if row.text("type")),
    )


def database(block: Block, tree: Tree) -> Iterator[StackItem]:
    size, rest, _ = _bundle(block.values.known.text("bundle_id"))
    yield LightsailDatabase(block.origin, size, high_availability="ha" in rest)


def disk(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield LightsailDisk(block.origin, block.values.known.integer("size_in_gb"))


def containers(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values.known
    yield LightsailContainers(block.origin, values.text("power"), values.integer("scale"))


def load_balancer(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield LightsailPart(block.origin, "load_balancer")


def static_ip(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Free while it is attached to an instance. By its name, where that is not known, any attachment may mean it."""
    joined = tree.referenced_by(block, "static_ip_name", ATTACHMENT)
    name = block.values.known.text("name")
    rows = [row for row in tree.of(ATTACHMENT) if not tree.certain_references(row, "static_ip_name", block.type)]
    if joined or any(name and row.values.known.text("static_ip_name") == name for row in rows):
        yield block.origin
    elif rows and name is None:
        yield Unpriced(block.origin, "Static IP, not attached", say("needs_static_ip_name"))
    else:
        yield LightsailPart(block.origin, "static_ip")


def bucket(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield LightsailPart(block.origin, "bucket", block.values.text("bundle_id") or "?")


def distribution(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield LightsailPart(block.origin, "distribution", block.values.text("bundle_id") or "?")


def _bundle(name: str | None) -> tuple[str | None, tuple[str, ...], str]:
    """Size, what is special, and generation; a name of another form is its own size, which no price is held of."""
    found = BUNDLE.match(name or "")
    if found is None:
        return name, (), ""
    return found["size"], tuple(found["rest"].split("_")[1:]), found["generation"]


READERS = {
    "aws_lightsail_instance": instance,
    "aws_lightsail_database": database,
    "aws_lightsail_disk": disk,
    "aws_lightsail_container_service": containers,
    "aws_lightsail_lb": load_balancer,
    "aws_lightsail_static_ip": static_ip,
    "aws_lightsail_bucket": bucket,
    "aws_lightsail_distribution": distribution,
}
