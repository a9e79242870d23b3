"""EBS volumes and snapshots, and the images that consist of snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.launching import is_set, launch_of
from glimpse.planner.outside.terraform_files.families.reader import StackItem, flag
from glimpse.planner.outside.terraform_files.families.references import OF_SNAPSHOT, OF_VOLUME, is_used
from glimpse.planner.resources.snapshot import FastRestore, Snapshot
from glimpse.planner.resources.volume import Disk, Volume
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

COPY = "aws_ebs_volume_copy"
VOLUMES = ("aws_ebs_volume", COPY)
SNAPSHOTS = ("aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ebs_snapshot_import")
MAX_STEPS = 10


def volume(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A volume made from a snapshot is as large as its source where it does not say otherwise; a copy is like it."""
    values = block.values
    if is_set(values, "outpost_arn"):
        yield Unpriced(block.origin, "EBS on Outposts", say("on_outpost"))
        return
    kind, source = "type", None
    if block.type == COPY:
        kind = "volume_type"
        source = next(
            (row.values for row in tree.certain_references(block, "source_volume_id", "aws_ebs_volume")), None
        )
    if source and not values.has(kind):
        values, kind = source, "type"
    disk = Disk(
        values.text(kind) or "gp2",
        _size(block, tree),
        values.integer("iops"),
        values.integer("throughput"),
        multi_attach=flag(values, "multi_attach_enabled"),
    )
    # Kubernetes attaches volumes by itself: nothing in the files tells which.
    attached = None if tree.of("aws_eks_cluster") else is_used(block, tree, OF_VOLUME)
    yield Volume(block.origin, disk, attached)
    if block.values.integer("volume_initialization_rate"):
        yield Unpriced(block.origin, "Provisioned rate for volume initialization", say("volume_initialized"))


def snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    yield Snapshot(
        origin=block.origin,
        gib=_size(block, tree),
        archived=values.text("storage_tier") == "archive",
        restored=bool(values.boolean("permanent_restore")) or bool(values.integer("temporary_restore_days")),
        read_directly=block.type == "aws_ebs_snapshot",
        used=is_used(block, tree, OF_SNAPSHOT),
    )
    if values.integer("completion_duration_minutes"):
        yield Unpriced(block.origin, "Time-based snapshot copy", say("part_unknown"))
    source, here = values.known.text("source_region"), block.region
    if here and (values.is_unknown("source_region") or source not in (None, here)):
        yield Unpriced(block.origin, f"Transfer from {source or '?'}", say("copied_between_regions"))


def fast_restore(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield FastRestore(block.origin)


def image(block: Block, tree: Tree) -> Iterator[StackItem]:
    """An image of snapshots that exist costs nothing beside them."""
    yield block.origin


def copied_image(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A copy has snapshots of its own; those of an instance hold all its disks."""
    instances = tree.certain_references(block, "source_instance_id", "aws_instance")
    sizes = [disk.gib for row in instances[:1] for disk in launch_of(row, tree).with_root()]
    known = sizes and all(size is not None for size in sizes)
    yield Snapshot(block.origin, sum(size or 0 for size in sizes) if known else None)


def _size(block: Block, tree: Tree, steps: int = MAX_STEPS) -> int | None:
    """GiB of a volume, or of the one that a snapshot was made of; None where the files do not tell."""
    values = block.values.known
    size = values.integer("size") if block.type in VOLUMES else values.integer("volume_size")
    if size is not None or values.has("size") or steps == 0:
        return size
    for argument in ("volume_id", "source_snapshot_id", "snapshot_id", "source_volume_id"):
        for source in tree.certain_references(block, argument, *VOLUMES, *SNAPSHOTS):
            return _size(source, tree, steps - 1)
    return None


READERS = {
    "aws_ebs_volume": volume,
    "aws_ebs_volume_copy": volume,
    "aws_ebs_snapshot": snapshot,
    "aws_ebs_snapshot_copy": snapshot,
    "aws_ebs_snapshot_import": snapshot,
    "aws_ebs_fast_snapshot_restore": fast_restore,
    "aws_ami": image,
    "aws_ami_copy": copied_image,
    "aws_ami_from_instance": copied_image,
}
