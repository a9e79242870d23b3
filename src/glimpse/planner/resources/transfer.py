"""Flows that cost money without being a resource: out to the internet, and between zones."""

from __future__ import annotations

from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

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
        Sku("AWSDataTransfer", "internet_out_gb"),
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
        Sku("AWSDataTransfer", "inter_az_gb"),
        quantity=crossed,
        assumes=(say("zones_crossed", zones=traffic.zones),),
    )
