"""Route 53 hosted zones."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import NOTHING, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Zone:
    """A Route 53 hosted zone. Queries answered by alias records are not charged."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        sku = Sku("AmazonRoute53", "query_million")
        queries = Meter(
            self.origin, "DNS queries", "1M queries", NOTHING, sku, (say("alias_queries_free"),), usage_based=True
        )
        hosted = Meter(self.origin, "Hosted zone", "zone-month", certain(1), Sku("AmazonRoute53", "hosted_zone_month"))
        return (hosted, queries)
