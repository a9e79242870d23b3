"""Database Migration Service: replication instances, and replications without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.minimum_capacity import hours_above_minimum
from glimpse.planner.resources.database import public_address
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

DMS = "AWSDatabaseMigrationSvc"

INCLUDED_GIB, INCLUDED_GIB_BURSTABLE = 100, 50
"""Storage that comes with an instance: less with a burstable one (DMS pricing page)."""


@dataclass(frozen=True, slots=True)
class ReplicationInstance:
    """`storage_gib` None is unknown; `is_public` None, too. `instance_class` as AWS says it: dms.t3.medium."""

    origin: Origin
    instance_class: str
    storage_gib: int | None
    multi_az: bool = False
    is_public: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        zones = {"deployment": "Multi-AZ" if self.multi_az else "Single-AZ"}
        sku = Sku(DMS, "instance_hour", {"instance_type": self.instance_class, **zones})
        yield metering.hours(f"{self.instance_class} replication instance", sku)
        included = INCLUDED_GIB_BURSTABLE if self.instance_class.startswith("dms.t") else INCLUDED_GIB
        sku = Sku(DMS, "storage_gb_month", {"volume_type": "gp2", **zones})
        beyond = None if self.storage_gib is None else max(0, self.storage_gib - included)
        if beyond != 0:
            needs = say("needs_storage_size")
            assumes = (say("storage_included", gib=included),)
            yield metering.fixed("Replication storage", "GB-month", sku, beyond, needs=needs, assumes=assumes)
        yield from public_address(metering, self.is_public)


@dataclass(frozen=True, slots=True)
class ServerlessReplication:
    """A replication whose capacity scales: charged by the DMS capacity unit (DCU) while it runs."""

    origin: Origin
    multi_az: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(DMS, "serverless_dcu_hour", {"deployment": "Multi-AZ" if self.multi_az else "Single-AZ"})
        key = "capacity_units_per_hr"
        yield from hours_above_minimum(traffic.metering(self.origin), "DMS Serverless", "DCU", key, sku, Fraction(0))
