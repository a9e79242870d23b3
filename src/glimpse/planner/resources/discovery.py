"""Cloud Map: registered resources, and calls that look for them. Its DNS namespaces are Route 53's zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

SERVICE = "AWSCloudMap"


@dataclass(frozen=True, slots=True)
class RegisteredResource:
    """An instance that is registered by hand. Those that ECS registers are free (AWS Cloud Map pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(SERVICE, "resource_month")
        yield traffic.metering(self.origin).fixed("Registered resource", "resource-month", sku, 1)


@dataclass(frozen=True, slots=True)
class HttpNamespace:
    """A namespace without DNS, in which services are found by calls alone."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(SERVICE, "api_million")
        metering = traffic.metering(self.origin)
        yield metering.used("Discovery calls", "1M calls", "monthly_requests", sku, per=10**6)
