"""AWS Network Firewall: an endpoint in each zone by the hour, and every GB that passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

SERVICE = "AWSNetworkFirewall"


@dataclass(frozen=True, slots=True)
class NetworkFirewall:
    """`endpoints`: one for each of its subnets or zones; None is unknown."""

    origin: Origin
    endpoints: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        hour = Sku(SERVICE, "endpoint_hour")
        yield metering.hours("Network Firewall endpoint", hour, self.endpoints, needs=say("needs_zones"))
        yield metering.used("Data processed", "GB", "monthly_data_processed_gb", Sku(SERVICE, "processed_gb"))
