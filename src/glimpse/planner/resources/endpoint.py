"""Interface endpoints: hours in each zone, and what passes. Gateway endpoints (S3, DynamoDB) are free."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

VPC = "AmazonVPC"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`zones`: how many zones (subnets) it stands in; None is unknown."""

    origin: Origin
    zones: int | None

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        hours = None if self.zones is None else certain(HOURS_PER_MONTH * self.zones)
        needs = say("needs_zones") if hours is None else None
        return (
            Meter(
                self.origin, "Interface endpoint", "hour", hours, Sku(VPC, "interface_endpoint_az_hour"), needs=needs
            ),
            Meter(
                self.origin,
                "Data processed by endpoint",
                "GB",
                None,
                Sku(VPC, "interface_endpoint_gb"),
                usage_based=True,
                needs=say("needs_endpoint_traffic"),
            ),
        )
