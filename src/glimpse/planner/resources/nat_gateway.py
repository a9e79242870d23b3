"""NAT gateways: hours, and every GB that passes. Their Elastic IP is charged where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EC2 = "AmazonEC2"


@dataclass(frozen=True, slots=True)
class NatGateway:
    """`elastic` is where its Elastic IP stands, as far as that is in the stack."""

    origin: Origin
    elastic: str | None = None

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        fetched = certain(traffic.workload["fetched_gb_a_month"] / traffic.nat_gateways)
        hours = certain(HOURS_PER_MONTH)
        return (
            Meter(self.origin, "NAT gateway", "hour", hours, Sku(EC2, "nat_gateway_hour")),
            Meter(
                self.origin,
                "Data processed by NAT gateway",
                "GB",
                fetched,
                Sku(EC2, "nat_gateway_gb"),
                assumes=(say("fetched_through_nat"),),
                usage_based=True,
            ),
        )
