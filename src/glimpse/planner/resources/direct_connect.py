"""Direct Connect: the port by the hour, and what leaves each region through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

SERVICE = "AWSDirectConnect"
BY_REGION = "monthly_outbound_from_region_to_dx_connection_location."
"""The beginning of the usage keys that name a region, its hyphens as underscores."""


@dataclass(frozen=True, slots=True)
class DirectConnection:
    """
    A dedicated or a `hosted` connection. `bandwidth` is as AWS writes it (1Gbps), `location` the code of the building;
    None is unknown. What comes in is free.
    """

    origin: Origin
    bandwidth: str | None
    location: str | None
    hosted: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        metering.word("dx_virtual_interface_type")
        hosted = self.hosted or metering.word("dx_connection_type") == "hosted"
        kind = "hosted_connection_hour" if hosted else "connection_hour"
        yield metering.hours("Direct Connect port", Sku(SERVICE, kind, {"bandwidth": self.bandwidth or "unknown"}))
        out = Sku(SERVICE, "out_gb", {"location": self.location or "unknown"})
        regions = [key for key in metering.given if key.startswith(BY_REGION)]
        for key in regions:
            region = key.removeprefix(BY_REGION).replace("_", "-")
            there = traffic.metering(replace(self.origin, region=region))
            yield there.used(f"Data transfer out from {region}", "GB", key, out)
        if not regions:
            # The older spelling, of the connection's own region: beside the newer one it would count twice.
            yield metering.used("Data transfer out", "GB", "monthly_outbound_region_to_dx_location_gb", out)
