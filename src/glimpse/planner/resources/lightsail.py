"""Amazon Lightsail: bundles at a price by the hour, and what goes beyond them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

LIGHTSAIL = "AmazonLightsail"

INSTANCE_BUNDLES = {
    "nano": ("0.5", "2", "20", "1"),
    "micro": ("1", "2", "40", "2"),
    "small": ("2", "2", "60", "3"),
    "medium": ("4", "2", "80", "4"),
    "large": ("8", "2", "160", "5"),
    "xlarge": ("16", "4", "320", "6"),
    "2xlarge": ("32", "8", "640", "7"),
    "4xlarge": ("64", "16", "1280", "8"),
}
"""Memory in GB, vCPUs, disk in GB and transfer in TB of a size (Lightsail user guide, instance bundles)."""

WINDOWS_NANO_GB = "30"

DATABASE_BUNDLES = {
    "micro": ("1", "1", "40", "100"),
    "small": ("2", "1", "80", "100"),
    "medium": ("4", "2", "120", "100"),
    "large": ("8", "2", "240", "200"),
}
"""Memory in GB, vCPUs, disk in GB and transfer in GB of a size (Lightsail pricing page, managed databases)."""

CURRENT = "3"
"""The generation of bundles that is sold; earlier ones cost the same since 2024-06-01 (its announcement)."""


@dataclass(frozen=True, slots=True)
class LightsailInstance:
    """A server of a bundle's `size`; None is unknown. `generation` is the bundle's first number."""

    origin: Origin
    size: str | None
    windows: bool
    dual_stack: bool
    generation: str = CURRENT
    snapshots: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        bundle = INSTANCE_BUNDLES.get(self.size or "")
        system = "Windows" if self.windows else "Linux"
        component = f"{self.size or 'Lightsail'} instance, {system}"
        network = "dual-stack" if self.dual_stack else "IPv6 only"
        memory, vcpus, storage, transfer = bundle or ("?", "?", "?", "?")
        attributes = {
            "memory_gb": memory,
            "vcpus": vcpus,
            "storage_gb": WINDOWS_NANO_GB if self.windows and self.size == "nano" else storage,
            "transfer_tb": transfer,
            "network": network,
            "os": system,
        }
        assumes = () if self.generation == CURRENT else (say("lightsail_generation"),)
        sku = Sku(LIGHTSAIL, "instance_hour", attributes)
        needs = say("needs_lightsail_bundle")
        yield metering.hours(component, sku, 1 if self.size else None, needs=needs, assumes=assumes)
        if self.snapshots:
            yield metering.used("Snapshots", "GB-month", "snapshot_gb", Sku(LIGHTSAIL, "snapshot_gb_month"))
        sku = Sku(LIGHTSAIL, "transfer_overage_out_gb")
        yield metering.used("Transfer beyond the bundle", "GB", "monthly_transfer_overage_gb", sku)


@dataclass(frozen=True, slots=True)
class LightsailDatabase:
    """A managed database of a bundle's `size`; None is unknown."""

    origin: Origin
    size: str | None
    high_availability: bool

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        memory, vcpus, storage, transfer = DATABASE_BUNDLES.get(self.size or "", ("?", "?", "?", "?"))
        attributes = {
            "memory_gb": memory,
            "vcpus": vcpus,
            "storage_gb": storage,
            "transfer_gb": transfer,
            "availability": "high" if self.high_availability else "standard",
        }
        component = f"{self.size or 'Lightsail'} database"
        sku, needs = Sku(LIGHTSAIL, "database_hour", attributes), say("needs_lightsail_bundle")
        yield metering.hours(component, sku, 1 if self.size else None, needs=needs)


@dataclass(frozen=True, slots=True)
class LightsailDisk:
    origin: Origin
    gib: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        sku = Sku(LIGHTSAIL, "block_storage_gb_month")
        yield metering.fixed("Block storage", "GB-month", sku, self.gib, needs=say("needs_disk_size"))


@dataclass(frozen=True, slots=True)
class LightsailContainers:
    """Nodes of one power, charged whether or not they are enabled (Lightsail user guide). None is unknown."""

    origin: Origin
    power: str | None
    nodes: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        power = (self.power or "?").capitalize()
        sku = Sku(LIGHTSAIL, "container_node_hour", {"power": power})
        count = self.nodes if self.power else None
        needs = say("needs_lightsail_bundle" if self.power is None else "needs_node_count")
        yield metering.hours(f"{power} container nodes", sku, count, unit="node-hour", needs=needs)


@dataclass(frozen=True, slots=True)
class LightsailPart:
    """What has one price: a load balancer or an idle address by the hour, a bucket or distribution by the month."""

    origin: Origin
    kind: str
    size: str | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        attributes = {"bundle": self.size} if self.size else {}
        names = {
            "load_balancer": "Load balancer",
            "static_ip": "Static IP, not attached",
            "bucket": "Object storage bundle",
            "distribution": "CDN distribution bundle",
        }
        if self.kind in ("load_balancer", "static_ip"):
            yield metering.hours(names[self.kind], Sku(LIGHTSAIL, f"{self.kind}_hour", attributes))
        else:
            yield metering.fixed(names[self.kind], "month", Sku(LIGHTSAIL, f"{self.kind}_month", attributes), 1)
