"""Flows that cost money without being a resource: out to the internet, and between zones."""

from __future__ import annotations

from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

INTERNET_OUT = Origin("flow.internet_out")
BETWEEN_ZONES = Origin("flow.between_zones")


def internet_out(traffic: Traffic) -> Meter:
    """Deliveries, answers and downloads, without what leaves through CloudFront: that is charged there."""
    workload = traffic.workload
    unread = traffic.unread_edges
    served = Fraction(0) if traffic.service_edges or unread else workload.served_gb
    downloaded = Fraction(0) if traffic.file_edges or unread else workload.downloaded_gb
    through = traffic.service_edges or traffic.file_edges or unread
    return Meter(
        INTERNET_OUT,
        "Data transfer out, internet",
        "GB",
        certain(served + downloaded),
        Sku("AWSDataTransfer", "internet_out_gb"),
        assumes=(say("internet_out_beside_edge" if through else "internet_out_of_workload"),),
        usage_based=True,
    )


def between_zones(traffic: Traffic) -> Meter:
    """
    What tasks and their database or cache exchange.

    A task stands in each zone alike and the database in one of them, so (zones − 1) / zones of the exchange
    crosses; AWS charges it once on each side. Between balancer and tasks it is not charged.
    """
    workload = traffic.workload
    exchanged_gb = workload.events * workload["database_bytes_per_event"] / 10**9
    crossing = Fraction(traffic.zones - 1, traffic.zones)
    return Meter(
        BETWEEN_ZONES,
        "Data transfer between zones",
        "GB",
        certain(exchanged_gb * crossing * 2),
        Sku("AWSDataTransfer", "inter_az_gb"),
        assumes=(say("zones_crossed", zones=traffic.zones),),
        usage_based=True,
    )
