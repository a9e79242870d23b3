"""NAT gateways: hours in each zone, and every GB that passes. Their Elastic IP is charged where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import certain
from glimpse.planner.resources.address import IPV4
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EC2 = "AmazonEC2"
S3, DYNAMODB = "s3", "dynamodb"
GATEWAY_ENDPOINTS = frozenset({S3, DYNAMODB})
"""The services that a gateway endpoint reaches, for nothing (Amazon VPC user guide, gateway endpoints)."""

PROCESSED, TO_S3_AND_DYNAMODB = "monthly_data_processed_gb", "monthly_s3_and_dynamodb_gb"
"""Usage keys: all that would pass the gateway of a VPC without gateway endpoints, and how much of it those take."""


@dataclass(frozen=True, slots=True)
class NatGateway:
    """
    `elastic` is where its Elastic IP stands, as far as that is in the stack.

    A `regional` gateway costs in each of its `zones` what a gateway costs that stands in one (Amazon VPC pricing page,
    "NAT gateway"); None is unknown: AWS adds zones and addresses by itself, in one zone at least. Private ones cost
    the same, and lead to other networks, not to the internet.
    `vpc`: the address or the id of its VPC, None where that is unknown. `endpoints`: the services that this VPC reaches
    by gateway endpoints, None where that is unknown. `zones_behind`: in how many zones subnets stand whose way out it
    is, as far as that is known.
    """

    origin: Origin
    elastic: str | None = None
    zones: int | None = 1
    regional: bool = False
    private: bool | None = False
    vpc: str | None = None
    endpoints: frozenset[str] | None = None
    zones_behind: int | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        # A price of regional gateways counts where one is held; the plain one covers them, too.
        hour = Sku(EC2, "nat_gateway_hour", {"availability": "regional"} if self.regional else {})
        if self.zones is None:
            yield metering.hours("NAT gateway", hour, assumes=(say("nat_one_zone"),))
            yield metering.hours("NAT gateway in further zones", hour, None, needs=say("needs_nat_zones"))
            yield metering.hours("Public IPv4 address", IPV4, None, needs=say("needs_nat_zones"))
        else:
            yield metering.hours("NAT gateway", hour, self.zones)
        yield from self.data(metering, traffic)

    def data(self, metering: Metering, traffic: Traffic) -> Iterator[Meter]:
        """
        What passes. Of a VPC without gateway endpoints, what goes to S3 and DynamoDB is apart where it was given, and
        where nothing was: the one is what all processed is less the other, so that nothing counts twice.
        """
        people, whole = traffic.people, metering.number(PROCESSED)
        part = metering.number(TO_S3_AND_DYNAMODB) if self.endpoints is not None else None
        fetched = people["fetched_gb_a_month"] / traffic.nat_gateways if people else None
        rest = None if whole is None or part is None else max(Fraction(0), whole - part)
        sku = Sku(EC2, "nat_gateway_gb")
        yield metering.used(
            "Data processed by NAT gateway",
            "GB",
            PROCESSED if rest is None else (PROCESSED, TO_S3_AND_DYNAMODB),
            sku,
            quantity=fetched if rest is None else rest,
            assumes=() if rest is not None else (say("fetched_through_nat"),),
        )
        passes = self.endpoints is not None and not self.endpoints >= GATEWAY_ENDPOINTS
        if passes and (part is not None or (whole is None and fetched is None)):
            yield metering.used("Data to S3 and DynamoDB by NAT gateway", "GB", TO_S3_AND_DYNAMODB, sku)


@dataclass(frozen=True, slots=True)
class FromOtherZones:
    """
    What passed NAT gateways (`moved`) that are gone: a gateway in another zone processes it. A GB that goes to another
    zone is charged on both sides (EC2 pricing page, data transfer within a region). `share`: of all that people fetch.
    """

    origin: Origin
    moved: tuple[NatGateway, ...]
    share: Fraction

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        people, sku = traffic.people, Sku("AWSDataTransfer", "inter_az_gb")
        for gateway in self.moved:
            metering = traffic.metering(gateway.origin)
            of_people = people if metering.number(PROCESSED) is None else None
            for meter in gateway.data(metering, traffic):
                crossing = meter.quantity
                if of_people:  # shared among the gateways that are left, which process it
                    crossing = certain(of_people["fetched_gb_a_month"] * self.share / len(self.moved))
                else:
                    yield meter
                for way in ("sent", "received"):
                    component = f"Data transfer between zones, {way}"
                    yield replace(meter, component=component, sku=sku, quantity=crossing, assumes=())
