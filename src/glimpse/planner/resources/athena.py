"""Amazon Athena: SQL by what it scans, Spark by the DPU-hour, and reserved capacity (pricing page)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

ATHENA = "AmazonAthena"


@dataclass(frozen=True, slots=True)
class Workgroup:
    """Where queries run: SQL, or Spark."""

    origin: Origin
    spark: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.spark:
            yield metering.used("Spark DPU hours", "DPU-hour", "monthly_dpu_hours", Sku(ATHENA, "spark_dpu_hour"))
        else:
            yield metering.used("Data scanned", "TB", "monthly_data_scanned_tb", Sku(ATHENA, "scanned_tb"))


@dataclass(frozen=True, slots=True)
class AthenaCapacity:
    """Processing units kept for queries, charged by the hour as long as they are kept. `dpus` None is unknown."""

    origin: Origin
    dpus: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).hours(
            "Provisioned capacity",
            Sku(ATHENA, "provisioned_capacity_dpu_hour"),
            self.dpus,
            unit="DPU-hour",
            needs=say("needs_dpus"),
        )
