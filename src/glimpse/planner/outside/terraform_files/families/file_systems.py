"""EFS and FSx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem, unknown_part
from glimpse.planner.resources import file_system as efs
from glimpse.planner.resources import fsx
from glimpse.planner.resources.backup import EFS_WARM
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.file_system import FileSystem
from glimpse.planner.resources.fsx import FsxBackup, FsxFileSystem
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

EFS = "aws_efs_file_system"
SYSTEMS = {
    "aws_fsx_windows_file_system": fsx.WINDOWS,
    "aws_fsx_lustre_file_system": fsx.LUSTRE,
    "aws_fsx_ontap_file_system": fsx.ONTAP,
    "aws_fsx_openzfs_file_system": fsx.OPENZFS,
}

LUSTRE_SCRATCH = "SCRATCH_1"
"""What `deployment_type` is where it is left out."""

ELASTIC = "INTELLIGENT_TIERING"
USER_PROVISIONED = "USER_PROVISIONED"
SINGLE_AZ = "SINGLE_AZ_1"
DEPLOYMENTS = {
    "SINGLE_AZ_1": "Single-AZ",
    "SINGLE_AZ_2": "Single-AZ 2",
    "SINGLE_AZ_HA_1": "Single-AZ HA",
    "SINGLE_AZ_HA_2": "Single-AZ HA 2",
    "MULTI_AZ_1": "Multi-AZ",
    "MULTI_AZ_2": "Multi-AZ 2",
}
"""FSx prices each by itself, but for Windows, whose second Single-AZ type costs what the first does."""


def file_system(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    rules = values.blocks("lifecycle_policy")
    colder = {efs.INFREQUENT: "transition_to_ia", efs.ARCHIVE: "transition_to_archive"}
    yield FileSystem(
        origin=block.origin,
        one_zone=values.has("availability_zone_name"),
        throughput=values.text("throughput_mode") or efs.BURSTING,
        provisioned_mibps=values.known.number("provisioned_throughput_in_mibps"),
        colder=frozenset(name for name, argument in colder.items() if any(rule.has(argument) for rule in rules)),
    )


def efs_replication(block: Block, tree: Tree) -> Iterator[StackItem]:
    """
    A replica is a file system that the replication makes, unless one is named: that one is charged by its own resource.
    """
    yield block.origin
    for destination in block.values.blocks("destination"):
        zone = "availability_zone_name"
        place = "region" if destination.has("region") else zone
        said = destination.known.text(place)
        if destination.is_unknown(place):
            yield from unknown_part(block, "EFS replica", f"destination.{place}")
            yield ByUse(block.origin, efs.replica(None), charged=None)
            continue
        region = said[:-1] if said and place == zone else said  # a zone is its region and a letter
        away = region not in (None, block.region or tree.region)
        if not destination.has("file_system_id"):
            origin = replace(block.origin, region=region if away else block.region)
            yield FileSystem(origin, one_zone=destination.has(zone))
        if away:
            yield ByUse(block.origin, efs.replica(region))


def efs_backup(block: Block, tree: Tree) -> Iterator[StackItem]:
    on = block.values.block("backup_policy").text("status") == "ENABLED"
    yield ByUse(block.origin, (EFS_WARM,)) if on else block.origin


def windows(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    deployment = values.text("deployment_type") or SINGLE_AZ
    yield FsxFileSystem(
        origin=block.origin,
        system=fsx.WINDOWS,
        deployment="Multi-AZ" if deployment.startswith("MULTI_AZ") else "Single-AZ",
        storage_type=values.text("storage_type") or "SSD",
        storage_gib=values.known.integer("storage_capacity"),
        throughput_mbps=values.known.integer("throughput_capacity"),
        iops=_own_iops(values),
    )


def lustre(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    deployment = values.text("deployment_type") or LUSTRE_SCRATCH
    kind = values.text("storage_type") or "SSD"
    per_tib = values.text("per_unit_storage_throughput")
    elastic = kind == ELASTIC
    cache = values.block("data_read_cache_configuration")
    yield from _unknown_cache(block, cache, kind)
    if values.block("metadata_configuration").text("mode") == USER_PROVISIONED:
        yield Unpriced(block.origin, "Metadata IOPS", say("part_unknown"))
    yield FsxFileSystem(
        origin=block.origin,
        system=fsx.LUSTRE,
        deployment=deployment.replace("_", " ").capitalize(),
        storage_type=kind,
        storage_gib=values.known.integer("storage_capacity"),
        throughput_mbps=values.known.integer("throughput_capacity"),
        has_throughput=elastic,
        elastic=elastic,
        read_cache_gib=cache.integer("size"),
        hdd_cache=values.text("drive_cache_type") == "READ",
        compressed=values.text("data_compression_type") == "LZ4",
        backups=deployment.startswith("PERSISTENT"),
        priced_by={"throughput_per_tib": per_tib} if per_tib else {},
    )


def ontap(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Throughput is stated for the whole, or for each pair of file servers."""
    values = block.values
    pairs = values.known.integer("ha_pairs") or (None if values.is_unknown("ha_pairs") else 1)
    each = values.known.integer("throughput_capacity_per_ha_pair")
    throughput = values.known.integer("throughput_capacity")
    if each is not None:
        throughput = None if pairs is None else each * pairs
    yield FsxFileSystem(
        origin=block.origin,
        system=fsx.ONTAP,
        deployment=DEPLOYMENTS.get(values.text("deployment_type") or "", "unknown"),
        storage_type=values.text("storage_type") or "SSD",
        storage_gib=values.known.integer("storage_capacity"),
        throughput_mbps=throughput,
        iops=_own_iops(values),
        capacity_pool=True,
    )


