"""
OpenSearch Service domains, those of Elasticsearch among them: nodes by the hour, the disks of the data nodes, and what
lies in warm and cold storage.

Formulas are those of the OpenSearch Service pricing page; sizes of disks are those of each data node (API reference,
EBSOptions), and so is what the price of gp3 includes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.resources.reservable import instance_hours
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

SEARCH = "AmazonES"

GP3_IOPS, GP3_IOPS_PER_GIB = 3_000, 3
"""IOPS that gp3 storage includes: 3,000, or 3 a GiB where that is more (pricing page)."""

GP3_SMALL_GIB, GP3_SMALL_MIBPS = 170, 125
GP3_STEP_GIB, GP3_STEP_MIBPS, GP3_MAX_MIBPS = 3_000, 250, 1_000
"""
Throughput that gp3 storage includes: 125 MiB/s up to 170 GiB; beyond that 250 MiB/s for each 3 TB begun, and 1,000 at
most (pricing page).
"""


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes of one kind. `instance_type` as on the pricing page, with `.search` at its end. None is unknown."""

    component: str
    instance_type: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class DataDisk:
    """The EBS volume of each data node; `kind` is its volume type."""

    kind: str
    gib: int | None
    iops: int | None = None
    mibps: int | None = None


@dataclass(frozen=True, slots=True)
class SearchDomain:
    """
    `nodes` are all its nodes, the data nodes first. `disk` is None where those have disks of their own. `version` as
    the files say it ("OpenSearch 2.11", "Elasticsearch 7.10"), None where nobody knows it.
    """

    origin: Origin
    nodes: tuple[Nodes, ...]
    disk: DataDisk | None = None
    warm: bool = False
    cold: bool = False
    vector_acceleration: bool = False
    s3_vectors: bool = False
    version: str | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        for row in self.nodes:
            component = f"{row.component} {row.instance_type or ''}".strip()
            if row.instance_type is None or row.count is None:
                sku, needs = Sku(SEARCH, "search_instance_hour"), say("needs_search_nodes")
                yield metering.hours(component, sku, None, needs=needs)
            else:
                sku = Sku(SEARCH, "search_instance_hour", {"instance_type": row.instance_type})
                yield instance_hours(self.origin, component, sku, row.count, traffic)
        if self.disk:
            yield from self._storage(metering, self.disk)
        for asked, component, key, kind in (
            (self.warm, "UltraWarm storage", "warm_storage_gb", "ultrawarm_storage_gb_month"),
            (self.cold, "Cold storage", "cold_storage_gb", "cold_storage_gb_month"),
            (self.s3_vectors, "Vectors in S3", "s3_vectors_gb", "s3_vectors_gb_month"),
        ):
            if asked:
                yield metering.used(component, "GB-month", key, Sku(SEARCH, kind))

        if self.vector_acceleration:
            key, sku = "monthly_vector_acceleration_ocu_hours", Sku(SEARCH, "vector_acceleration_ocu_hour")
            yield metering.used("Vector acceleration", "OCU-hour", key, sku)

    def _storage(self, metering: Metering, disk: DataDisk) -> Iterator[Meter]:
        """Disks of all data nodes, and what they are provisioned with beyond what their price includes."""
        count, volume = self.nodes[0].count, {"volume_type": disk.kind}
        total = None if disk.gib is None or count is None else disk.gib * count
        sku, needs = Sku(SEARCH, "search_storage_gb_month", volume), say("needs_search_disk")
        yield metering.fixed(f"EBS {disk.kind} storage", "GB-month", sku, total, needs=needs)
        for component, unit, kind, each in (
            ("IOPS", "IOPS-month", "search_iops_month", _iops_beyond(disk)),
            ("throughput", "MiBps-month", "search_throughput_mibps_month", _mibps_beyond(disk)),
        ):
            if each != 0:
                amount = None if each is None or count is None else each * count
                yield metering.fixed(
                    f"EBS {disk.kind} {component}", unit, Sku(SEARCH, kind, volume), amount, needs=needs
                )


def _iops_beyond(disk: DataDisk) -> int | None:
    """IOPS that each disk is charged for."""
    if disk.kind in ("io1", "io2"):
        return disk.iops
    if disk.kind != "gp3" or not disk.iops:
        return 0
    if disk.gib is None:
        return None
    return max(0, disk.iops - max(GP3_IOPS, GP3_IOPS_PER_GIB * disk.gib))


def _mibps_beyond(disk: DataDisk) -> int | None:
    """MiB/s that each disk is charged for."""
    if disk.kind != "gp3" or not disk.mibps:
        return 0
    if disk.gib is None:
        return None
    steps = math.ceil(disk.gib / GP3_STEP_GIB)
    included = GP3_SMALL_MIBPS if disk.gib <= GP3_SMALL_GIB else min(GP3_MAX_MIBPS, steps * GP3_STEP_MIBPS)
    return max(0, disk.mibps - included)
