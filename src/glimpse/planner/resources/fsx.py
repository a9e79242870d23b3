"""
FSx file systems: what is provisioned (storage, throughput, IOPS, cache), and backups.

Rows and what a price includes: the pricing pages of FSx for Windows File Server, Lustre, NetApp ONTAP and OpenZFS, as
known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

FSX = "AmazonFSx"

WINDOWS, LUSTRE, ONTAP, OPENZFS, FILE_CACHE = "Windows", "Lustre", "ONTAP", "OpenZFS", "File Cache"

INCLUDED_IOPS_PER_GIB = 3
"""SSD storage includes so many IOPS per GiB; provisioned ones beyond are charged (each pricing page but Lustre's)."""

HDD_CACHE_SHARE = Fraction(20, 100)
"""A read cache of Lustre's HDD storage is SSD storage of a fifth of its size (FSx for Lustre pricing page)."""


@dataclass(frozen=True, slots=True)
class FsxFileSystem:
    """
    What is provisioned is None where nobody knows it. `elastic`: the storage type Intelligent-Tiering, which is charged
    by use. `priced_by` is what its storage's price differs by besides (Lustre's throughput per TiB).
    """

    origin: Origin
    system: str
    deployment: str
    storage_type: str = "SSD"
    storage_gib: int | None = None
    throughput_mbps: int | None = None
    has_throughput: bool = True
    iops: int | None = None
    elastic: bool = False
    read_cache_gib: int | None = None
    hdd_cache: bool = False
    compressed: bool = False
    backups: bool = True
    capacity_pool: bool = False
    priced_by: Mapping[str, str] = field(default_factory=dict)

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        place = {"file_system": self.system, "deployment": self.deployment}
        yield from self._storage(metering, {**place, **self.priced_by})
        if self.has_throughput:
            sku = Sku(FSX, "throughput_mbps_month", place)
            needs = say("needs_fsx_throughput")
            yield metering.fixed("Throughput capacity", "MBps-month", sku, self.throughput_mbps, needs=needs)
        if self.iops is not None:
            sku = Sku(FSX, "ssd_iops_month", place)
            needs = say("needs_fsx_storage")
            yield metering.fixed("Provisioned IOPS", "IOPS-month", sku, self._charged_iops(self.iops), needs=needs)
        if self.read_cache_gib:
            sku = Sku(FSX, "read_cache_gb_month", place)
            yield metering.fixed("SSD read cache", "GB-month", sku, self.read_cache_gib)
        if self.capacity_pool:
            sku = Sku(FSX, "capacity_pool_gb_month", place)
            yield metering.used("Capacity pool storage", "GB-month", "capacity_pool_storage_gb", sku)
        if self.backups:
            sku = Sku(FSX, "backup_gb_month", {"file_system": self.system})
            yield metering.used("Backup storage", "GB-month", "backup_storage_gb", sku)

    def _storage(self, metering: Metering, place: Mapping[str, str]) -> Iterator[Meter]:
        sku = Sku(FSX, "storage_gb_month", {**place, "storage_type": self.storage_type})
        if self.elastic:
            yield metering.used("Intelligent-Tiering storage", "GB-month", "storage_gb", sku)
            for way in ("read", "write"):
                request = Sku(FSX, f"{way}_request_1k", place)
                key = f"monthly_{way}_requests"
                yield metering.used(f"Intelligent-Tiering {way} requests", "1k requests", key, request, per=1000)
            return
        yield Meter(
            metering.origin,
            f"{self.storage_type} storage",
            "GB-month",
            None if self.storage_gib is None else certain(self.storage_gib),
            sku,
            (say("compression_saves_no_capacity"),) if self.compressed else (),
            needs=say("needs_fsx_storage") if self.storage_gib is None else None,
            usage_keys=("compression_savings_percent",) if self.compressed else (),
        )
        if self.hdd_cache:
            size = None if self.storage_gib is None else self.storage_gib * HDD_CACHE_SHARE
            needs = say("needs_fsx_storage")
            cache = Sku(FSX, "read_cache_gb_month", place)
            yield metering.fixed("SSD read cache", "GB-month", cache, size, needs=needs)

    def _charged_iops(self, iops: int) -> int | None:
        return None if self.storage_gib is None else max(0, iops - INCLUDED_IOPS_PER_GIB * self.storage_gib)


@dataclass(frozen=True, slots=True)
class FsxBackup:
    """A backup that somebody took, of a file system whose kind may be unknown."""

    origin: Origin
    system: str | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(FSX, "backup_gb_month", {"file_system": self.system or "unknown"})
        yield traffic.metering(self.origin).used("Backup storage", "GB-month", "backup_storage_gb", sku)
