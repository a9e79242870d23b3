"""
AWS Glue: jobs, crawlers and endpoints by the hour of each DPU, the Data Catalog by its objects and requests.

Formulas are those of the Glue pricing page; what a worker is, of the developer guide's worker types.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

GLUE = "AWSGlue"

STANDARD, FLEX, RAY, MEMORY = "standard", "flex", "ray", "memory_optimized"
"""What a DPU-hour of a job is sold as."""

WORKERS = {
    "Standard": Fraction(1),
    "G.025X": Fraction(1, 4),
    "G.1X": Fraction(1),
    "G.2X": Fraction(2),
    "G.4X": Fraction(4),
    "G.8X": Fraction(8),
    "G.12X": Fraction(12),
    "G.16X": Fraction(16),
    "Z.2X": Fraction(2),
    "R.1X": Fraction(1),
    "R.2X": Fraction(2),
    "R.4X": Fraction(4),
    "R.8X": Fraction(8),
}
"""DPUs of each worker type (developer guide, worker types; of R and Z they are memory-optimized DPUs)."""

DEFAULT_DPUS = Fraction(10)
"""What a Spark job is given that states neither (API reference, MaxCapacity)."""

PYTHON_SHELL_DPUS = Fraction(1, 16)
"""What a Python shell job is given that states none (API reference, MaxCapacity)."""


@dataclass(frozen=True, slots=True)
class GlueJob:
    """`dpus` are those of one run; None is unknown. `sold_as` is the kind of its DPU-hours."""

    origin: Origin
    dpus: Fraction | None
    sold_as: str = STANDARD

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        hours = metering.number("monthly_hours")
        sku = Sku(GLUE, "etl_dpu_hour", {"job": self.sold_as})
        if hours is not None and self.dpus is None:
            yield metering.fixed("DPU hours of the job", "DPU-hour", sku, None, needs=say("needs_dpus"))
            return
        quantity = None if hours is None or self.dpus is None else hours * self.dpus
        needs = say("needs_usage", keys="monthly_hours")
        yield metering.used("DPU hours of the job", "DPU-hour", (), sku, quantity=quantity, needs=needs)


@dataclass(frozen=True, slots=True)
class Crawler:
    """A crawler, by its DPU-hours. How many DPUs it takes AWS decides; what people give are hours of one."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        hours = metering.number("monthly_hours")
        sku = Sku(GLUE, "crawler_dpu_hour")
        assumes, needs = (say("crawler_of_one_dpu"),), say("needs_usage", keys="monthly_hours")
        yield metering.used("Crawler DPU hours", "DPU-hour", (), sku, quantity=hours, assumes=assumes, needs=needs)


@dataclass(frozen=True, slots=True)
class CatalogDatabase:
    """A database of the Data Catalog: objects kept, and requests. The account's first million of each are free."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        sku = Sku(GLUE, "catalog_object_100k_month")
        yield metering.used("Catalog objects", "100k objects", "monthly_objects", sku, per=10**5)
        sku = Sku(GLUE, "catalog_request_million")
        yield metering.used("Catalog requests", "1M requests", "monthly_requests", sku, per=10**6)


@dataclass(frozen=True, slots=True)
class DevelopmentEndpoint:
    """A development endpoint, charged by the DPU-hour while it stands. `dpus` None is unknown."""

    origin: Origin
    dpus: Fraction | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        amount = None if self.dpus is None else self.dpus * HOURS_PER_MONTH
        sku, needs = Sku(GLUE, "development_endpoint_dpu_hour"), say("needs_dpus")
        metering = traffic.metering(self.origin)
        yield metering.fixed("Development endpoint DPUs", "DPU-hour", sku, amount, needs=needs)
