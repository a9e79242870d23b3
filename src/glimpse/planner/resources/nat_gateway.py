"""NAT gateways: hours in each zone, and every GB that passes. Their Elastic IP is charged where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.address import IPV4
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EC2 = "AmazonEC2"


@dataclass(frozen=True, slots=True)
class NatGateway:
    """
    `elastic` is where its Elastic IP stands, as far as that is in the stack.

    A `regional` gateway costs in each of its `zones` what a gateway costs that stands in one (Amazon VPC pricing page,
    "NAT gateway"); None is unknown: AWS adds zones and addresses by itself, in one zone at least. Private ones cost
    the same.
    """

    origin: Origin
    elastic: str | None = None
    zones: int | None = 1
    regional: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering, people = traffic.metering(self.origin), traffic.people
        # A price of regional gateways counts where one is held; the plain one covers them, too.
        hour = Sku(EC2, "nat_gateway_hour", {"availability": "regional"} if self.regional else {})
        if self.zones is None:
            yield metering.hours("NAT gateway", hour, assumes=(say("nat_one_zone"),))
            yield metering.hours("NAT gateway in further zones", hour, None, needs=say("needs_nat_zones"))
            yield metering.hours("Public IPv4 address", IPV4, None, needs=say("needs_nat_zones"))
        else:
            yield metering.hours("NAT gateway", hour, self.zones)
        yield metering.used(
            "Data processed by NAT gateway",
            "GB",
            "monthly_data_processed_gb",
            Sku(EC2, "nat_gateway_gb"),
            quantity=people["fetched_gb_a_month"] / traffic.nat_gateways if people else None,
            assumes=(say("fetched_through_nat"),),
        )
