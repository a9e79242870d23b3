"""Route 53 hosted zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

ROUTE53 = "AmazonRoute53"


def queries(
    metering: Metering,
    component: str = "DNS queries",
    key: str = "monthly_standard_queries",
    routing: str | None = None,
    quantity: int | None = None,
) -> Meter:
    """DNS queries of a routing, None for a plain one; `quantity` is what they are where nobody stated them."""
    sku = Sku(ROUTE53, "query_million", {"routing": routing} if routing else {})
    assumes = (say("alias_queries_free"),)
    return metering.used(component, "1M queries", key, sku, per=10**6, quantity=quantity, assumes=assumes)


@dataclass(frozen=True, slots=True)
class Zone:
    """A Route 53 hosted zone, public or private. Queries answered by alias records are not charged."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.fixed("Hosted zone", "zone-month", Sku(ROUTE53, "hosted_zone_month"), 1)
        yield queries(metering, quantity=0 if traffic.people else None)
