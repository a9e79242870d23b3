"""
Levers on block storage: volumes of EBS, RDS and OpenSearch as gp3, whose IOPS and throughput are bought apart from its
size.

IOPS and throughput of each volume type: Amazon EBS user guide, "Amazon EBS volume types"; of RDS: RDS user guide,
"Amazon RDS DB instance storage". AWS raised the limits of gp3 in September 2025; the older, lower ones are used here,
because not every way to make a volume takes the new ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil

from glimpse.planner.levers.lever import GIVES_UP, SAME_FOR_LESS, TERRAFORM, Lever, each, in_turn
from glimpse.planner.resources.database import GP3_INCLUDED, LEAST_PROVISIONED_IOPS, Database
from glimpse.planner.resources.fargate import FargateService, TasksOnInstances
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.search import GP3_IOPS, GP3_IOPS_PER_GIB, GP3_SMALL_MIBPS, SearchDomain
from glimpse.planner.resources.volume import GP3_BASELINE_IOPS, GP3_BASELINE_MIBPS, Disk, Volume
from glimpse.planner.stack import Stack

GP3_MAX_IOPS, GP3_MAX_MIBPS = 16_000, 1_000
"""Limits of one gp3 volume of EBS before September 2025 (EBS user guide, volume types)."""

GP2_IOPS_PER_GIB, GP2_MAX_IOPS = 3, 16_000
"""The baseline of gp2; below 1,000 GiB it bursts to 3,000 IOPS, which every gp3 volume has always."""

GP2_SLOW_GIB, GP2_SLOW_MIBPS, GP2_MIBPS = 170, 128, 250
"""Throughput of gp2 up to 170 GiB, and above, there also in a burst (EBS user guide, throughput of gp2)."""

MIBPS_PER_IOPS = {"gp2": Fraction(1, 4), "io1": Fraction(1, 4), "io2": Fraction("0.256")}
"""MiB/s for each IOPS, in operations of 256 KiB; of io2 as the EBS user guide prints it (Provisioned IOPS SSD)."""

IO1_MAX_MIBPS = 500
"""Of an io1 volume with up to 32,000 IOPS (EBS user guide, Provisioned IOPS SSD)."""

DB_STRIPED_MAX_IOPS, DB_STRIPED_MAX_MIBPS = 64_000, 4_000
"""Limits of gp3 on RDS where the volume is striped over four (RDS user guide, gp3 storage)."""

SEARCH_GP3_FAMILIES = frozenset("t3 m5 c5 r5 m6g c6g r6g m7g c7g r7g m8g c8g r8g".split())
"""Data nodes of OpenSearch that take gp3 (developer guide, "EBS volume size quotas"); older ones do not."""


def gp3(stack: Stack) -> Stack:
    return _disks(stack, _gp3_as_fast)


def gp3_less_throughput(stack: Stack) -> Stack:
    """All that gp3 changes, and gp2 with 125 MiB/s whatever its size: what the price of gp3 includes."""

    def change(disk: Disk) -> Disk:
        as_fast = _gp3_as_fast(disk)
        return as_fast if disk.kind != "gp2" or as_fast is disk else replace(as_fast, mibps=None)

    return _disks(stack, change)


def io2_to_gp3(stack: Stack) -> Stack:
    return _disks(stack, _gp3_for_io2)


def _disks(stack: Stack, change: Callable[[Disk], Disk]) -> Stack:
    """Every disk of the stack, changed: volumes of their own, and those of instances and tasks."""

    def of_service(service: FargateService) -> FargateService:
        return replace(service, volume=change(service.volume)) if service.volume else service

    return in_turn(
        each(Volume, lambda volume: replace(volume, disk=change(volume.disk))),
        each(Instances, lambda row: replace(row, disks=tuple(map(change, row.disks)))),
        each(FargateService, of_service),
        each(TasksOnInstances, lambda tasks: replace(tasks, volume=change(tasks.volume))),
    )(stack)


def _gp3_as_fast(disk: Disk) -> Disk:
    """
    gp3 in place of gp2 or io1, with at least its IOPS and throughput.

    Of gp2 the baseline counts, a burst to 3,000 IOPS, and above 170 GiB a burst to 250 MiB/s. Not counted: up to
    166 GiB a burst may reach 128 MiB/s, where gp3 has 125.
    """
    if disk.kind == "gp2" and disk.gib is not None and not disk.is_assumed and not disk.kind_assumed:
        iops = min(GP2_MAX_IOPS, GP2_IOPS_PER_GIB * disk.gib)
        steady = min(GP2_SLOW_MIBPS, ceil(iops * MIBPS_PER_IOPS["gp2"]))
        return _as_gp3(disk, iops, steady if disk.gib <= GP2_SLOW_GIB else GP2_MIBPS)
    if disk.kind == "io1" and disk.iops is not None:
        return _as_gp3(disk, disk.iops, min(IO1_MAX_MIBPS, ceil(disk.iops * MIBPS_PER_IOPS["io1"])))
    return disk


def _gp3_for_io2(disk: Disk) -> Disk:
    if disk.kind != "io2" or disk.iops is None:
        return disk
    return _as_gp3(disk, disk.iops, ceil(disk.iops * MIBPS_PER_IOPS["io2"]))


def _as_gp3(disk: Disk, iops: int, mibps: int) -> Disk:
    """gp3 with so much; the same disk where gp3 cannot have it, or cannot be attached to several instances."""
    if iops > GP3_MAX_IOPS or mibps > GP3_MAX_MIBPS or disk.multi_attach is not False:
        return disk
    return replace(
        disk,
        kind="gp3",
        iops=iops if iops > GP3_BASELINE_IOPS else None,
        mibps=mibps if mibps > GP3_BASELINE_MIBPS else None,
    )


def db_gp3(database: Database) -> Database:
    """gp3 on RDS in place of gp2 or io1, with at least its IOPS and throughput."""
    if database.storage_type == "gp2":
        return _slow_db_gp3(database)
    return _fast_db_gp3(database, "io1")


def db_io2_to_gp3(database: Database) -> Database:
    return _fast_db_gp3(database, "io2")


def _slow_db_gp3(database: Database) -> Database:
    """
    Of gp2 on RDS: up to 166 GiB what every gp3 includes is as much. A larger one is not changed: it may reach
    250 MiB/s and more, and gp3 below 400 GiB is sold with 125 MiB/s alone.
    """
    gib, (_, mibps) = database.storage_gib, GP3_INCLUDED[False]
    if gib is None or gib * GP2_IOPS_PER_GIB * MIBPS_PER_IOPS["gp2"] > mibps:
        return database
    return replace(database, storage_type="gp3", iops=None, mibps=None)


def _fast_db_gp3(database: Database, kind: str) -> Database:
    """Of provisioned IOPS on RDS: where the volume is striped, what gp3 does not include is bought."""
    if not _may_change(database, kind) or not database.is_striped:
        return database
    iops = max(database.iops or 0, LEAST_PROVISIONED_IOPS)
    mibps = min(DB_STRIPED_MAX_MIBPS, ceil(iops * MIBPS_PER_IOPS[kind]))
    if iops > DB_STRIPED_MAX_IOPS:
        return database
    included_iops, included_mibps = GP3_INCLUDED[True]
    needs_more = iops > included_iops or mibps > included_mibps
    # RDS takes either both figures or none (RDS user guide, gp3 storage).
    more = (max(iops, included_iops), max(mibps, included_mibps)) if needs_more else (None, None)
    return replace(database, storage_type="gp3", iops=more[0], mibps=more[1])


def db_gp3_less_throughput(database: Database) -> Database:
    """gp3 on RDS in place of io1, where the volume is not striped: as many IOPS, and 125 MiB/s."""
    if not _may_change(database, "io1") or database.is_striped is not False:
        return database
    if max(database.iops or 0, LEAST_PROVISIONED_IOPS) > GP3_INCLUDED[False][0]:
        return database
    return replace(database, storage_type="gp3", iops=None, mibps=None)


def search_gp3(domain: SearchDomain) -> SearchDomain:
    """
    gp3 on the data nodes of a domain in place of gp2. Its price includes as many IOPS and MiB/s as gp2 has, bursts
    among them, at every size (resources/search.py); up to 166 GiB a burst of gp2 may reach 128 MiB/s, gp3 has 125.
    """
    disk, family = domain.disk, (domain.nodes[0].instance_type or "").partition(".")[0]
    if disk is None or disk.kind != "gp2" or disk.gib is None or family not in SEARCH_GP3_FAMILIES:
        return domain
    mibps = GP3_SMALL_MIBPS if disk.gib <= GP2_SLOW_GIB else GP2_MIBPS
    iops = max(GP3_IOPS, GP3_IOPS_PER_GIB * disk.gib)
    return replace(domain, disk=replace(disk, kind="gp3", iops=iops, mibps=mibps))


def _may_change(database: Database, kind: str) -> bool:
    """gp3 has no dedicated log volume, so that one that may have it stays."""
    return database.storage_type == kind and database.storage_gib is not None and database.log_volume is False


LEVERS = (
    Lever("gp3", "disks", SAME_FOR_LESS, gp3, TERRAFORM, "variable"),
    Lever(
        "gp3_less_throughput", "disks", GIVES_UP, gp3_less_throughput, TERRAFORM, "variable",
        gives_up="storage_throughput",
    ),
    Lever("io2_to_gp3", "io2 disks", GIVES_UP, io2_to_gp3, TERRAFORM, "variable", gives_up="volume_durability"),
    Lever("db_gp3", "database storage", SAME_FOR_LESS, each(Database, db_gp3), TERRAFORM, "variable"),
    Lever("search_gp3", "search storage", SAME_FOR_LESS, each(SearchDomain, search_gp3), TERRAFORM, "variable"),
    Lever(
        "db_io2_to_gp3", "io2 database storage", GIVES_UP, each(Database, db_io2_to_gp3), TERRAFORM, "variable",
        gives_up="volume_durability",
    ),
    Lever(
        "db_gp3_less_throughput", "small database storage", GIVES_UP, each(Database, db_gp3_less_throughput),
        TERRAFORM, "variable", gives_up="storage_throughput",
    ),
)  # fmt: skip
