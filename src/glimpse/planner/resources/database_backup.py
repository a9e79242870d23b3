"""Snapshots of databases, their copies, and what is exported of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.database import RDS
from glimpse.planner.traffic import Traffic

BACKUP_KINDS = {RDS: "backup_gb_month", "Aurora": "aurora_backup_gb_month"}
"""Aurora's backups have a price of their own; other services sell theirs as `backup_gb_month`, too."""


@dataclass(frozen=True, slots=True)
class DatabaseSnapshot:
    """
    A snapshot, or backups kept in another region. `service` sells it: AmazonRDS, Aurora, AmazonDocDB, AmazonNeptune.

    Backups up to the size of the databases of a region are part of their price; how much lies beyond, people state.
    `copied`: it comes from another region, so the way from there is charged.
    """

    origin: Origin
    service: str
    copied: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        seller = RDS if self.service == "Aurora" else self.service
        sku = Sku(seller, BACKUP_KINDS.get(self.service, "backup_gb_month"))
        yield metering.used("Backup storage", "GB-month", "backup_storage_gb", sku)
        if self.copied:
            sku = Sku("AWSDataTransfer", "inter_region_out_gb")
            yield metering.used("Copying between regions", "GB", "monthly_copied_gb", sku)


@dataclass(frozen=True, slots=True)
class SnapshotExport:
    """
    A snapshot exported to S3 as Parquet, charged by the GB of the snapshot. `of_aurora`: of an Aurora cluster.

    The price that is held is Aurora's; an export of RDS is asked for by its own name.
    """

    origin: Origin
    of_aurora: bool

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        kind = "aurora_snapshot_export_gb" if self.of_aurora else "snapshot_export_gb"
        metering = traffic.metering(self.origin)
        yield metering.used("Snapshot export", "GB", "snapshot_export_size_gb", Sku(RDS, kind))
