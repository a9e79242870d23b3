"""Transit Gateway: each attachment by the hour, and the data that enters through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.resources.endpoint import VPC
from glimpse.planner.traffic import Traffic

PLAIN = "VPC"
VPN, PEERING, DIRECT_CONNECT = "site-to-site VPN", "peering", "Direct Connect gateway"
"""What may be attached, in the catalogue's words; a VPC's attachment is the price without a difference."""


def attachment_hours(metering: Metering, kind: str) -> Meter:
    attributes = {} if kind == PLAIN else {"attachment": kind}
    return metering.hours("Transit gateway attachment", Sku(VPC, "transit_gateway_attachment_hour", attributes))


def processed(metering: Metering) -> Meter:
    sku = Sku(VPC, "transit_gateway_gb")
    return metering.used("Data processed by transit gateway", "GB", "monthly_data_processed_gb", sku)


@dataclass(frozen=True, slots=True)
class TransitAttachment:
    """
    `kind` is PLAIN, VPN, PEERING or DIRECT_CONNECT.

    Who owns an attachment pays for what enters through it; what comes from a peering is not charged as processed, and
    each side of a peering pays its own hours (AWS Transit Gateway pricing page).
    """

    origin: Origin
    kind: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield attachment_hours(metering, self.kind)
        if self.kind != PEERING:
            yield processed(metering)
