"""Route 53 hosted zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Zone:
    """A Route 53 hosted zone. Queries answered by alias records are not charged."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.fixed("Hosted zone", "zone-month", Sku("AmazonRoute53", "hosted_zone_month"), 1)
        yield metering.used(
            "DNS queries",
            "1M queries",
            "monthly_standard_queries",
            Sku("AmazonRoute53", "query_million"),
            per=10**6,
            quantity=0 if traffic.people else None,
            assumes=(say("alias_queries_free"),),
        )