def openzfs(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    kind = values.text("storage_type") or "SSD"
    compression = values.block("root_volume_configuration").text("data_compression_type") or "NONE"
    cache = values.block("read_cache_configuration")
    yield from _unknown_cache(block, cache, kind)
    yield FsxFileSystem(
        origin=block.origin,
        system=fsx.OPENZFS,
        deployment=DEPLOYMENTS.get(values.text("deployment_type") or "", "unknown"),
        storage_type=kind,
        storage_gib=values.known.integer("storage_capacity"),
        throughput_mbps=values.known.integer("throughput_capacity"),
        iops=_own_iops(values),
        elastic=kind == ELASTIC,
        read_cache_gib=cache.integer("size"),
        compressed=compression != "NONE",
    )


def _own_iops(values: Values) -> int | None:
    """Provisioned IOPS, where they are not what the storage brings with it."""
    configuration = values.block("disk_iops_configuration")
    return configuration.integer("iops") if configuration.text("mode") == USER_PROVISIONED else None


def _unknown_cache(block: Block, cache: Values, storage_type: str) -> Iterator[StackItem]:
    """The read cache of elastic storage, where FSx chooses its size after the throughput."""
    if storage_type == ELASTIC and not cache.has("size") and cache.text("sizing_mode") != "NO_CACHE":
        yield Unpriced(block.origin, "SSD read cache", say("part_unknown"))


def file_cache(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    # What nobody knows is unknown as a whole; what is left out adds nothing.
    within = values.block("lustre_configuration").block("metadata_configuration")
    metadata = within.known.integer("storage_capacity") if within.has("storage_capacity") else 0
    size = values.known.integer("storage_capacity")
    yield FsxFileSystem(
        origin=block.origin,
        system=fsx.FILE_CACHE,
        deployment="Cache 1",
        storage_gib=None if size is None or metadata is None else size + metadata,
        has_throughput=False,
        backups=False,
    )


def backup(block: Block, tree: Tree) -> Iterator[StackItem]:
    sources = tree.certain_references(block, "file_system_id", *SYSTEMS)
    volumes = tree.certain_references(block, "volume_id", "aws_fsx_ontap_volume", "aws_fsx_openzfs_volume")
    kinds = [SYSTEMS[row.type] for row in sources]
    kinds += [fsx.ONTAP if row.type == "aws_fsx_ontap_volume" else fsx.OPENZFS for row in volumes]
    yield FsxBackup(block.origin, next(iter(kinds), None))


def snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A snapshot takes room in its own file system, and costs nothing besides (FSx for OpenZFS user guide)."""
    yield block.origin


READERS = {
    EFS: file_system,
    "aws_efs_replication_configuration": efs_replication,
    "aws_efs_backup_policy": efs_backup,
    "aws_fsx_windows_file_system": windows,
    "aws_fsx_lustre_file_system": lustre,
    "aws_fsx_ontap_file_system": ontap,
    "aws_fsx_openzfs_file_system": openzfs,
    "aws_fsx_file_cache": file_cache,
    "aws_fsx_backup": backup,
    "aws_fsx_openzfs_snapshot": snapshot,
}
