"""VPC endpoints: hours in each zone, and what passes. Gateway endpoints (S3, DynamoDB) are free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.resources.nat_gateway import PROCESSED
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

VPC = "AmazonVPC"

INTERFACE, GATEWAY_BALANCER = "Interface", "GatewayLoadBalancer"
RESOURCE, SERVICE_NETWORK = "Resource", "ServiceNetwork"

PRICES = {
    INTERFACE: ("Interface endpoint", "interface_endpoint_az_hour", "interface_endpoint_gb"),
    GATEWAY_BALANCER: ("Gateway Load Balancer endpoint", "gateway_lb_endpoint_hour", "gateway_lb_endpoint_gb"),
    RESOURCE: ("Resource endpoint", "resource_endpoint_hour", "resource_endpoint_gb"),
    SERVICE_NETWORK: ("Service network endpoint", "service_network_endpoint_hour", "service_network_endpoint_gb"),
}
"""Each kind's name on the AWS PrivateLink pricing page, and its prices by the hour and zone, and by GB."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    A VPC endpoint. `zones` is the number of its zones (subnets), None unknown; `kind` is one of PRICES.

    `assumed`: no argument names a subnet, and an endpoint works only in one, so one is taken. `in_other_region`: its
    service is in another region, None unknown. `instead_of` are the NAT gateways whose data it carries: empty where
    another endpoint carries that data, None where the endpoint carries its own.
    """

    origin: Origin
    zones: int | None
    kind: str = INTERFACE
    assumed: bool = False
    in_other_region: bool | None = False
    instead_of: tuple[Origin, ...] | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        component, hour, gb = PRICES[self.kind]
        assumes = (say("endpoint_one_zone"),) if self.assumed else ()
        yield metering.hours(component, Sku(VPC, hour), self.zones, needs=say("needs_zones"), assumes=assumes)
        people, carried = traffic.people, self.instead_of or ()
        fetched = people["fetched_gb_a_month"] / len(carried) if people and carried else None
        for origin in (self.origin,) if self.instead_of is None else carried:
            at = traffic.metering(origin)
            yield at.used("Data processed by endpoint", "GB", PROCESSED, Sku(VPC, gb), quantity=fetched)
        sku = Sku("AWSDataTransfer", "inter_region_out_gb")
        away = metering.used("Data transfer to another region", "GB", "monthly_outbound_other_regions_gb", sku)
        yield from perhaps(self.in_other_region, (away,))
