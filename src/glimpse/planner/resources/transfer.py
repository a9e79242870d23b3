"""Flows that cost money without being a resource: out to the internet, and between zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

TRANSFER = "AWSDataTransfer"

INTERNET_OUT = Origin("flow.internet_out")
BETWEEN_ZONES = Origin("flow.between_zones")


def internet_out(traffic: Traffic) -> Meter:
    """Deliveries, answers and downloads, without what leaves through CloudFront: that is charged there."""
    people, unread = traffic.people, traffic.unread_edges
    out = None
    if people:
        out = Fraction(0) if traffic.service_edges or unread else people.served_gb
        out += Fraction(0) if traffic.file_edges or unread else people.downloaded_gb
    through = traffic.service_edges or traffic.file_edges or unread
    return traffic.metering(INTERNET_OUT).used(
        "Data transfer out, internet",
        "GB",
        "monthly_outbound_internet_gb",
        Sku(TRANSFER, "internet_out_gb"),
        quantity=out,
        assumes=(say("internet_out_beside_edge" if through else "internet_out_of_workload"),),
    )


def between_zones(traffic: Traffic) -> Meter:
    """
    What tasks and their database or cache exchange.

    A task stands in each zone alike and the database in one of them, so (zones − 1) / zones of the exchange
    crosses; AWS charges it once on each side. Between balancer and tasks it is not charged.
    """
    crossed = None
    if people := traffic.people:
        exchanged_gb = people.events * people["database_bytes_per_event"] / 10**9
        crossed = exchanged_gb * Fraction(traffic.zones - 1, traffic.zones) * 2
    return traffic.metering(BETWEEN_ZONES).used(
        "Data transfer between zones",
        "GB",
        "monthly_intra_region_gb",
        Sku(TRANSFER, "inter_az_gb"),
        quantity=crossed,
        assumes=(say("zones_crossed", zones=traffic.zones),),
    )


STATED = "aws_data_transfer"
"""The type of addresses under which people state what leaves a region, though Terraform has no such resource."""

US_EAST = {"us-east-1": "us-east-2", "us-east-2": "us-east-1"}
"""Two regions between which transfer has a price of its own."""


def stated_transfer(traffic: Traffic) -> Iterator[Meter]:
    """
    Transfer that is stated under an address of its own, with the region that it leaves; without, the stack's.

    What crosses between zones is charged on both sides: twice what is stated.
    """
    for address in traffic.workload.usage.addresses(STATED):
        region = traffic.metering(Origin(address)).word("region")
        metering = traffic.metering(Origin(address, region=region))
        metering.word("region")
        crossed = metering.number("monthly_intra_region_gb")
        if crossed is not None:
            sku = Sku(TRANSFER, "inter_az_gb")
            assumes = (say("charged_on_both_sides"),)
            yield metering.used("Data transfer between zones", "GB", (), sku, quantity=crossed * 2, assumes=assumes)
        in_other_region = Sku(TRANSFER, "inter_region_out_gb")
        there = US_EAST.get(region or "")
        near = replace(in_other_region, attributes={"to": there}) if there else Sku(TRANSFER, "us_east_out_gb")
        for component, key, sku in (
            ("Data transfer out, internet", "monthly_outbound_internet_gb", Sku(TRANSFER, "internet_out_gb")),
            ("Data transfer out, US East", "monthly_outbound_us_east_to_us_east_gb", near),
            ("Data transfer out, other regions", "monthly_outbound_other_regions_gb", in_other_region),
        ):
            if metering.number(key) is not None:
                yield metering.used(component, "GB", key, sku)
