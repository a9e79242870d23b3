"""ElastiCache Serverless: what it keeps by the hour, and what it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.minimum_capacity import hours_above_minimum
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

ELASTICACHE = "AmazonElastiCache"

LEAST_GB: Mapping[str, Fraction] = {"Valkey": Fraction(1, 10), "Redis": Fraction(1), "Memcached": Fraction(1)}
"""What is charged however little is kept (ElastiCache pricing page, serverless: 100 MB for Valkey, 1 GB otherwise)."""

ECPU_PER_MESSAGE = 3
"""One to publish and one for each of two tasks that hear it: a kilobyte or less each time (pricing page, ECPU)."""

SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600
STORED, SNAPSHOTS = "storage_gb", "snapshot_storage_size_gb"


@dataclass(frozen=True, slots=True)
class ServerlessCache:
    """
    `engine` as on the pricing page. `least_gb` and `least_ecpu_per_second` are the minimums that its limits ask for,
    which are charged too (pricing page: minimum usage limits).

    `is_bus`: it carries events and keeps nothing, so the least is all; any other keeps more by use.
    """

    origin: Origin
    engine: str
    is_bus: bool
    least_gb: int = 0
    least_ecpu_per_second: int = 0
    keeps_snapshots: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        attributes = {"engine": self.engine}
        yield from self._stored(metering, Sku(ELASTICACHE, "serverless_data_gb_hour", attributes))
        yield self._asked(traffic, Sku(ELASTICACHE, "serverless_ecpu", attributes))
        if self.keeps_snapshots or metering.number(SNAPSHOTS) is not None:
            yield metering.used("Snapshots", "GB-month", SNAPSHOTS, Sku(ELASTICACHE, "backup_gb_month"))

    def _stored(self, metering: Metering, sku: Sku) -> Iterator[Meter]:
        charged, component = LEAST_GB.get(self.engine), f"{self.engine} data stored"
        least = None if charged is None else max(charged, Fraction(self.least_gb))
        if self.is_bus and metering.number(STORED) is None and least is not None:
            assumes = (say("cache_least", gb=str(float(least))),)
            yield metering.hours(component, sku, least, unit="GB-hour", assumes=assumes)
        else:
            yield from hours_above_minimum(metering, component, "GB", STORED, sku, least)

    def _asked(self, traffic: Traffic, sku: Sku) -> Meter:
        metering, people = traffic.metering(self.origin), traffic.people
        component, key = f"{self.engine} processing units", "monthly_ecpu"
        least = Fraction(self.least_ecpu_per_second * SECONDS_PER_MONTH)
        stated = metering.number(key)
        if stated is None and people:
            units = people.monthly("messages") * ECPU_PER_MESSAGE / traffic.serverless_caches
            if units >= least:
                assumes = (say("cache_units", units=ECPU_PER_MESSAGE),)
                return metering.used(component, "ECPU", key, sku, quantity=units, assumes=assumes)
        if not least:
            return metering.used(component, "ECPU", key, sku)
        asked = (say("least_ecpu", count=self.least_ecpu_per_second),) if stated is None else ()
        return metering.used(component, "ECPU", (), sku, quantity=max(least, stated or least), assumes=asked)
