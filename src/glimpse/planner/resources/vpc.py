"""What is charged inside and between VPCs: address management, traffic mirroring, VPC Lattice, peering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.resources.endpoint import VPC
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

FREE_LATTICE_REQUESTS = 300_000
"""Requests an hour within the price of a service (VPC Lattice pricing page)."""

PARQUET = (
    UsageRow(
        "Conversion to Parquet", "GB", "monthly_data_ingested_gb", Sku("AmazonCloudWatch", "vended_logs_parquet_gb")
    ),
)
"""What a flow log costs beside its delivery that is converted on its way to S3."""


@dataclass(frozen=True, slots=True)
class Ipam:
    """An IP Address Manager of the advanced tier, charged by the active addresses that it watches."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        addresses = metering.number("active_ip_addresses")
        yield metering.used(
            "Active IP addresses",
            "address-hour",
            ("active_ip_addresses",) if addresses is None else (),
            Sku(VPC, "ipam_active_ip_hour"),
            quantity=None if addresses is None else addresses * HOURS_PER_MONTH,
        )


@dataclass(frozen=True, slots=True)
class TrafficMirror:
    """A session that mirrors one network interface."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).hours("Traffic mirroring", Sku(VPC, "traffic_mirroring_source_hour"))


@dataclass(frozen=True, slots=True)
class LatticeService:
    """A VPC Lattice service: by the hour, the GB and the request."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("VPC Lattice service", Sku(VPC, "lattice_service_hour"))
        yield metering.used("Data processed", "GB", "monthly_data_processed_gb", Sku(VPC, "lattice_gb"))
        requests = metering.number("monthly_requests")
        within = FREE_LATTICE_REQUESTS * HOURS_PER_MONTH
        yield metering.used(
            "Requests",
            "request",
            ("monthly_requests",) if requests is None else (),
            Sku(VPC, "lattice_request"),
            quantity=None if requests is None else max(Fraction(0), requests - within),
            assumes=(say("lattice_requests_even"),),
        )


@dataclass(frozen=True, slots=True)
class Peering:
    """
    A peering of two VPCs: free, and free within a zone. `in_other_region`: the other VPC is in another region; None is
    unknown.

    Between zones each side is charged for its GB, as is what leaves the region (EC2 pricing page, "Data transfer").
    """

    origin: Origin
    in_other_region: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        near, far = Sku(VPC, "vpc_peering_gb"), Sku("AWSDataTransfer", "inter_region_out_gb")
        within = metering.used("VPC peering data", "GB", "monthly_intra_region_gb", near)
        yield from perhaps(_not(self.in_other_region), (within,))
        key, component = "monthly_outbound_other_regions_gb", "VPC peering data to another region"
        yield from perhaps(self.in_other_region, (metering.used(component, "GB", key, far),))


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known
