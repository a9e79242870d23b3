"""Neptune clusters and their instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.minimum_capacity import hours_above_minimum
from glimpse.planner.resources.aurora import IO_OPTIMIZED, SERVERLESS, STANDARD
from glimpse.planner.resources.database import exported_logs, public_address
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

NEPTUNE = "AmazonNeptune"


def _config(io_optimized: bool) -> dict[str, str]:
    return {"storage_config": IO_OPTIMIZED if io_optimized else STANDARD}


@dataclass(frozen=True, slots=True)
class GraphCluster:
    """The volume of a cluster; I/O-Optimized charges no requests (Neptune pricing page)."""

    origin: Origin
    io_optimized: bool = False
    exports_logs: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        sku = Sku(NEPTUNE, "storage_gb_month", _config(self.io_optimized))
        yield metering.used("Storage", "GB-month", "storage_gb", sku)
        sku = Sku(NEPTUNE, "io_million")
        if not self.io_optimized:
            yield metering.used("I/O requests", "1M I/O", "monthly_io_requests", sku, per=1_000_000)
        elif metering.number("monthly_io_requests") is not None:
            yield metering.used("I/O requests", "1M I/O", (), sku, quantity=0)
        yield metering.used("Backup storage", "GB-month", "backup_storage_gb", Sku(NEPTUNE, "backup_gb_month"))
        if self.exports_logs:
            yield exported_logs(metering)


@dataclass(frozen=True, slots=True)
class GraphInstance:
    """
    One instance of a cluster. `least_units`: what a serverless one never goes below (NCU), None where nobody knows.
    """

    origin: Origin
    instance_class: str | None
    io_optimized: bool = False
    cluster_known: bool = True
    least_units: Fraction | None = Fraction(0)
    is_public: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        config = _config(self.io_optimized)
        assumes = () if self.cluster_known else (say("standard_storage_assumed"),)
        if self.instance_class is None:
            sku = Sku(NEPTUNE, "db_instance_hour")
            yield metering.hours("Neptune instance", sku, None, needs=say("needs_instance_class"))
        elif self.instance_class == SERVERLESS:
            sku = Sku(NEPTUNE, "serverless_ncu_hour", config)
            if self.least_units is None:
                needs = say("needs_least_capacity")
                yield metering.hours("Neptune Serverless, minimum", sku, None, unit="NCU-hour", needs=needs)
            key = "capacity_units_per_hr"
            yield from hours_above_minimum(metering, "Neptune Serverless", "NCU", key, sku, self.least_units)
        else:
            sku = Sku(NEPTUNE, "db_instance_hour", {"instance_class": self.instance_class, **config})
            yield metering.hours(f"{self.instance_class} Neptune", sku, assumes=assumes)
            if self.instance_class.startswith(("db.t3.", "db.t4g.")):
                sku = Sku(NEPTUNE, "cpu_credit_vcpu_hour")
                yield metering.used("CPU credits", "vCPU-hour", "monthly_cpu_credit_hrs", sku)
        yield from public_address(metering, self.is_public)
