"""DocumentDB clusters and their instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.metering import Metering
from glimpse.planner.minimum_capacity import hours_above_minimum
from glimpse.planner.resources.aurora import SERVERLESS
from glimpse.planner.resources.database import exported_logs, public_address
from glimpse.planner.resources.secret import secret_month
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

DOCDB = "AmazonDocDB"
STORED, ASKED = "data_storage_gb", "monthly_io_requests"


def _optimized(kind: str, io_optimized: bool) -> str:
    """I/O-Optimized has prices of its own; the plain kinds have no attribute that would tell them apart."""
    return f"io_optimized_{kind}" if io_optimized else kind


def _volume(metering: Metering, io_optimized: bool) -> Iterator[Meter]:
    sku = Sku(DOCDB, _optimized("storage_gb_month", io_optimized))
    yield metering.used("Storage", "GB-month", STORED, sku)
    sku = Sku(DOCDB, "io_million")
    if io_optimized:
        if metering.number(ASKED) is not None:
            yield metering.used("I/O requests", "1M I/O", (), sku, quantity=0)
    else:
        yield metering.used("I/O requests", "1M I/O", ASKED, sku, per=1_000_000)


@dataclass(frozen=True, slots=True)
class DocumentCluster:
    """
    The volume of a cluster. Backups up to its size are part of the price (DocumentDB pricing page); how much lies
    beyond, people state.
    """

    origin: Origin
    io_optimized: bool = False
    managed_password: bool = False
    exports_logs: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield from _volume(metering, self.io_optimized)
        yield metering.used("Backup storage", "GB-month", "backup_storage_gb", Sku(DOCDB, "backup_gb_month"))
        if self.exports_logs:
            yield exported_logs(metering)
        if self.managed_password:
            yield secret_month(self.origin, "Secret kept by DocumentDB")


@dataclass(frozen=True, slots=True)
class DocumentInstance:
    """
    One instance of a cluster. `least_units`: what a serverless one never goes below (DCU), None where nobody knows.

    What its cluster stores may be stated at the instance, too: usage files do so.
    """

    origin: Origin
    instance_class: str | None
    io_optimized: bool = False
    cluster_known: bool = True
    least_units: Fraction | None = Fraction(0)
    is_public: bool | None = False
    insights: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        kind = _optimized("db_instance_hour", self.io_optimized)
        assumes = () if self.cluster_known else (say("standard_storage_assumed"),)
        if self.instance_class is None:
            yield metering.hours("DocumentDB instance", Sku(DOCDB, kind), None, needs=say("needs_instance_class"))
        elif self.instance_class == SERVERLESS:
            sku = Sku(DOCDB, _optimized("serverless_dcu_hour", self.io_optimized))
            if self.least_units is None:
                needs = say("needs_least_capacity")
                yield metering.hours("DocumentDB serverless, minimum", sku, None, unit="DCU-hour", needs=needs)
            key = "capacity_units_per_hr"
            yield from hours_above_minimum(metering, "DocumentDB serverless", "DCU", key, sku, self.least_units)
        else:
            sku = Sku(DOCDB, kind, {"instance_class": self.instance_class})
            yield metering.hours(f"{self.instance_class} DocumentDB", sku, assumes=assumes)
        if not self.cluster_known or any(metering.number(key) is not None for key in (STORED, ASKED)):
            yield from _volume(metering, self.io_optimized)
        if (self.instance_class or "").startswith(("db.t3.", "db.t4g.")):
            sku = Sku(DOCDB, "cpu_credit_vcpu_hour")
            yield metering.used("CPU credits", "vCPU-hour", "monthly_cpu_credit_hrs", sku)
        # Insights keep a week within the price; asking them is charged beyond a million requests (pricing page).
        key, sku = "monthly_additional_performance_insights_requests", Sku(DOCDB, "performance_insights_api_1k")
        asked = metering.used("Performance Insights API", "1k requests", key, sku, per=1_000)
        yield from perhaps(self.insights, (asked,))
        yield from public_address(metering, self.is_public)
