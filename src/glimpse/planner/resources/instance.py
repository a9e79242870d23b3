"""EC2 instances, standing alone or kept by an Auto Scaling group, with the disks and addresses they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import SPOT, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.resources.address import public_ipv4
from glimpse.planner.resources.reservable import instance_hours
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EC2 = "AmazonEC2"
GP3_BASELINE_IOPS = 3000
GP3_BASELINE_MIBPS = 125


@dataclass(frozen=True, slots=True)
class Disk:
    """An EBS disk: `gib` None is unknown. IOPS and throughput only where the files ask for them."""

    kind: str
    gib: int | None
    iops: int | None = None
    mibps: int | None = None

    def meters(self, origin: Origin, count: int = 1) -> Iterator[Meter]:
        volume = {"volume_type": self.kind}
        yield Meter(
            origin,
            f"EBS {self.kind} storage",
            "GB-month",
            None if self.gib is None else certain(self.gib * count),
            Sku(EC2, "ebs_volume_gb_month", volume),
            needs=say("needs_disk_size") if self.gib is None else None,
        )
        extra_iops = (self.iops or 0) - (GP3_BASELINE_IOPS if self.kind == "gp3" else 0)
        if self.kind in ("gp3", "io1", "io2") and extra_iops > 0:
            quantity = certain(extra_iops * count)
            yield Meter(origin, f"EBS {self.kind} IOPS", "IOPS-month", quantity, Sku(EC2, "ebs_iops_month", volume))
        extra_mibps = (self.mibps or 0) - GP3_BASELINE_MIBPS
        if self.kind == "gp3" and extra_mibps > 0:
            sku = Sku(EC2, "ebs_gp3_throughput_gibps_month", volume)
            quantity = certain(Fraction(extra_mibps * count, 1024))
            yield Meter(origin, "EBS gp3 throughput", "GiBps-month", quantity, sku)


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk of its own, attached or not."""

    origin: Origin
    disk: Disk

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self.disk.meters(self.origin))


@dataclass(frozen=True, slots=True)
class Instances:
    """
    `count` Linux instances of one type; a type or a count of None is unknown.

    `addresses` are the public IPv4 that each holds for itself (not Elastic ones); None is decided by the
    subnet and was not found.
    """

    origin: Origin
    instance_type: str | None
    count: int | None
    disks: tuple[Disk, ...] = ()
    addresses: int | None = 0
    spot: bool = False

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        if self.instance_type is None or self.count is None:
            needs = say("needs_instance_type" if self.instance_type is None else "needs_instance_count")
            yield Meter(self.origin, "EC2 instance", "hour", None, Sku(EC2, "instance_hour"), needs=needs)
            return
        attributes = {"instance_type": self.instance_type, "os": "Linux", "tenancy": "Shared"}
        hours = certain(HOURS_PER_MONTH * self.count)
        if self.spot:
            sku = Sku(EC2, "instance_hour", attributes, SPOT)
            yield Meter(self.origin, f"{self.instance_type} Spot instance", "hour", hours, sku)
        else:
            sku = Sku(EC2, "instance_hour", attributes)
            label = f"{self.instance_type} instance"
            yield instance_hours(self.origin, label, sku, self.count, traffic, say("linux_assumed"))
        for disk in self.disks:
            yield from disk.meters(self.origin, self.count)
        if self.addresses is None:
            sku = Sku("AmazonVPC", "public_ipv4_hour")
            yield Meter(self.origin, "Public IPv4 address", "hour", None, sku, needs=say("needs_subnet"))
        elif self.addresses:
            yield public_ipv4(self.origin, hours * self.addresses)
