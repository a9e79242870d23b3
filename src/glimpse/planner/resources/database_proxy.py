"""RDS Proxy: charged by the capacity of the databases behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.minimum_capacity import hours_above_minimum
from glimpse.planner.resources.database import RDS
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

LEAST_VCPUS, LEAST_ACU = 2, Fraction(8)
"""What a proxy is charged for however small its databases are (RDS Proxy pricing page)."""


@dataclass(frozen=True, slots=True)
class DatabaseProxy:
    """
    `vcpus`: those of the instances behind it, None where nobody knows them. `serverless`: whether there are instances
    of Aurora Serverless v2 among them, which count by capacity units.
    """

    origin: Origin
    vcpus: int | None
    serverless: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.vcpus is None or self.vcpus or not self.serverless:
            count = None if self.vcpus is None else max(self.vcpus, LEAST_VCPUS)
            assumes = () if count is None else (say("proxy_vcpus", count=count),)
            sku = Sku(RDS, "rds_proxy_vcpu_hour")
            needs = say("needs_proxy_targets")
            yield metering.hours("RDS Proxy", sku, count, unit="vCPU-hour", needs=needs, assumes=assumes)
        if self.serverless:
            sku = Sku(RDS, "rds_proxy_acu_hour")
            least = hours_above_minimum(metering, "RDS Proxy", "ACU", "capacity_units_per_hr", sku, LEAST_ACU)
            yield from least


@dataclass(frozen=True, slots=True)
class ProxyEndpoint:
    """A further endpoint of a proxy: an interface endpoint of PrivateLink in each of its zones (RDS Proxy pricing)."""

    origin: Origin
    zones: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        sku = Sku("AmazonVPC", "interface_endpoint_az_hour")
        yield metering.hours("Proxy endpoint", sku, self.zones, needs=say("needs_subnets"))
        sku = Sku("AmazonVPC", "interface_endpoint_gb")
        yield metering.used("Data through the endpoint", "GB", "monthly_data_processed_gb", sku)
