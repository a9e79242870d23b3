"""Redshift: provisioned clusters, and Redshift Serverless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.database import exported_logs, public_address
from glimpse.planner.resources.reservable import reserved_hours
from glimpse.planner.resources.secret import secret_month
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

REDSHIFT = "AmazonRedshift"
MANAGED_STORAGE = "ra3."
"""Nodes of this family keep their data in managed storage, which is charged by itself (Redshift pricing page)."""

BACKUP = Sku(REDSHIFT, "backup_gb_month")
SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class WarehouseCluster:
    """
    `nodes` None is unknown. `multi_az`: as many nodes again stand in a second zone, and are charged (pricing page).
    `is_public`: whether AWS gives it a public address, None where that is unknown.
    """

    origin: Origin
    node_type: str
    nodes: int | None
    multi_az: bool = False
    managed_password: bool = False
    is_public: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        node = Sku(REDSHIFT, "node_hour", {"node_type": self.node_type})
        if self.nodes is None:
            yield metering.hours(f"{self.node_type} node", node, None, needs=say("needs_node_count"))
        else:
            count = self.nodes * (2 if self.multi_az else 1)
            assumed = (say("nodes_in_two_zones"),) if self.multi_az else ()
            yield reserved_hours(self.origin, f"{self.node_type} node", node, count, traffic, *assumed)
        if self.node_type.startswith(MANAGED_STORAGE) or metering.number("managed_storage_gb") is not None:
            sku = Sku(REDSHIFT, "managed_storage_gb_month")
            yield metering.used("Managed storage", "GB-month", "managed_storage_gb", sku)
        # A second of a node costs what its hour does, by 3,600 (pricing page, concurrency scaling).
        key = "excess_concurrency_scaling_secs"
        yield metering.used("Concurrency scaling", "node-hour", key, node, per=SECONDS_PER_HOUR)
        sku = Sku(REDSHIFT, "spectrum_scanned_tb")
        yield metering.used("Spectrum", "TB", "spectrum_data_scanned_tb", sku)
        yield metering.used("Backup storage", "GB-month", "backup_storage_gb", BACKUP)
        if self.managed_password:
            yield secret_month(self.origin, "Secret kept by Redshift")
        yield from public_address(metering, self.is_public)


@dataclass(frozen=True, slots=True)
class ServerlessWorkgroup:
    """Charged by the Redshift processing unit (RPU) for each second that it works; idle it costs nothing."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(REDSHIFT, "serverless_rpu_hour")
        yield traffic.metering(self.origin).used("Redshift Serverless", "RPU-hour", "monthly_rpu_hours", sku)


@dataclass(frozen=True, slots=True)
class ServerlessNamespace:
    """What a serverless warehouse keeps, in managed storage."""

    origin: Origin
    managed_password: bool = False
    exports_logs: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(REDSHIFT, "managed_storage_gb_month")
        metering = traffic.metering(self.origin)
        yield metering.used("Managed storage", "GB-month", "managed_storage_gb", sku)
        if self.exports_logs:
            yield exported_logs(metering)
        if self.managed_password:
            yield secret_month(self.origin, "Secret kept by Redshift")


@dataclass(frozen=True, slots=True)
class WarehouseSnapshot:
    """A manual snapshot, or those copied to another region; `copied`: the way there is charged, too."""

    origin: Origin
    copied: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.used("Backup storage", "GB-month", "backup_storage_gb", BACKUP)
        if self.copied:
            sku = Sku("AWSDataTransfer", "inter_region_out_gb")
            yield metering.used("Copying between regions", "GB", "monthly_copied_gb", sku)
