"""VPN: site-to-site connections, and client VPN endpoints with their subnets and their users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.endpoint import VPC
from glimpse.planner.resources.secret import secret_month
from glimpse.planner.resources.transit_gateway import VPN, attachment_hours, processed
from glimpse.planner.traffic import Traffic

ACCELERATORS_PER_CONNECTION = 2
"""An accelerated connection has one for each of its tunnels (AWS VPN pricing page, "Accelerated Site-to-Site VPN")."""


@dataclass(frozen=True, slots=True)
class VpnConnection:
    """
    A site-to-site connection of two tunnels; what leaves AWS through it is charged as transfer out.

    `large`: its tunnels carry up to 5 Gbps, at a price of their own. `in_transit`: it ends at a transit gateway, which
    charges its attachment and data. `keys_in_secrets`: AWS keeps its pre-shared keys in Secrets Manager.
    """

    origin: Origin
    in_transit: bool
    accelerated: bool = False
    large: bool = False
    keys_in_secrets: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        kind = "large_vpn_connection_hour" if self.large else "vpn_connection_hour"
        yield metering.hours("VPN connection", Sku(VPC, kind))
        if self.in_transit:
            yield attachment_hours(metering, VPN)
            yield processed(metering)
        if self.accelerated:
            sku = Sku("AWSGlobalAccelerator", "accelerator_hour")
            yield metering.hours("Accelerator of each tunnel", sku, ACCELERATORS_PER_CONNECTION)
        if self.keys_in_secrets:
            yield secret_month(self.origin, "Secret for the pre-shared keys")


@dataclass(frozen=True, slots=True)
class ClientVpnEndpoint:
    """What people connect to: charged by the hour that each connection is open. Its subnets are charged apart."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(VPC, "client_vpn_connection_hour")
        yield traffic.metering(self.origin).used("Client VPN connections", "hour", "monthly_connection_hours", sku)


@dataclass(frozen=True, slots=True)
class ClientVpnAssociation:
    """A subnet that a client VPN endpoint is associated with."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(VPC, "client_vpn_endpoint_association_hour")
        yield traffic.metering(self.origin).hours("Client VPN endpoint association", sku)
